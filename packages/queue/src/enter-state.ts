import type { StoredState } from "./ghosts.ts";
import { storedBytesOf } from "./message-blob.ts";
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
  state.messages.setU8(message, messageField.state, messageState[name]);
  queue.seqs[name].add(state.messages.f64(message, messageField.seq));
  count(state, queue, message, { name, step: 1 });
}

/** It leaves the state in which it is, and is in none until the move that must follow. */
export function leaveState(
  state: QueueState,
  queue: Queue,
  message: number,
  name: StoredState,
): void {
  state.messages.setU8(message, messageField.state, messageState.none);
  queue.seqs[name].delete(state.messages.f64(message, messageField.seq));
  count(state, queue, message, { name, step: -1 });
}

// How many are ready is counted with what holds their groups up.
function count(
  state: QueueState,
  queue: Queue,
  message: number,
  { name, step }: { readonly name: StoredState; readonly step: 1 | -1 },
): void {
  queue.bytesIn[name] += step * storedBytesOf(state, message);
  if (name !== "ready") queue[name] += step;
}
