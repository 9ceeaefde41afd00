import { end, exhume } from "./message-death.ts";
import { deadEndOf, retentionEndOf } from "./message-end.ts";
import { takeAway, unschedule } from "./message-life.ts";
import { linkField } from "./message-links.ts";
import { messageField, messageState } from "./message-record.ts";
import { leaveReady } from "./order.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * What a queue has kept for long enough: ready and scheduled messages since they were enqueued, dead
 * letters since they died. Both come in the order in which they end, so a configuration that keeps
 * messages for a shorter time moves a boundary, and pulses follow it. Redriven ones are passed by:
 * they have an end of their own, wherever they stand.
 */

/** Ends messages of the queue, at most `max`; how many it looked at. */
export function endByRetention(state: QueueState, queue: Queue, max: number): number {
  let count = 0;
  for (; count < max; count++) {
    const seq = nextKept(queue);
    if (seq < 0) break;
    const message = queue.messages.get(seq);
    if (retentionEndOf(state, queue, message) > state.now) break;
    queue.retentionSeq = seq + 1;
    // It is kept anew since it was redriven, by an end of its own.
    if (state.links.u16(message, linkField.redrives) === 0) leaveAndEnd(state, queue, message);
  }
  let number = nextDead(queue, 0);
  for (; count < max && number >= 0; count++) {
    const message = queue.deaths.get(number);
    if (deadEndOf(state, queue, message) > state.now) break;
    exhume(state, queue, message);
    takeAway(state, queue, message);
    number = nextDead(queue, number + 1);
  }
  return count;
}

/** When the next message of the queue ends in this way; infinity without one. */
export function nextEndIn(state: QueueState, queue: Queue): number {
  const seq = nextKept(queue);
  const kept = seq < 0 ? Infinity : retentionEndOf(state, queue, queue.messages.get(seq));
  const number = nextDead(queue, 0);
  if (number < 0) return kept;
  return Math.min(kept, deadEndOf(state, queue, queue.deaths.get(number)));
}

/** Ends a message that is ready or scheduled. */
export function leaveAndEnd(state: QueueState, queue: Queue, message: number): void {
  const isReady = state.messages.u8(message, messageField.state) === messageState.ready;
  if (isReady) leaveReady(state, queue, message);
  else unschedule(state, queue, message);
  end(state, queue, message);
}

// The next dead letter in the order of deaths, or -1. Most queues have none.
function nextDead(queue: Queue, least: number): number {
  return queue.dead === 0 ? -1 : queue.deaths.from(least, null);
}

// The lowest seq, from the boundary on, of what is ready or scheduled; or -1.
function nextKept(queue: Queue): number {
  const ready = queue.byState.ready.seqs.from(queue.retentionSeq);
  const scheduled = queue.byState.scheduled.seqs.from(queue.retentionSeq);
  if (ready < 0 || scheduled < 0) return Math.max(ready, scheduled);
  return Math.min(ready, scheduled);
}
