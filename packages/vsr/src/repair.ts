/**
 * Log repair by hash: VRR §5.2, rules S2, S10 and L3.
 *
 * Headers are fetched downwards from a known head until the chain meets the own log; each is bound
 * by the hash above it. Bodies are fetched by those hashes, from any member, and written beside
 * the log. Nothing of the log changes here, except that missed entries of the own view are judged
 * and appended in order, as their Prepare would have been.
 */
import { hexEncode, present } from "@quorate/prelude";
import {
  asOp,
  entriesPerRequestMax,
  type Entry,
  type LogPosition,
  type Op,
} from "@quorate/protocol";
import { learnCommit } from "./acknowledge.ts";
import { raise } from "./alarm.ts";
import { appendEntry } from "./append.ts";
import { positionsOf, walkDown } from "./chain.ts";
import { adoptWithin } from "./enter-state.ts";
import { type Fetch, isInsideLog, isOfferAwaited } from "./fetch.ts";
import type { StateLoad } from "./load-state.ts";
import { reasonAgainstNew, refuseClock } from "./new-entry.ts";
import { tell } from "./speak.ts";
import {
  beginTransfer,
  dropFetch,
  dropTransfer,
  giveUpTransfer,
  isMissing,
  missingOf,
} from "./state-transfer.ts";
import { ignore, otherMembers, primaryIndex, type Replica } from "./state.ts";
import { nextToken } from "./superblock-writes.ts";
import { answerTicks, expireViewChangeTimer } from "./timeout.ts";

type FetchOrder = Pick<Fetch, "purpose" | "top" | "commit" | "doViewChanges" | "known"> & {
  /** The member to ask first. */
  readonly peer: number;
};

export function beginFetch(replica: Replica, order: FetchOrder): void {
  dropTransfer(replica);
  const isSelf = order.peer === replica.identity.index;
  replica.fetch = {
    ...order,
    peer: isSelf ? nextPeer(replica, order.peer) : order.peer,
    chain: [],
    cursor: order.top,
    fork: null,
    offer: null,
    base: null,
    missing: [],
    ahead: [],
    writing: new Set(),
    restarts: 0,
    noncesAbove: replica.nextToken,
    nonce: 0,
    askedAt: replica.now,
    silences: 0,
    state: "headers",
  };
  advanceFetch(replica, replica.fetch);
}

/**
 * Entries of this view that were missed: up to `top`, which the primary has named. The others may
 * need them acknowledged before they can commit, so what only this replica lacks waits: rotten bodies,
 * or a state, of which what has come is on the disk.
 */
export function beginCatchUp(replica: Replica, top: LogPosition, commit: Op): void {
  const purpose = replica.fetch?.purpose ?? null;
  if (purpose !== null && purpose !== "scrub" && purpose !== "reopen") return;
  const peer = primaryIndex(replica);
  const order = { purpose: "catch-up", top, commit, doViewChanges: [], known: new Map() } as const;
  beginFetch(replica, { ...order, peer });
}

/** No checkpoint of this disk can be read, and the peers have freed it: theirs must do. */
export function beginReopening(replica: Replica): void {
  if (replica.status !== "normal" || replica.fetch !== null) return;
  const order = { purpose: "reopen", top: replica.log.head, commit: replica.commit } as const;
  const peer = primaryIndex(replica);
  beginFetch(replica, { ...order, doViewChanges: [], known: new Map(), peer });
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

/**
 * Asks again, and somebody else, when an answer is overdue; or no more, when all that is wanted has
 * come by itself.
 */
export function retryFetch(replica: Replica): void {
  const { fetch } = replica;
  if (fetch === null || !isWaitingForPeer(fetch)) return;
  const rounds = fetch.silences / otherMembers(replica).length;
  if (replica.now - fetch.askedAt < answerTicks(replica, rounds)) return;
  fetch.silences += 1;
  fetch.peer = nextPeer(replica, fetch.peer);
  advanceFetch(replica, fetch);
}

/** A checkpoint holds what the log has freed: nothing of that is awaited any more. */
export function passFreed(replica: Replica): void {
  const { fetch, log } = replica;
  if (fetch === null || !isWaitingForPeer(fetch) || isOfferAwaited(fetch)) return;
  const { state, cursor, missing, ahead } = fetch;
  const awaited = state === "headers" ? cursor : present(missing[0] ?? ahead[0]);
  if (awaited.op <= log.base.op) advanceFetch(replica, fetch);
}

export function isWaitingForPeer(fetch: Fetch): boolean {
  if (fetch.state === "headers") return true;
  return fetch.state === "bodies" && fetch.missing.length + fetch.ahead.length > 0;
}

export function advanceFetch(replica: Replica, fetch: Fetch): void {
  if (fetch.state === "headers" && isOfferAwaited(fetch)) return ask(replica, fetch);
  if (fetch.state === "headers") extendChain(replica, fetch);
  if (replica.fetch !== fetch || fetch.state !== "bodies") return;
  takeAvailable(replica, fetch);
  if (replica.fetch !== fetch) return;
  if (isWaitingForPeer(fetch)) return ask(replica, fetch);
  if (fetch.writing.size > 0) return;
  fetch.state = "complete";
  if (isInsideLog(fetch)) finishInside(replica, fetch);
}

/** The state of the checkpoint is here: the chain above it is the log, if its bodies are. */
export function continueTransfer(replica: Replica, load: StateLoad): void {
  const { fetch } = replica;
  if (fetch === null || fetch.state !== "state" || load.state === "walking") return;
  if (load.state === "failed" || load.replication === null) return giveUpTransfer(replica, fetch);
  if (isOwnLog(replica, load)) return adoptInPlace(replica, load);
  const { op, headHash: hash } = load.checkpoint;
  fetch.base = { op, hash, timestampMicros: load.replication.timestampMicros };
  fetch.fork = op;
  fetch.state = "bodies";
  fetch.missing = missingOf(replica, fetch);
  advanceFetch(replica, fetch);
}

/** A normal replica whose log holds the checkpoint's entry needs the state alone. */
export function isOwnLog({ status, log }: Replica, { checkpoint, purpose }: StateLoad): boolean {
  const { op, headHash: hash } = checkpoint;
  return purpose === "transfer" && status === "normal" && log.holds({ op, hash });
}

/** The log begins above an entry only when that is on disk: until then the state waits. */
export function adoptInPlace(replica: Replica, load: StateLoad): void {
  if (replica.log.slotAt(load.checkpoint.op)?.state === "appending") return;
  adoptWithin(replica, load);
  dropFetch(replica);
}

function finishInside(replica: Replica, fetch: Fetch): void {
  replica.fetch = null;
  learnCommit(replica, fetch.commit);
}

function extendChain(replica: Replica, fetch: Fetch): void {
  const end = walkDown(replica, fetch);
  if (end === "above") return ask(replica, fetch);
  if (end === "foreign") {
    raise(replica, "foreign-chain", `at op ${fetch.cursor.op}`);
    replica.fetch = null;
  } else if (fetch.offer === null) meetLog(replica, fetch);
  else beginTransfer(replica, fetch, fetch.offer);
}

function meetLog(replica: Replica, fetch: Fetch): void {
  const { log } = replica;
  const isInside = isInsideLog(fetch);
  if (!isInside && fetch.cursor.op < replica.executed) return refuseLog(replica, fetch);
  fetch.fork = fetch.cursor.op;
  fetch.state = "bodies";
  fetch.missing = log.corruptThrough(fetch.fork);
  const chain = positionsOf(replica, fetch);
  if (!isInside) {
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

/**
 * What is executed was committed, so a quorum holds it, and no valid selection leaves it out: a member
 * has lied (rule A1), now or when it said what was committed. Nothing of this log is installed.
 */
export function refuseLog(replica: Replica, { top, cursor }: Fetch): void {
  replica.fetch = null;
  if (!replica.isLogRefused) {
    const detail = `the log to op ${top.op} of view ${replica.view} parts from this one at op ${cursor.op}, which has executed op ${replica.executed}`;
    raise(replica, "executed-entry-left-out", detail);
  }
  replica.isLogRefused = true;
  expireViewChangeTimer(replica);
}

/**
 * Uses what has arrived: missed entries go to the end of the log, the others beside it. What has come
 * by another way, or has been freed, is missing no more.
 */
function takeAvailable(replica: Replica, fetch: Fetch): void {
  const available: Entry[] = [];
  fetch.missing = fetch.missing.filter((position) => {
    if (!isMissing(replica, position)) return false;
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
      if (!appendMissed(replica, fetch, entry)) return;
    }
    fetch.ahead.shift();
  }
}

/** Like its Prepare; an entry that is refused ends the fetch. */
function appendMissed(replica: Replica, fetch: Fetch, entry: Entry): boolean {
  const reason = reasonAgainstNew(replica, entry.header, entry.body, fetch.commit);
  if (reason === null) {
    appendEntry(replica, entry);
    return true;
  }
  if (reason === "clock ahead") refuseClock(replica, entry.header);
  ignore(replica, "entries", reason);
  dropFetch(replica);
  return false;
}

function ask(replica: Replica, fetch: Fetch): void {
  if (otherMembers(replica).length === 0) return;
  fetch.nonce = nextToken(replica);
  fetch.askedAt = replica.now;
  const { nonce } = fetch;
  if (fetch.state === "headers") {
    const known = isOfferAwaited(fetch) ? 0 : Math.min(replica.log.headOp, fetch.cursor.op - 1);
    const bottom = fetch.offer?.op ?? asOp(known);
    return tell(replica, fetch.peer, { command: "getState", nonce, top: fetch.cursor, bottom });
  }
  const wanted = [...fetch.missing, ...fetch.ahead].slice(0, entriesPerRequestMax);
  tell(replica, fetch.peer, { command: "getEntries", nonce, wanted });
}

function nextPeer(replica: Replica, peer: number): number {
  const members = otherMembers(replica);
  return members[(members.indexOf(peer) + 1) % members.length] ?? peer;
}
