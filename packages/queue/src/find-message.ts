import type { MessageKey } from "./ids.ts";
import { isLive } from "./liveness.ts";
import { wasMoved } from "./message-key.ts";
import { messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * The message of this key in this queue, or 0. Seqs of a queue ascend with op and index, so it is
 * found by halving and needs no index of its own; one that came from another queue has one.
 */
export function findMessage(state: QueueState, queue: Queue, key: MessageKey): number {
  const { messages } = state;
  const moved = state.moved.find(key);
  if (moved !== 0 && messages.u32(moved, messageField.queue) === queue.incarnation) {
    // One that was popped keeps its name, for who fetches the answer again, but is gone.
    const isPopped = messages.u8(moved, messageField.state) === messageState.popped;
    return !isPopped && isLive(state, queue, moved) ? moved : 0;
  }
  const seq = queue.messages.search((message) => {
    const op = messages.f64(message, messageField.op);
    if (op !== key.op) return op < key.op;
    return messages.u32(message, messageField.index) < key.index;
  });
  if (seq < 0) return 0;
  const found = queue.messages.get(seq);
  const isIt =
    !wasMoved(state, found) &&
    messages.f64(found, messageField.op) === key.op &&
    messages.u32(found, messageField.index) === key.index;
  return isIt && isLive(state, queue, found) ? found : 0;
}
