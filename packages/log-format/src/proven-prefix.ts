/** What is certain of a log whose chain from the head is broken. */
import { bytesEqual } from "@quorate/prelude";
import type { LogBase } from "@quorate/protocol";
import type { EntriesByOp } from "./entries-by-op.ts";
import type { OpenedEntry } from "./opened-log.ts";

/**
 * The entries below `holeOp` that are certainly the log's, oldest first.
 *
 * Nothing above the hole leads below it, and an entry that chains to the base may have been
 * replaced in a view change by one that is lost. But if the log left the known chain at some op,
 * then each of its entries from there to the hole is either lost or another known entry of its op.
 * So where more ops in a row have no other known entry than there are lost records, it did not.
 *
 * `lostCount` is how many records are lost; the entry at the hole is one of them. When it cannot
 * be, because more ops than that have no known entry, the account is wrong and nothing is certain.
 */
export function provenBelow(
  holeOp: number,
  byOp: EntriesByOp,
  lostCount: number,
  base: LogBase,
): readonly OpenedEntry[] {
  const chain = onlyChain(holeOp, byOp, base);
  let opsWithoutRival = 1;
  for (let op = base.op + chain.length + 1; op < holeOp; op++) {
    if (byOp.at(op).length === 0) opsWithoutRival += 1;
  }
  if (opsWithoutRival > lostCount) return [];
  let length = chain.length;
  while (length > 0) {
    if (byOp.at(base.op + length).length === 1) opsWithoutRival += 1;
    if (opsWithoutRival > lostCount) break;
    length -= 1;
  }
  return chain.slice(0, length);
}

/** From the base up to below `holeOp`, as long as exactly one known entry comes next. */
function onlyChain(holeOp: number, byOp: EntriesByOp, base: LogBase): OpenedEntry[] {
  const chain: OpenedEntry[] = [];
  let parent = base.hash;
  for (let op = base.op + 1; op < holeOp; op++) {
    const next = byOp.at(op).filter(({ header }) => bytesEqual(header.parent, parent));
    const [entry] = next;
    if (entry === undefined || next.length > 1) break;
    chain.push(entry);
    parent = entry.hash;
  }
  return chain;
}
