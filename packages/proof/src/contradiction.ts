/**
 * Which two statements cannot stand beside each other.
 *
 * Of one signer: what no honest replica can both have signed. Of two: states after one op that
 * differ, although every honest replica computes the same.
 *
 * Every case rests on a promise that is on disk before it is signed (or, for Prepare, on a
 * permission that ends with the process: rule S4), so that a crash and a restart never look like a
 * lie. A lost disk comes back under another incarnation, and statements of two incarnations are
 * never compared (rule A6). A disk that was set back to an older state does look like one, and is
 * meant to (rule S12).
 */
import { bytesEqual, type Sha256 } from "@quorate/prelude";
import {
  type Admitted,
  asView,
  encodeEntryHeader,
  hashEntryHeader,
  type Message,
  type MessageOf,
  type Op,
  type View,
} from "@quorate/protocol";
import type { PairKind } from "./evidence.ts";

/** A statement whose signature is good. */
export type Said = Pick<Admitted, "header" | "message" | "statement">;

/** What two statements contradict each other about. */
export interface Contradiction {
  readonly kind: PairKind;
  /** Null when one of two signers is wrong, and it cannot be told which. */
  readonly member: number | null;
  /** Of the older statement. */
  readonly view: View;
  /** Null when it is about a whole view. */
  readonly op: Op | null;
}

/** Null when honest signers can have said both. The order of the two does not matter. */
export function contradictionOf(one: Said, other: Said, sha256: Sha256): Contradiction | null {
  if (!isSameGroup(one, other) || isSameStatement(one, other)) return null;
  const view = asView(Math.min(one.header.view, other.header.view));
  if (one.header.sender !== other.header.sender) {
    const op = divergedAt(one.message, other.message);
    return op === null ? null : { kind: "diverged-states", member: null, view, op };
  }
  // A signer is a member in one life of its disk.
  if (one.header.incarnation !== other.header.incarnation) return null;
  const found = among(one, other, sha256) ?? among(other, one, sha256);
  return found === null ? null : { ...found, member: one.header.sender, view };
}

/** Members of one epoch of one cluster. */
function isSameGroup({ header: one }: Said, { header: other }: Said): boolean {
  return (
    one.role === "replica" &&
    other.role === "replica" &&
    one.epoch === other.epoch &&
    bytesEqual(one.clusterId, other.clusterId) &&
    bytesEqual(one.configDigest, other.configDigest)
  );
}

/** Signature bytes are not compared: one statement has many good signatures. */
function isSameStatement({ header: one }: Said, { header: other }: Said): boolean {
  return (
    one.command === other.command &&
    one.view === other.view &&
    bytesEqual(one.bodyDigest, other.bodyDigest)
  );
}

/** Honest members sign the same bytes about a checkpoint, down to the view. */
function divergedAt(one: Message, other: Message): Op | null {
  if (one.command !== "checkpoint" || other.command !== "checkpoint") return null;
  return one.op === other.op ? one.op : null;
}

type Found = Pick<Contradiction, "kind" | "op">;

function among(one: Said, other: Said, sha256: Sha256): Found | null {
  const { message } = one;
  const rival = other.message;
  if (message.command === "prepareOk" && rival.command === "doViewChange") {
    return forgotten(one, message, other, rival, sha256);
  }
  if (message.command === "checkpoint" && rival.command === "checkpoint") {
    return message.op === rival.op ? { kind: "two-checkpoints", op: message.op } : null;
  }
  return one.header.view === other.header.view ? amongOneView(message, rival) : null;
}

/** Two statements that differ, of one signer and one view. */
function amongOneView(one: Message, other: Message): Found | null {
  if (one.command === "prepare" && other.command === "prepare") return twoPrepares(one, other);
  if (one.command === "prepareOk" && other.command === "prepareOk") {
    return twoAcknowledgements(one, other);
  }
  if (one.command === "doViewChange" && other.command === "doViewChange") {
    return { kind: "two-do-view-changes", op: null };
  }
  if (one.command === "startView" && other.command === "startView") {
    return { kind: "two-start-views", op: null };
  }
  return null;
}

/** What stands beside the header, the commit and its certificate, may grow (rule S8). */
function twoPrepares(one: MessageOf<"prepare">, other: MessageOf<"prepare">): Found | null {
  if (one.header.op !== other.header.op) return null;
  if (bytesEqual(encodeEntryHeader(one.header), encodeEntryHeader(other.header))) return null;
  return { kind: "two-prepares", op: one.header.op };
}

function twoAcknowledgements(
  one: MessageOf<"prepareOk">,
  other: MessageOf<"prepareOk">,
): Found | null {
  if (one.op !== other.op || bytesEqual(one.headerHash, other.headerHash)) return null;
  return { kind: "two-acknowledgements", op: one.op };
}

/**
 * Who acknowledged in a view was normal in it and never shortens its log within it. So a later
 * DoViewChange names that view or a newer one as its last normal view (rule S2), and if that very
 * one, then a log that has the entry. Of a newer last normal view nothing follows: the entry may
 * have been left out by its selection.
 */
function forgotten(
  acknowledged: Said,
  { op, headerHash }: MessageOf<"prepareOk">,
  changed: Said,
  { lastNormalView, head, headers }: MessageOf<"doViewChange">,
  sha256: Sha256,
): Found | null {
  const found = { kind: "forgotten-acknowledgement", op } as const;
  const { view } = acknowledged.header;
  if (changed.header.view <= view || lastNormalView > view) return null;
  if (lastNormalView < view || head.op < op) return found;
  if (head.op === op) return bytesEqual(head.hash, headerHash) ? null : found;
  const held = headers.find(({ header }) => header.op === op);
  if (held === undefined) return null;
  return bytesEqual(hashEntryHeader(held.header, sha256), headerHash) ? null : found;
}
