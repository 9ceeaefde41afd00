import type { Ghosts } from "./ghosts.ts";
import { forgetOrder, settleGroup } from "./group-order.ts";
import { letGo, takeAway } from "./message-life.ts";
import { linkField } from "./message-links.ts";
import { messageField } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * Frees what purges have made ghosts of, as many as the operation may still touch. A deleted queue
 * goes with the last thing that it held.
 */
export function sweep(state: QueueState, queue: Queue): void {
  for (;;) {
    const [ghosts] = queue.ghosts;
    if (ghosts === undefined) break;
    const seq = ghosts.seqs.lowest();
    if (seq < 0) {
      queue.ghosts.shift();
      continue;
    }
    if (state.ghostsToFree === 0) break;
    state.ghostsToFree -= 1;
    free(state, queue, ghosts, seq);
  }
  const isEmpty = queue.ghosts.length === 0 && queue.dedup.head === 0;
  if (queue.isDeleted && isEmpty && queue.bytesPopped === 0) state.forgetQueue(queue);
}

/** Whether a pulse has anything to free in the queue. */
export function hasToSweep(queue: Queue): boolean {
  return queue.ghosts.length > 0 || (queue.isDeleted && queue.bytesPopped === 0);
}

// Whatever still leads to the message lets go of it: a timer, a lease, the order of candidates.
function free(state: QueueState, queue: Queue, ghosts: Ghosts, seq: number): void {
  const { messages } = state;
  const message = queue.messages.get(seq);
  ghosts.seqs.delete(seq);
  if (messages.u32(message, messageField.timer) !== 0) {
    const timers = state.leases.has(message) ? state.leases : state.timers;
    timers.remove(message);
  }
  if (ghosts.state === "leased") letGo(state, message);
  if (ghosts.state === "dead") ghosts.deaths.delete(state.links.u48(message, linkField.death));
  const group = messages.u32(message, messageField.group);
  // The order of its group has let go of it, at the latest now.
  if (group !== 0) settleGroup(state, queue, group);
  forgetOrder(state, message);
  takeAway(state, queue, message);
}
