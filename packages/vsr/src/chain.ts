/** The chain of headers of a fetch, from its top downwards: VRR §5.2, rule S2. */
import { bytesEqual, hexEncode, type Sha256 } from "@quorate/prelude";
import {
  asOp,
  type Checkpoint,
  type EntryHeader,
  hashEntryHeader,
  type LogPosition,
} from "@quorate/protocol";
import { type Fetch, isInsideLog } from "./fetch.ts";
import type { Replica } from "./state.ts";

/** `above`: the next header is not known yet. `foreign`: it parts from what this replica holds. */
export type ChainEnd = "above" | "met" | "foreign";

/** Walks down the headers that are known until the chain meets the checkpoint or the log. */
export function walkDown(replica: Replica, fetch: Fetch): ChainEnd {
  if (fetch.offer === null) shortenChain(replica, fetch);
  for (;;) {
    const end = endOfChain(replica, fetch);
    const header = end === "above" ? headerAt(replica, fetch, fetch.cursor) : null;
    if (header === null) return end;
    fetch.chain.push(header);
    fetch.cursor = { op: asOp(header.op - 1), hash: header.parent };
  }
}

/** While headers were awaited, the log may have grown into the chain, and freed what it then held. */
function shortenChain({ log, identity }: Replica, fetch: Fetch): void {
  for (let header = fetch.chain.at(-1); header !== undefined; header = fetch.chain.at(-1)) {
    const position = positionOf(header, identity.admission.sha256);
    if (header.op >= log.base.op && !log.holds(position)) return;
    fetch.chain.pop();
    fetch.cursor = position;
  }
}

/**
 * Below the base nothing is known: a chain that goes there is another cluster's or a forgery, unless
 * all that was missed came by itself and has been freed since.
 */
function endOfChain({ log }: Replica, fetch: Fetch): ChainEnd {
  const { offer, cursor, chain } = fetch;
  if (offer !== null) return reachesOffer(offer, cursor);
  if (log.holds(cursor)) return "met";
  if (cursor.op > log.base.op) return "above";
  const isFreed = isInsideLog(fetch) && chain.length === 0 && cursor.op < log.base.op;
  return isFreed ? "met" : "foreign";
}

/** Whether the chain has come down to the checkpoint; then it must be the same entry. */
function reachesOffer(offer: Checkpoint, cursor: LogPosition): ChainEnd {
  if (cursor.op > offer.op) return "above";
  return cursor.op === offer.op && bytesEqual(cursor.hash, offer.headHash) ? "met" : "foreign";
}

/** A header of the chain that is known: from peers, or from the own log. */
function headerAt(replica: Replica, fetch: Fetch, { op, hash }: LogPosition): EntryHeader | null {
  const known = fetch.known.get(hexEncode(hash));
  if (known !== undefined) return known.op === op ? known : null;
  const slot = replica.log.slotAt(op);
  return slot !== null && bytesEqual(slot.hash, hash) ? slot.header : null;
}

/** Positions of the chain, oldest first. */
export function positionsOf(replica: Replica, { chain }: Fetch): LogPosition[] {
  const { sha256 } = replica.identity.admission;
  return chain.toReversed().map((header) => positionOf(header, sha256));
}

function positionOf(header: EntryHeader, sha256: Sha256): LogPosition {
  return { op: header.op, hash: hashEntryHeader(header, sha256) };
}
