/** Named timeouts, counted in ticks. */
import type { Replica } from "./state.ts";

/** The primary of the view has shown that it lives, or the view is new: trust it for a while. */
export function restartViewChangeTimer(replica: Replica): void {
  const { viewChangeTicks, viewChangeTicksMax, jitterTicks } = replica.identity.options;
  // The first view after a normal one gets the plain timeout.
  const doublings = Math.max(0, Math.min(replica.viewsFailed - 1, 8));
  const ticks = Math.min(viewChangeTicks * 2 ** doublings, viewChangeTicksMax);
  replica.viewChangeAt = replica.now + ticks + replica.identity.prng.below(jitterTicks + 1);
}

/** A hint that the primary is dead: do not wait for the whole timeout. */
export function shortenViewChangeTimer(replica: Replica): void {
  const { linkDownTicks } = replica.identity.options;
  replica.viewChangeAt = Math.min(replica.viewChangeAt, replica.now + linkDownTicks);
}

export function expireViewChangeTimer(replica: Replica): void {
  replica.viewChangeAt = replica.now;
  replica.repeatAt = replica.now;
}

export function isViewChangeDue(replica: Replica): boolean {
  return replica.now >= replica.viewChangeAt;
}

/** The longest wait for an answer is so many times doubled: 51 s, the largest entry at 1 Mbit/s. */
const doublingsMax = 8;

/**
 * How long a question waits for its answer: twice as long each time that all who could answer have
 * not. They may be down; or the link is slow, and what is asked again before its answer can be here
 * only makes it slower.
 */
export function answerTicks({ identity }: Replica, rounds: number): number {
  return identity.options.fetchTicks * 2 ** Math.min(Math.floor(rounds), doublingsMax);
}

/** True once for each interval; the caller then repeats what must be repeated. */
export function isRepeatDue(replica: Replica): boolean {
  if (replica.now < replica.repeatAt) return false;
  replica.repeatAt = replica.now + replica.identity.options.repeatTicks;
  return true;
}
