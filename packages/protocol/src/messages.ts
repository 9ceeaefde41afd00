/**
 * Every signed message of the protocol, declared once: type, encoder, decoder and limits.
 *
 * Names follow Viewstamped Replication Revisited (Liskov and Cowling, 2012). The sender, the view
 * and the epoch are not fields: they are in the statement around the message, under its
 * signature. A retired command keeps its name for ever.
 */
import {
  bool,
  bytes,
  type Codec,
  type Coded,
  fixed,
  list,
  nullable,
  numberAs,
  oneOf,
  record,
  u32,
  u64,
} from "./codec.ts";
import { commitCertificateCodec } from "./certificate.ts";
import { checkpointCodec } from "./checkpoint.ts";
import { digestCodec, entryHeaderCodec, logPositionCodec, opCodec, viewCodec } from "./entry.ts";
import {
  blocksPerRequestMax,
  entriesBytesTarget,
  entriesPerRequestMax,
  entryBodyBytesMax,
  headersPerNewStateMax,
  membersMax,
  operationsPerRequestMax,
  pipelineMaxLimit,
  rememberedBytesMax,
  rememberedPerMemberMax,
  requestBodyBytesMax,
  statementBodyBytesMax,
} from "./limits.ts";
import { asRequestNumber } from "./numbers.ts";
import { sessionIdCodec } from "./session-id.ts";
import { stateLeafBytesMax } from "@quorate/prelude";

/** Who may sign a message. */
export type SenderRole = "replica" | "gateway";

interface MessageDeclaration<F extends Readonly<Record<string, Codec<unknown>>>> {
  readonly body: Codec<{ readonly [K in keyof F]: Coded<F[K]> }>;
  readonly from: SenderRole;
  readonly bodyBytesMax: number;
  /** Bytes beside the statement that something inside it binds by hash. */
  readonly attachmentBytesMax: number;
}

function message<F extends Readonly<Record<string, Codec<unknown>>>>(
  fields: F,
  limits: { from?: SenderRole; bodyBytesMax?: number; attachmentBytesMax?: number } = {},
): MessageDeclaration<F> {
  return {
    body: record(fields),
    from: limits.from ?? "replica",
    bodyBytesMax: limits.bodyBytesMax ?? statementBodyBytesMax,
    attachmentBytesMax: limits.attachmentBytesMax ?? 0,
  };
}

/** A vote is small: a statement without a body. */
const voteBytesMax = 512;
/** Votes of one view, as signed statements: the proof that a quorum wanted it (rule L1). */
export const viewProofCodec = list(bytes(voteBytesMax), membersMax);

/** How the sender of a DoViewChange holds an entry: rule S10. */
export const slotStates = ["present", "corrupt"] as const;
export const headerWithStateCodec = record({
  header: entryHeaderCodec,
  state: oneOf(slotStates),
});
export type HeaderWithState = Coded<typeof headerWithStateCodec>;

const nonceCodec = fixed(16);

export const messages = {
  /** VRR §4.1 step 3. The entry's body is the attachment, bound by the header. */
  prepare: message(
    {
      header: entryHeaderCodec,
      commit: opCodec,
      certificate: nullable(commitCertificateCodec),
    },
    { attachmentBytesMax: entryBodyBytesMax },
  ),
  /** VRR §4.1 step 4. The sender holds the entry and all before it on disk. */
  prepareOk: message({ op: opCodec, headerHash: digestCodec }),
  /** VRR §4.1 step 6, and the heartbeat. `head` is the primary's own. */
  commit: message({
    commit: opCodec,
    certificate: nullable(commitCertificateCodec),
    head: logPositionCodec,
    nonce: u64,
  }),
  /**
   * Answers a heartbeat: rules S6 and L7. `stored` is the sender's newest op on disk, `clockMicros`
   * its wall clock in microseconds since 1970 (rule L4). `isBarred`: its disk was lost, and it
   * promises nothing in this view (rule S11).
   */
  commitOk: message({ nonce: u64, stored: opCodec, clockMicros: u64, isBarred: bool }),
  /** VRR §4.2 step 1, as a vote for the statement's view: rule L1. */
  startViewChange: message({}),
  /** The proof of the statement's view, for whoever is behind it: rule L1. */
  viewProof: message({ votes: viewProofCodec }),
  /** VRR §4.2 step 2. Headers are those of the last `pipelineMax` ops, oldest first. */
  doViewChange: message({
    lastNormalView: viewCodec,
    head: logPositionCodec,
    commit: opCodec,
    headers: list(headerWithStateCodec, pipelineMaxLimit),
  }),
  /** VRR §4.2 step 3, with everything a backup needs to run the selection again. */
  startView: message({
    head: logPositionCodec,
    commit: opCodec,
    votes: viewProofCodec,
    doViewChanges: list(bytes(statementBodyBytesMax), membersMax),
  }),
  /** VRR §5.2: asks for headers of the chain that ends in `top`, down to above `bottom`. */
  getState: message({ nonce: u64, top: logPositionCodec, bottom: opCodec }),
  /**
   * Headers in descending order, the first one being `top`; each binds the next by its parent.
   * With them the sender's newest certified checkpoint when it cannot go down to `bottom`, because
   * it has freed its log that far.
   */
  newState: message({
    nonce: u64,
    headers: list(entryHeaderCodec, headersPerNewStateMax),
    checkpoint: nullable(checkpointCodec),
  }),
  /** Asks for whole entries by hash; answered in every status (rule L3). */
  getEntries: message({ nonce: u64, wanted: list(logPositionCodec, entriesPerRequestMax) }),
  /** The entries that the sender could read. The attachment is their bodies, in order. */
  entries: message(
    { nonce: u64, headers: list(entryHeaderCodec, entriesPerRequestMax) },
    { attachmentBytesMax: entriesBytesTarget + entryBodyBytesMax },
  ),
  /** VRR §5.1: the state after `op`; said in the view in which that entry was created. */
  checkpoint: message({ op: opCodec, headHash: digestCodec, stateRoot: digestCodec }),
  /** A quorum has signed it: for whoever still asks for signatures of it or of an older one. */
  checkpointCertificate: message({ checkpoint: checkpointCodec }),
  /** VRR §5.2: asks for blocks of a state by their digests; answered in every status. */
  getBlocks: message({ nonce: u64, digests: list(digestCodec, blocksPerRequestMax) }),
  /** For each block asked for, its length, or null when the sender does not hold it. */
  blocks: message(
    { nonce: u64, lengths: list(nullable(u32), blocksPerRequestMax) },
    { attachmentBytesMax: blocksPerRequestMax * stateLeafBytesMax },
  ),
  /** The primary of this view leads no more; backups vote at once: rule A8. */
  stepDown: message({}),
  /** VRR §4.3, asked by a replica whose head is uncertain (rule S5). The nonce is of its boot. */
  recovery: message({ nonce: nonceCodec }),
  /** VRR §4.3: the acting primary's head, for this nonce alone. */
  recoveryResponse: message({ nonce: nonceCodec, head: logPositionCodec, commit: opCodec }),
  /**
   * Asked by a member whose disk is lost, under the incarnation of its new one: an entry with this
   * statement in it is to be committed by the others. The nonce is of its boot. Rule S11.
   */
  readmission: message({ nonce: nonceCodec }),
  /**
   * That entry's header and commit certificate, and the proof of the certificate's view. The
   * entry's body is the attachment.
   */
  readmitted: message(
    { header: entryHeaderCodec, certificate: commitCertificateCodec, votes: viewProofCodec },
    { attachmentBytesMax: entryBodyBytesMax },
  ),
  /**
   * What the receiver itself has signed last, as far as the sender remembers it: a disk that knows
   * less is an old copy. Header and signature; the body too where it is short. Rule S12.
   */
  remembered: message({ statements: list(bytes(rememberedBytesMax), rememberedPerMemberMax) }),
  /** A backup refuses an entry whose time is too far ahead of its clock: rule L4. */
  rejectClock: message({ op: opCodec, aheadMicros: u64 }),
  /** A gateway asks for a session; idempotent by (gateway, nonce): rule A4. */
  register: message({ nonce: nonceCodec }, { from: "gateway" }),
  /** VRR §4.1 step 1. Operations are opaque to the protocol. */
  request: message(
    {
      session: sessionIdCodec,
      number: numberAs(u64, asRequestNumber),
      operations: list(bytes(requestBodyBytesMax), operationsPerRequestMax),
    },
    { from: "gateway", bodyBytesMax: requestBodyBytesMax },
  ),
} as const;

export type Command = keyof typeof messages;
export type BodyOf<C extends Command> = Coded<(typeof messages)[C]["body"]>;
export type MessageOf<C extends Command> = { readonly command: C } & BodyOf<C>;
export type Message = { [C in Command]: MessageOf<C> }[Command];

export const commands = Object.keys(messages) as readonly Command[];
