import { storedBytesOf } from "./message-blob.ts";
import { exhume, forgetFailures } from "./message-death.ts";
import { messageKeyOf, wasMoved } from "./message-key.ts";
import { detach, joinGroup, makeReady } from "./message-life.ts";
import { groupField } from "./group-record.ts";
import { messageField, messageFlag } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

const hashBytes = 16;

/** Whether the queue has room for one more message, this one. */
export function fitsInto(state: QueueState, queue: Queue, message: number): boolean {
  const { maxMessages, maxBytes } = queue.config;
  const bytes = queue.bytes + storedBytesOf(state, message);
  return queue.messageCount < maxMessages && bytes <= maxBytes;
}

/**
 * Brings a dead letter back to life in another queue: there it is the newest, with a seq of that
 * queue, and is called what it was called. Nothing of its leases is known there.
 */
export function moveInto(
  state: QueueState,
  { from, to }: { readonly from: Queue; readonly to: Queue },
  message: number,
): void {
  const { messages, groups } = state;
  const group = messages.u32(message, messageField.group);
  const hash = group === 0 ? null : groups.records.copy(group, groupField.key, hashBytes);
  exhume(state, from, message);
  if (wasMoved(state, message)) {
    state.moved.touch(message, state.now);
  } else {
    state.moved.add(message, messageKeyOf(state, message), state.now);
    const flags = messages.u8(message, messageField.flags);
    messages.setU8(message, messageField.flags, flags | messageFlag.moved);
  }
  detach(state, from, message);
  for (const field of [messageField.group, messageField.next, messageField.previous]) {
    messages.setU32(message, field, 0);
  }
  messages.setF64(message, messageField.fence, 0);
  messages.setU32(message, messageField.tag, 0);
  messages.setU8(message, messageField.ends, 0);
  // Its place in the log of that queue, which finds messages by it.
  messages.setF64(message, messageField.op, state.op);
  messages.setU32(message, messageField.index, state.messagesInOp);
  messages.setF64(message, messageField.seq, to.nextSeq);
  messages.setU32(message, messageField.queue, to.incarnation);
  state.messagesInOp += 1;
  to.messages.set(to.nextSeq, message);
  to.nextSeq += 1;
  forgetFailures(state, to, message);
  if (hash !== null) joinGroup(state, to, message, hash);
  makeReady(state, to, message);
}
