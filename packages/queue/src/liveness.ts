import { messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * Whether a message is still there: no purge has taken it. A purge of millions changes none of their
 * records, only the set that says who is in which state; so whoever comes to a message by its seq, a
 * timer or its neighbours asks here first. On its way between two states a message is live.
 */
export function isLive(state: QueueState, queue: Queue, message: number): boolean {
  if (queue.ghosts.length === 0) return true;
  const { messages } = state;
  const seq = messages.f64(message, messageField.seq);
  switch (messages.u8(message, messageField.state)) {
    case messageState.scheduled:
      return queue.byState.scheduled.seqs.has(seq);
    case messageState.ready:
      return queue.byState.ready.seqs.has(seq);
    case messageState.leased:
      return queue.byState.leased.seqs.has(seq);
    case messageState.dead:
      return queue.byState.dead.seqs.has(seq);
    default:
      return true;
  }
}

/** The message of this seq, or 0 when it has left the queue. */
export function liveMessage(state: QueueState, queue: Queue, seq: number): number {
  const message = queue.messages.get(seq);
  return message !== 0 && isLive(state, queue, message) ? message : 0;
}
