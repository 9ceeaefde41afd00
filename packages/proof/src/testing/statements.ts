/** Statements of one member that honest replicas say, and statements they never say together. */
import { utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  asEpoch,
  asOp,
  asTimestampMicros,
  asView,
  type EntryHeader,
  genesisHash,
  hashEntryHeader,
  type LogPosition,
  type Message,
  type MessageOf,
} from "@quorate/protocol";
import {
  signed,
  signedConfigWith,
  signedContextOf,
  signedPlaceOf,
  signerOf,
} from "@quorate/protocol/testing";
import { encodeEvidence, type Evidence } from "../evidence.ts";
import { type EvidenceContext, type EvidenceVerdict, judgeEvidence } from "../judge-evidence.ts";

/** Three voters, in the only epoch that the judge knows. */
export const admission = signedContextOf(signedConfigWith(["voter", "voter", "voter"]));

export const context: EvidenceContext = {
  configurationOf: (epoch) => (epoch === admission.config.epoch ? admission : null),
  sha256: admission.sha256,
  verify: admission.verify,
};

/** What the bytes of a record prove. */
export function judged(evidence: Evidence, judge: EvidenceContext = context): EvidenceVerdict {
  return judgeEvidence(encodeEvidence(evidence), judge);
}

/** The verdict about statements that are good, and that honest replicas can have made. */
export const lawful: EvidenceVerdict = { proven: false, fault: "lawful" };

export const digest = (text: string): Uint8Array => sha256(utf8Encode(text));

interface Saying {
  readonly view: number;
  readonly member?: number;
  readonly incarnation?: number;
}

/** A statement of member 1, in its fourth incarnation, unless told otherwise. */
export function say(message: Message, { view, member = 1, incarnation = 4 }: Saying): Uint8Array {
  const signer = { ...signerOf("replica", member), incarnation };
  return signed(message, signer, { ...signedPlaceOf(admission), view: asView(view) });
}

/** The header of one of several entries at an op. */
export function headerOf(op: number, label: string, view = 5): EntryHeader {
  return {
    epoch: asEpoch(3),
    view: asView(view),
    op: asOp(op),
    parent: digest(`parent of ${op} ${label}`),
    timestampMicros: asTimestampMicros(op),
    requestsDigest: digest(label),
    bodyBytes: 20,
  };
}

/** Where a log ends with that entry. */
export function positionOf(op: number, label: string): LogPosition {
  return { op: asOp(op), hash: hashEntryHeader(headerOf(op, label), sha256) };
}

export function prepare(op: number, label: string, commit = 0): Message {
  return {
    command: "prepare",
    header: headerOf(op, label),
    commit: asOp(commit),
    certificate: null,
  };
}

export function prepareOk(op: number, label: string): Message {
  const { hash } = positionOf(op, label);
  return { command: "prepareOk", op: asOp(op), headerHash: hash };
}

/** A DoViewChange whose log ends at `op`, and that shows the entries named by `labels`. */
export function doViewChange(
  lastNormalView: number,
  op: number,
  labels: Readonly<Record<number, string>>,
): Message {
  return {
    command: "doViewChange",
    lastNormalView: asView(lastNormalView),
    head: positionOf(op, labels[op] ?? "unseen"),
    commit: asOp(0),
    headers: Object.entries(labels).map(([at, label]) => ({
      header: headerOf(Number(at), label),
      state: "present",
    })),
  };
}

export function startView(op: number, label: string): Message {
  const head = positionOf(op, label);
  return { command: "startView", head, commit: asOp(0), votes: [], doViewChanges: [] };
}

/** A StartView of an empty log that two members voted for, and all that it must carry. */
export function foundedStartView(view: number): MessageOf<"startView"> {
  const head = { op: asOp(0), hash: genesisHash(admission.configDigest, sha256) };
  const commit = asOp(0);
  const lastNormalView = asView(0);
  const change = { command: "doViewChange", lastNormalView, head, commit, headers: [] } as const;
  const ofBoth = (message: Message): Uint8Array[] =>
    [0, 2].map((member) => say(message, { view, member }));
  const votes = ofBoth({ command: "startViewChange" });
  return { command: "startView", head, commit, votes, doViewChanges: ofBoth(change) };
}

export function checkpoint(op: number, state: string): Message {
  const { hash } = positionOf(op, "a");
  return { command: "checkpoint", op: asOp(op), headHash: hash, stateRoot: digest(state) };
}
