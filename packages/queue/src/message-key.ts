import type { MessageKey } from "./ids.ts";
import { messageField, messageFlag } from "./message-record.ts";
import type { QueueState } from "./state.ts";

/** What a message that is here is called. */
export function messageKeyOf(state: QueueState, message: number): MessageKey {
  const { messages } = state;
  if (wasMoved(state, message)) return state.moved.keyOf(message);
  return {
    op: messages.f64(message, messageField.op),
    index: messages.u32(message, messageField.index),
  };
}

/** Whether the message came from another queue: its record then names the op that moved it. */
export function wasMoved(state: QueueState, message: number): boolean {
  return (state.messages.u8(message, messageField.flags) & messageFlag.moved) !== 0;
}
