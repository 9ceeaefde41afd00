import { wasMoved } from "./message-key.ts";
import { linkField } from "./message-links.ts";
import { isDeadLetter, messageField, messageFlag } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * When a message ends that nobody leases: its queue's `retentionMs` after it was enqueued, or by its
 * own ttl, whichever is first. Times are microseconds of the time of day.
 *
 * Retention needs no timer: seqs ascend with the time of enqueue, so the next to end is the lowest
 * of the ready and the scheduled ones. An own end does: `deadline` while ready or scheduled.
 */

/** Gives a message that is in no state yet an end of its own. */
export function setOwnEnd(state: QueueState, message: number, end: number): void {
  const flags = state.messages.u8(message, messageField.flags);
  state.messages.setU8(message, messageField.flags, flags | messageFlag.hasEnd);
  state.ends.setF64(message, 0, end);
}

/** Whether the message has an end of its own. */
export function hasEnd(state: QueueState, message: number): boolean {
  return (state.messages.u8(message, messageField.flags) & messageFlag.hasEnd) !== 0;
}

/** The end of its own, which it must have. */
export function ownEndOf(state: QueueState, message: number): number {
  return state.ends.f64(message, 0);
}

/** Until when its queue keeps the message, unless it was redriven: ascends with the seq. */
export function retentionEndOf(state: QueueState, queue: Queue, message: number): number {
  const enqueuedAt = state.messages.f64(message, messageField.enqueuedAt);
  const since = wasMoved(state, message) ? state.moved.movedAt(message) : enqueuedAt;
  return since + queue.config.retentionMs * 1_000;
}

/** Until when its queue keeps a dead letter, also one that is leased as such. */
export function deadEndOf(state: QueueState, queue: Queue, message: number): number {
  const diedAt = state.messages.f64(message, messageField.since);
  return diedAt + queue.config.deadRetentionMs * 1_000;
}

/** When the message ends. */
export function endOf(state: QueueState, queue: Queue, message: number): number {
  if (isDeadLetter(state.messages.u8(message, messageField.ends))) {
    return deadEndOf(state, queue, message);
  }
  const kept = retentionEndOf(state, queue, message);
  if (!hasEnd(state, message)) return kept;
  // A redriven message is kept anew.
  const isRedriven = state.links.u16(message, linkField.redrives) > 0;
  return isRedriven ? ownEndOf(state, message) : Math.min(kept, ownEndOf(state, message));
}

/** Whether a message ends now, if nobody leases it. */
export function isOver(state: QueueState, queue: Queue, message: number): boolean {
  return endOf(state, queue, message) <= state.now;
}
