/**
 * Which log survives a view change: VRR §4.2 step 3, rules S9, S10 and A3.
 *
 * A pure function of the DoViewChanges, so that every backup can run it again.
 */
import { bytesEqual, type Sha256 } from "@quorate/prelude";
import {
  asOp,
  type EntryHeader,
  genesisHash,
  hashEntryHeader,
  type LogPosition,
  type MessageOf,
  nackQuorumOf,
  type Op,
  opMax,
  type View,
} from "@quorate/protocol";

type DoViewChange = MessageOf<"doViewChange">;

export type Selection =
  | {
      readonly kind: "selected";
      readonly head: LogPosition;
      /** The largest commit that any of them knows: a separate maximum, never the winner's. */
      readonly commit: Op;
      readonly lastNormalView: View;
    }
  /** The entry at `op` was selected, nobody showed a readable body, too few deny it: rule S10. */
  | { readonly kind: "unreadable"; readonly op: Op }
  | { readonly kind: "conflict"; readonly reason: "heads" | "commit" };

/** Runs on DoViewChanges of one view by distinct senders, at least a quorum of them. */
export function selectLog(
  changes: readonly DoViewChange[],
  voterCount: number,
  sha256: Sha256,
): Selection {
  const winner = changes.reduce((best, next) => (isBetter(next, best) ? next : best));
  const commit = changes.reduce((max, next) => opMax(max, next.commit), asOp(0));
  const isRival = (other: DoViewChange): boolean =>
    other.lastNormalView === winner.lastNormalView &&
    other.head.op === winner.head.op &&
    !bytesEqual(other.head.hash, winner.head.hash);
  if (changes.some(isRival)) return { kind: "conflict", reason: "heads" };
  if (commit > winner.head.op) return { kind: "conflict", reason: "commit" };
  return selectReadable(winner, changes, commit, voterCount, sha256);
}

function isBetter(left: DoViewChange, right: DoViewChange): boolean {
  if (left.lastNormalView !== right.lastNormalView) {
    return left.lastNormalView > right.lastNormalView;
  }
  return left.head.op > right.head.op;
}

/** Cuts the winner's log below the first entry that provably was never acknowledged by a quorum. */
function selectReadable(
  winner: DoViewChange,
  changes: readonly DoViewChange[],
  commit: Op,
  voterCount: number,
  sha256: Sha256,
): Selection {
  const { lastNormalView } = winner;
  for (const { header } of winner.headers) {
    if (header.op <= commit) continue;
    const hash = hashEntryHeader(header, sha256);
    if (changes.some((change) => isReadableBy(change, header.op, hash, sha256))) continue;
    const nacks = changes.filter((change) => isNack(change, header.op, hash, sha256));
    if (nacks.length < nackQuorumOf(voterCount)) return { kind: "unreadable", op: header.op };
    const head = { op: asOp(header.op - 1), hash: header.parent };
    return { kind: "selected", head, commit, lastNormalView };
  }
  return { kind: "selected", head: winner.head, commit, lastNormalView };
}

function isReadableBy(change: DoViewChange, op: Op, hash: Uint8Array, sha256: Sha256): boolean {
  return change.headers.some(
    ({ header, state }) =>
      header.op === op && state === "present" && bytesEqual(hashEntryHeader(header, sha256), hash),
  );
}

/** The sender provably never acknowledged the entry: its head is below it, or it holds another. */
function isNack(change: DoViewChange, op: Op, hash: Uint8Array, sha256: Sha256): boolean {
  if (change.head.op < op) return true;
  const own = change.headers.find(({ header }) => header.op === op);
  return own !== undefined && !bytesEqual(hashEntryHeader(own.header, sha256), hash);
}

/** What a DoViewChange must be like before it counts, whoever sent it. */
export function isWellFormed(
  change: DoViewChange,
  view: View,
  pipelineMax: number,
  configDigest: Uint8Array,
  sha256: Sha256,
): boolean {
  const { head, headers, lastNormalView } = change;
  if (lastNormalView >= view) return false;
  // What a checkpoint holds has been freed; all that may be uncommitted is shown (rule S9).
  const uncommitted = Math.max(0, head.op - change.commit);
  if (headers.length < Math.min(uncommitted, pipelineMax)) return false;
  if (headers.length > Math.min(head.op, pipelineMax)) return false;
  if (head.op === 0) return bytesEqual(head.hash, genesisHash(configDigest, sha256));
  return isChain(
    headers.map(({ header }) => header),
    head,
    sha256,
  );
}

/** Whether the headers, oldest first, are a chain that ends in `head`. */
function isChain(headers: readonly EntryHeader[], head: LogPosition, sha256: Sha256): boolean {
  let above = head;
  for (const header of headers.toReversed()) {
    if (header.op !== above.op) return false;
    if (!bytesEqual(hashEntryHeader(header, sha256), above.hash)) return false;
    above = { op: asOp(header.op - 1), hash: header.parent };
  }
  return true;
}
