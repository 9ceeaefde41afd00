/**
 * State transfer: VRR §5.2, rules S2, S9 and L2.
 *
 * A peer that has freed the entries which are asked for offers its newest certified checkpoint.
 * The certificate is checked first, then the state is loaded by hash, then the log above it; and
 * only when all of it is on this disk does anything of the own log or of the last normal view
 * change, in one superblock write. Deviates from VRR §5.2, which cuts the log when it asks and can
 * lose what was promised.
 */
import type { Checkpoint, LogPosition } from "@quorate/protocol";
import { checkpointFault } from "@quorate/proof";
import { positionsOf } from "./chain.ts";
import { type Fetch, isOfferAwaited } from "./fetch.ts";
import { newQuestions } from "./fetch-blocks.ts";
import { freeBeforeTransfer } from "./free-blocks.ts";
import { beginLoad } from "./load-state.ts";
import { ignore, type Replica } from "./state.ts";
import { expireViewChangeTimer } from "./timeout.ts";

/**
 * A peer says that it has freed what this fetch asks for. Returns whether the fetch now goes by
 * the checkpoint.
 */
export function acceptOffer(replica: Replica, fetch: Fetch, offer: Checkpoint): boolean {
  if (offer.op <= newestOfNoUse(replica, fetch)) {
    ignore(replica, "newState", "not asked for");
    return false;
  }
  if (checkpointFault(offer, replica.identity.admission) !== null) {
    ignore(replica, "newState", "certificate not valid");
    return false;
  }
  // Rule S9: a primary that is so far behind leads nobody.
  if (fetch.purpose === "start") expireViewChangeTimer(replica);
  if (fetch.purpose === "start" || !raiseTop(replica, fetch, offer)) {
    dropFetch(replica);
    return false;
  }
  dropTransfer(replica);
  fetch.offer = offer;
  fetch.state = "headers";
  fetch.chain = [];
  fetch.cursor = fetch.top;
  // An older offer may have been loaded already: nothing of it stays.
  fetch.fork = null;
  fetch.base = null;
  fetch.missing = [];
  fetch.ahead = [];
  return true;
}

/**
 * Offers through this op lead no further than what is here. One below the own base would put the
 * log that was fetched in place of one that has gone on meanwhile, with acknowledged entries.
 */
function newestOfNoUse({ isStateOpen, executed, log }: Replica, { offer }: Fetch): number {
  return Math.max(offer?.op ?? 0, isStateOpen ? executed : log.base.op - 1);
}

/**
 * What is fetched may have been left behind. An entry of this view that is committed ends a log of
 * this view, as the top did; one of a newer view does not, and whoever has it proves that view: it may
 * even stand in the place of one that is fetched, which nobody has committed.
 */
function raiseTop(replica: Replica, fetch: Fetch, { op, headHash, view }: Checkpoint): boolean {
  if (view > replica.view) return false;
  if (op <= fetch.top.op) return true;
  if (view !== replica.view) return false;
  fetch.top = { op, hash: headHash };
  fetch.commit = op;
  return true;
}

/** The chain from the top has met the checkpoint: now its state. */
export function beginTransfer(replica: Replica, fetch: Fetch, offer: Checkpoint): void {
  fetch.state = "state";
  freeBeforeTransfer(replica);
  beginLoad(replica, { checkpoint: offer, purpose: "transfer", peers: newQuestions() });
}

/**
 * A load that failed makes room for a newer offer. The next peer is asked, and only when an answer
 * would be overdue: who offers what nobody can give would be asked without end, as fast as it answers.
 */
export function giveUpTransfer(replica: Replica, fetch: Fetch): void {
  replica.load = null;
  fetch.offer = null;
  fetch.state = "headers";
  fetch.askedAt = replica.now;
}

/**
 * The own log has led further than the state that is transferred, because rot was mended, a commit
 * learned, or entries came by themselves; or a state was wanted, and the own one is open after all.
 */
export function dropOvertaken(replica: Replica): void {
  const { fetch, isStateOpen, executed } = replica;
  if (fetch === null || fetch.state === "adopted" || !isStateOpen) return;
  const isOfNoUse = fetch.offer === null ? isOfferAwaited(fetch) : fetch.offer.op <= executed;
  if (isOfNoUse) dropFetch(replica);
}

/** The fetch is over, and nothing of it is used; what needs one begins another. */
export function dropFetch(replica: Replica): void {
  replica.fetch = null;
  dropTransfer(replica);
}

/** A load for a fetch that is over. What it stored stays for the next one. */
export function dropTransfer(replica: Replica): void {
  if (replica.load?.purpose === "transfer") replica.load = null;
}

/** Positions of the chain of which the body is to be fetched, oldest first. */
export function missingOf(replica: Replica, fetch: Fetch): LogPosition[] {
  return positionsOf(replica, fetch).filter((position) => isMissing(replica, position));
}

/** Whether neither this disk holds the body as part of its log, nor a checkpoint its effect. */
export function isMissing({ log }: Replica, position: LogPosition): boolean {
  if (position.op <= log.base.op) return false;
  return !log.holds(position) || log.slotAt(position.op)?.state !== "present";
}
