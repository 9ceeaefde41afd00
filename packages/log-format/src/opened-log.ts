/** What a replica may believe of its own log when it opens: rules S3 and S5. */
import { bytesEqual } from "@quorate/prelude";
import { asOp, type EntryHeader, type Superblock } from "@quorate/protocol";
import { EntriesByOp } from "./entries-by-op.ts";
import { provenBelow } from "./proven-prefix.ts";

/** An entry of which the disk knows at least the header. */
export interface OpenedEntry {
  readonly header: EntryHeader;
  readonly hash: Uint8Array;
  /** Corrupt is never absent: the entry was promised, its body must come from a peer. */
  readonly state: "present" | "corrupt";
}

/**
 * The log as the disk proves it: a chain without a gap from the first op above the base.
 *
 * Every header is known, because it is written twice; a body may be unreadable (`corrupt`).
 */
export interface OpenedLog {
  readonly entries: readonly OpenedEntry[];
  /** Something unreadable may have stood at or above the head: rule S5. */
  readonly isHeadUncertain: boolean;
}

/** What a scan found, as far as the log depends on it. */
export interface KnownEntries {
  /** Entries of which the header could be read, in any order; several of one op are normal. */
  readonly entries: Iterable<OpenedEntry>;
  /** Records that were flushed and whose headers can be read nowhere. */
  readonly lostCount: number;
  /** Whether one of them may be an entry above the superblock's head (see `SuperblockFrame`). */
  readonly isTailLost: boolean;
}

/**
 * Rule S3. Up to the superblock's head the log is what the superblock names, followed down by
 * parent hashes to its base: what lies at or below that is part of a checkpoint, and need not be
 * readable any more. Above it an entry counts only if it chains to the head and was created in the
 * last normal view, and only if the view has not moved since. All else is cut.
 *
 * Rule S5. The head is uncertain if it was so before; if an op of the chain has a header that can
 * be read nowhere (the log ends below it); or if a lost record may have stood above the log's end.
 */
export function openLog(superblock: Superblock, known: KnownEntries): OpenedLog {
  const byOp = new EntriesByOp(known.entries);
  const { chain, holeOp } = chainDown(superblock, byOp);
  if (holeOp !== null) {
    const entries = provenBelow(holeOp, byOp, known.lostCount, superblock.base);
    return { entries, isHeadUncertain: true };
  }
  if (superblock.view > superblock.lastNormalView) {
    return { entries: chain, isHeadUncertain: superblock.isHeadUncertain };
  }
  const isForked = !extend(chain, superblock, byOp);
  const isHeadUncertain = superblock.isHeadUncertain || known.isTailLost || isForked;
  return { entries: chain, isHeadUncertain };
}

/** The chain from the base to the head, oldest first, or its highest op that nothing describes. */
function chainDown(
  { head, base }: Superblock,
  byOp: EntriesByOp,
): { readonly chain: OpenedEntry[]; readonly holeOp: number | null } {
  const chain: OpenedEntry[] = [];
  let { op, hash } = head;
  while (op > base.op) {
    const entry = byOp.find(op, hash);
    if (entry === null) return { chain: [], holeOp: op };
    chain.push(entry);
    hash = entry.header.parent;
    op = asOp(op - 1);
  }
  if (op < base.op || !bytesEqual(hash, base.hash)) return { chain: [], holeOp: base.op + 1 };
  return { chain: chain.toReversed(), holeOp: null };
}

/**
 * Adds what follows the head in the last normal view. False when two entries of that view follow
 * the same one: no honest primary makes them, and one of the two may have been acknowledged.
 */
function extend(chain: OpenedEntry[], superblock: Superblock, byOp: EntriesByOp): boolean {
  let { op, hash } = superblock.head;
  while (true) {
    op = asOp(op + 1);
    const next = byOp
      .at(op)
      .filter(
        ({ header }) =>
          header.view === superblock.lastNormalView &&
          header.epoch === superblock.epoch &&
          bytesEqual(header.parent, hash),
      );
    const [entry] = next;
    if (entry === undefined) return true;
    if (next.length > 1) return false;
    chain.push(entry);
    hash = entry.hash;
  }
}
