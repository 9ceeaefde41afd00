import { messageField } from "./message-record.ts";
import { leaveOrder, refreshGroup } from "./order.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * Lets go of the groups that dead letters hold up in a queue that has been configured to go on in
 * spite of them (`onDead: "continue"`): at most `max` dead letters; how many it looked at.
 */
export function unblock(state: QueueState, queue: Queue, max: number): number {
  if (queue.unblockSeq === 0) return 0;
  for (let count = 0; count < max; count++) {
    const seq = queue.seqs.dead.from(queue.unblockSeq);
    if (seq < 0) {
      queue.unblockSeq = 0;
      return count;
    }
    queue.unblockSeq = seq + 1;
    const message = queue.messages.get(seq);
    leaveOrder(state, message);
    refreshGroup(state, queue, state.messages.u32(message, messageField.group));
  }
  return max;
}
