/**
 * Log repair by hash: VRR §5.2, rules S2, S10 and L3.
 *
 * Headers are fetched downwards from a known head until the chain meets the own log; each is bound
 * by the hash above it. Bodies are fetched by those hashes, from any member, and written beside
 * the log. Nothing of the log changes here, except that missed entries of the own view are
 * appended in order, as their Prepare would have done.
 */
import { bytesEqual, hexEncode } from "@quorate/prelude";
import {
  type Admitted,
  asOp,
  entriesPerRequestMax,
  type Entry,
  entryBodyBytesMax,
  type EntryHeader,
  hashEntryHeader,
  isBodyOf,
  type LogPosition,
  type MessageOf,
  type Op,
} from "@quorate/protocol";
import { acknowledgeFrom, learnCommit } from "./acknowledge.ts";
import { appendEntry } from "./append.ts";
import type { Fetch } from "./fetch.ts";
import { tell } from "./speak.ts";
import { ignore, otherMembers, primaryIndex, raise, type Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";
import { restartViewChangeTimer } from "./timeout.ts";

/** Verified progress may restart the view change timer this often in one fetch. */
const timerRestartsMax = 1_000;

type FetchOrder = Pick<Fetch, "purpose" | "top" | "commit" | "doViewChanges" | "known"> & {
  /** The member to ask first. */
  readonly peer: number;
};

export function beginFetch(replica: Replica, order: FetchOrder): void {
  const isSelf = order.peer === replica.identity.index;
  replica.fetch = {
    ...order,
    peer: isSelf ? nextPeer(replica, order.peer) : order.peer,
    chain: [],
    cursor: order.top,
    fork: null,
    missing: [],
    ahead: [],
    writing: new Set(),
    restarts: 0,
    nonce: 0,
    askedAt: replica.now,
    state: "headers",
  };
  advanceFetch(replica, replica.fetch);
}

/** Entries of this view that were missed: up to `top`, which the primary has named. */
export function beginCatchUp(replica: Replica, top: LogPosition, commit: Op): void {
  if (replica.fetch !== null && replica.fetch.purpose !== "scrub") return;
  const peer = primaryIndex(replica);
  const order = { purpose: "catch-up", top, commit, doViewChanges: [], known: new Map() } as const;
  beginFetch(replica, { ...order, peer });
}

/** Bodies that rotted on this disk: a normal replica mends them while it goes on. */
export function repairCorrupt(replica: Replica): void {
  if (replica.status !== "normal" || replica.fetch !== null) return;
  const { log } = replica;
  if (log.slotAt(log.storedOp + 1)?.state !== "corrupt") return;
  const order = { purpose: "scrub", top: log.head, commit: replica.commit } as const;
  const peer = primaryIndex(replica);
  beginFetch(replica, { ...order, doViewChanges: [], known: new Map(), peer });
}

/** Asks again, and somebody else, when an answer is overdue. */
export function retryFetch(replica: Replica): void {
  const { fetch } = replica;
  if (fetch === null || !isWaitingForPeer(fetch)) return;
  if (replica.now - fetch.askedAt < replica.identity.options.fetchTicks) return;
  fetch.peer = nextPeer(replica, fetch.peer);
  ask(replica, fetch);
}

function isWaitingForPeer(fetch: Fetch): boolean {
  if (fetch.state === "headers") return true;
  return fetch.state === "bodies" && fetch.missing.length + fetch.ahead.length > 0;
}

function advanceFetch(replica: Replica, fetch: Fetch): void {
  if (fetch.state === "headers") extendChain(replica, fetch);
  if (replica.fetch !== fetch || fetch.state !== "bodies") return;
  takeAvailable(replica, fetch);
  if (isWaitingForPeer(fetch)) return ask(replica, fetch);
  if (fetch.writing.size > 0) return;
  fetch.state = "complete";
  if (fetch.purpose === "catch-up" || fetch.purpose === "scrub") finishInside(replica, fetch);
}

function finishInside(replica: Replica, fetch: Fetch): void {
  replica.fetch = null;
  learnCommit(replica, fetch.commit);
}

/** Walks down the headers that are known until the chain meets the log. */
function extendChain(replica: Replica, fetch: Fetch): void {
  while (!replica.log.holds(fetch.cursor)) {
    if (fetch.cursor.op === 0) {
      raise(replica, "foreign-chain", `top ${fetch.top.op}`);
      replica.fetch = null;
      return;
    }
    const header = fetch.known.get(hexEncode(fetch.cursor.hash));
    if (header === undefined || header.op !== fetch.cursor.op) return ask(replica, fetch);
    fetch.chain.push(header);
    fetch.cursor = { op: asOp(header.op - 1), hash: header.parent };
  }
  meetLog(replica, fetch);
}

function meetLog(replica: Replica, fetch: Fetch): void {
  const { log } = replica;
  const { sha256 } = replica.identity.admission;
  fetch.fork = fetch.cursor.op;
  fetch.state = "bodies";
  fetch.missing = log.corruptThrough(fetch.fork);
  const chain = fetch.chain
    .toReversed()
    .map((header) => ({ op: header.op, hash: hashEntryHeader(header, sha256) }));
  if (fetch.purpose !== "catch-up") {
    fetch.missing.push(...chain);
    return;
  }
  if (fetch.fork < log.headOp && chain.length > 0) {
    raise(replica, "foreign-chain", `fork at ${fetch.fork} inside the view`);
    replica.fetch = null;
    return;
  }
  fetch.ahead = chain;
}

/** Uses what has arrived: missed entries go to the end of the log, the others beside it. */
function takeAvailable(replica: Replica, fetch: Fetch): void {
  const available: Entry[] = [];
  fetch.missing = fetch.missing.filter((position) => {
    const entry = replica.cache.get(position);
    if (entry !== null) available.push(entry);
    return entry === null;
  });
  if (available.length > 0) {
    for (const { hash } of available) fetch.writing.add(hexEncode(hash));
    replica.effects.push({ kind: "repair", entries: available });
  }
  for (let next = fetch.ahead[0]; next !== undefined; next = fetch.ahead[0]) {
    if (next.op > replica.log.headOp) {
      const entry = replica.cache.get(next);
      if (entry === null) break;
      appendEntry(replica, entry);
    }
    fetch.ahead.shift();
  }
}

function ask(replica: Replica, fetch: Fetch): void {
  if (otherMembers(replica).length === 0) return;
  fetch.nonce = nextToken(replica);
  fetch.askedAt = replica.now;
  const { nonce } = fetch;
  if (fetch.state === "headers") {
    const bottom = asOp(Math.min(replica.log.headOp, fetch.cursor.op - 1));
    return tell(replica, fetch.peer, { command: "getState", nonce, top: fetch.cursor, bottom });
  }
  const wanted = [...fetch.missing, ...fetch.ahead].slice(0, entriesPerRequestMax);
  tell(replica, fetch.peer, { command: "getEntries", nonce, wanted });
}

function nextPeer(replica: Replica, peer: number): number {
  const members = otherMembers(replica);
  return members[(members.indexOf(peer) + 1) % members.length] ?? peer;
}

/** Headers, newest first; only those that continue the chain are looked at. */
export function onNewState(replica: Replica, message: MessageOf<"newState">): void {
  const { fetch } = replica;
  if (fetch === null || fetch.state !== "headers" || message.nonce !== fetch.nonce) {
    return ignore(replica, "newState", "not asked for");
  }
  const { sha256 } = replica.identity.admission;
  let wanted = fetch.cursor;
  for (const header of message.headers) {
    const hash = hashEntryHeader(header, sha256);
    if (header.op !== wanted.op || !bytesEqual(hash, wanted.hash)) break;
    fetch.known.set(hexEncode(hash), header);
    wanted = { op: asOp(header.op - 1), hash: header.parent };
  }
  if (wanted.op === fetch.cursor.op) return ignore(replica, "newState", "not chained");
  noteProgress(replica, fetch);
  advanceFetch(replica, fetch);
}

/** Whole entries; each is taken for its hash, whoever sent it. */
export function onEntries(
  replica: Replica,
  { attachment }: Admitted,
  message: MessageOf<"entries">,
): void {
  const { fetch } = replica;
  if (fetch === null || fetch.state !== "bodies" || message.nonce !== fetch.nonce) {
    return ignore(replica, "entries", "not asked for");
  }
  const wanted = new Set([...fetch.missing, ...fetch.ahead].map(({ hash }) => hexEncode(hash)));
  const entries = entriesIn(replica, message.headers, attachment);
  const good = entries.filter(({ hash }) => wanted.has(hexEncode(hash)));
  if (good.length === 0) return ignore(replica, "entries", "not asked for");
  for (const entry of good) replica.cache.put(entry);
  noteProgress(replica, fetch);
  advanceFetch(replica, fetch);
}

/** Cuts the attachment into bodies and keeps those that are what their headers say. */
function entriesIn(
  replica: Replica,
  headers: readonly EntryHeader[],
  attachment: Uint8Array,
): Entry[] {
  const { sha256 } = replica.identity.admission;
  const entries: Entry[] = [];
  let offset = 0;
  for (const header of headers) {
    const body = attachment.slice(offset, offset + Math.min(header.bodyBytes, entryBodyBytesMax));
    offset += body.length;
    if (!isBodyOf(header, body, sha256)) continue;
    entries.push({ header, hash: hashEntryHeader(header, sha256), body });
  }
  return entries;
}

/** Rule L3: a transfer that gets on is no reason to change the view, a bounded number of times. */
function noteProgress(replica: Replica, fetch: Fetch): void {
  if (fetch.restarts >= timerRestartsMax) return;
  fetch.restarts += 1;
  restartViewChangeTimer(replica);
}

/** Bodies that were written beside the log are on disk. */
export function onRepaired(replica: Replica, entries: readonly Entry[]): void {
  const { log, fetch } = replica;
  const before = log.storedOp;
  for (const { header, hash } of entries) {
    if (log.slotAt(header.op)?.state === "corrupt") log.markRepaired({ op: header.op, hash });
  }
  acknowledgeFrom(replica, before);
  if (fetch === null || fetch.state !== "bodies") return;
  // By hash: what an older fetch has written may complete while this one still waits for its own.
  for (const { hash } of entries) fetch.writing.delete(hexEncode(hash));
  advanceIfStored(replica, fetch);
}

function advanceIfStored(replica: Replica, fetch: Fetch): void {
  if (fetch.writing.size === 0 && !isWaitingForPeer(fetch)) advanceFetch(replica, fetch);
}
