import type { StoredState } from "./ghosts.ts";
import { storedBytesOf } from "./message-blob.ts";
import { retentionEndOf } from "./message-end.ts";
import { messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * A message that is in no state comes into one: in its record, the set of the state's seqs, the
 * queue's number of such messages and their bytes, which always agree.
 */
export function enterState(
  state: QueueState,
  queue: Queue,
  message: number,
  name: StoredState,
): void {
  const { messages } = state;
  const those = queue.byState[name];
  messages.setU8(message, messageField.state, messageState[name]);
  those.seqs.add(messages.f64(message, messageField.seq));
  those.count += 1;
  those.bytes += storedBytesOf(state, message);
  if (name === "ready" || name === "scheduled") {
    state.queueWork.expect(queue, retentionEndOf(state, queue, message));
  }
}

/** It leaves the state in which it is, and is in none until the move that must follow. */
export function leaveState(
  state: QueueState,
  queue: Queue,
  message: number,
  name: StoredState,
): void {
  const { messages } = state;
  const those = queue.byState[name];
  messages.setU8(message, messageField.state, messageState.none);
  those.seqs.delete(messages.f64(message, messageField.seq));
  those.count -= 1;
  those.bytes -= storedBytesOf(state, message);
}
