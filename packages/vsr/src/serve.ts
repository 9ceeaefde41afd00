/** What a replica gives to peers that are behind, in every status (rule L3). */
import { bytesConcat, present } from "@quorate/prelude";
import {
  type Admitted,
  asOp,
  entriesBytesTarget,
  type Entry,
  type EntryHeader,
  headersPerNewStateMax,
  type LogPosition,
  type MessageOf,
} from "@quorate/protocol";
import { newestCertified } from "./certified.ts";
import type { Peer } from "./input.ts";
import { sendPacket, statementOf, tell } from "./speak.ts";
import { ignore, type Reading, type Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";

/** Reads for peers that may be under way at once; more are ignored, and asked for again. */
const readsForPeersMax = 16;

/** VRR §5.2: headers of the chain that ends in `top`, newest first. */
export function onGetState(
  replica: Replica,
  { header }: Admitted,
  { nonce, top, bottom }: MessageOf<"getState">,
): void {
  const { base } = replica.log;
  if (!replica.log.holds(top) && top.op > base.op) {
    return ignore(replica, "getState", "beyond the log");
  }
  const headers: EntryHeader[] = [];
  // Below the base there is nothing to look for, however much was freed.
  const lowest = Math.max(bottom, base.op);
  for (let op = top.op as number; op > lowest && headers.length < headersPerNewStateMax; op--) {
    headers.push(present(replica.log.slotAt(op)).header);
  }
  const checkpoint = base.op > bottom ? newestCertified(replica) : null;
  tell(replica, header.sender, { command: "newState", nonce, headers, checkpoint });
}

/** Entries by hash, from memory or from the journal. */
export function onGetEntries(
  replica: Replica,
  { header }: Admitted,
  { nonce, wanted }: MessageOf<"getEntries">,
): void {
  if (wanted.some(({ op }) => op <= replica.log.base.op)) offerCheckpoint(replica, header, nonce);
  const to = { kind: "replica", index: header.sender } as const;
  const affordable = withinTarget(replica, wanted);
  const cached = affordable.map((position) => replica.cache.get(position));
  if (cached.every((entry) => entry !== null)) return sendEntries(replica, to, nonce, cached);
  if (replica.reading.size >= readsForPeersMax) {
    return ignore(replica, "getEntries", "too many waiting");
  }
  const token = nextToken(replica);
  const positions = affordable.map(({ op, hash }) => ({ op: asOp(op), hash: hash.slice() }));
  const stored = positions.map((position) => (isPresent(replica, position) ? position : null));
  replica.reading.set(token, { for: "peer", to, nonce, stored });
  replica.effects.push({ kind: "read", positions, token });
}

function isPresent({ log }: Replica, position: LogPosition): boolean {
  return log.holds(position) && log.slotAt(position.op)?.state === "present";
}

/**
 * What was on this disk when a peer asked for it and cannot be read has rotted. A log that shows it
 * as present would be selected again and again for a body that nobody can give (rule S10).
 */
export function onReadForPeer(
  replica: Replica,
  { to, nonce, stored }: Extract<Reading, { for: "peer" }>,
  entries: readonly (Entry | null)[],
): void {
  for (const [index, position] of stored.entries()) {
    const isLost = position !== null && (entries[index] ?? null) === null;
    if (isLost && isPresent(replica, position)) replica.log.markCorrupt(position.op);
  }
  sendEntries(replica, to, nonce, entries);
}

/** Entries that are asked for have been freed: the asker must take the state instead. */
function offerCheckpoint(replica: Replica, { sender }: Admitted["header"], nonce: number): void {
  const checkpoint = newestCertified(replica);
  if (checkpoint === null) return;
  tell(replica, sender, { command: "newState", nonce, headers: [], checkpoint });
}

/** Blocks of a state by digest, from the block store. */
export function onGetBlocks(
  replica: Replica,
  { header }: Admitted,
  { nonce, digests }: MessageOf<"getBlocks">,
): void {
  if (replica.reading.size >= readsForPeersMax) {
    return ignore(replica, "getBlocks", "too many waiting");
  }
  const token = nextToken(replica);
  const to = { kind: "replica", index: header.sender } as const;
  replica.reading.set(token, { for: "peer-blocks", to, nonce });
  const wanted = digests.map((digest) => digest.slice());
  replica.effects.push({ kind: "read-blocks", digests: wanted, token });
}

export function sendBlocks(
  replica: Replica,
  to: Peer,
  nonce: number,
  blocks: readonly (Uint8Array | null)[],
): void {
  const lengths = blocks.map((block) => block?.length ?? null);
  const statement = statementOf(replica, { command: "blocks", nonce, lengths });
  const here = blocks.filter((block) => block !== null);
  sendPacket(replica, to, bytesConcat(statement, ...here));
}

/** The first of them, as far as one answer may hold: no more bodies are read than can be sent. */
function withinTarget(replica: Replica, wanted: readonly LogPosition[]): readonly LogPosition[] {
  let bytes = 0;
  const end = wanted.findIndex((position, index) => {
    bytes += replica.log.slotAt(position.op)?.header.bodyBytes ?? 0;
    return index > 0 && bytes > entriesBytesTarget;
  });
  return end === -1 ? wanted : wanted.slice(0, end);
}

/** As many entries as fit; the peer asks again for the rest. */
function sendEntries(
  replica: Replica,
  to: Peer,
  nonce: number,
  entries: readonly (Entry | null)[],
): void {
  const chosen: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (entry === null) continue;
    bytes += entry.body.length;
    if (chosen.length > 0 && bytes > entriesBytesTarget) break;
    chosen.push(entry);
  }
  const headers = chosen.map((entry) => entry.header);
  const statement = statementOf(replica, { command: "entries", nonce, headers });
  const bodies = chosen.map((entry) => entry.body);
  sendPacket(replica, to, bytesConcat(statement, ...bodies));
}
