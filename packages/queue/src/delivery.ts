import { ByteWriter } from "@quorate/prelude";
import { writeDequeuedMessage, writeLost } from "./dequeued-codec.ts";
import { messageKeyOf } from "./message-key.ts";
import { leaseUntilMs } from "./lease-clock.ts";
import { readBlob } from "./message-blob.ts";
import { messageField, messageFlag, messageState } from "./message-record.ts";
import { outcomeTags } from "./outcome-codec.ts";
import type { Dequeued } from "./outcome.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/** The bytes of a `dequeued` outcome, written straight from the slabs. */
export function encodeDelivery(
  state: QueueState,
  queue: Queue,
  messages: readonly number[],
  { replayed, lost }: Pick<Dequeued, "replayed" | "lost"> = { replayed: false, lost: [] },
): Uint8Array {
  const bytes = messages.reduce(
    (sum, message) => sum + state.messages.u32(message, messageField.blobBytes) + entryBytesMax,
    outcomeBytes,
  );
  const writer = new ByteWriter(bytes);
  const paused = queue.paused.receive !== null;
  writer.u8(outcomeTags.dequeued).bool(replayed).bool(paused).u32(messages.length);
  for (const message of messages) writeMessage(writer, state, message);
  writeLost(writer, lost);
  return writer.finish();
}

/** What an entry takes beside its blob, and the outcome beside its entries: room to begin with. */
const entryBytesMax = 96;
const outcomeBytes = 64;

function writeMessage(writer: ByteWriter, state: QueueState, message: number): void {
  const { messages } = state;
  const { contentType, groupId, headers, body } = readBlob(state, message);
  const isLeased = messages.u8(message, messageField.state) === messageState.leased;
  writeDequeuedMessage(writer, {
    message: messageKeyOf(state, message),
    seq: messages.f64(message, messageField.seq),
    kind: (messages.u8(message, messageField.flags) & messageFlag.json) === 0 ? "bytes" : "json",
    priority: messages.u8(message, messageField.priority),
    enqueuedAtMs: Math.floor(messages.f64(message, messageField.enqueuedAt) / 1_000),
    deliveries: messages.u32(message, messageField.deliveries),
    failures: messages.u16(message, messageField.failures),
    lease: isLeased
      ? {
          fence: messages.f64(message, messageField.fence),
          tag: messages.u32(message, messageField.tag),
          untilMs: leaseUntilMs(state, message),
        }
      : null,
    contentType,
    groupId,
    headers,
    body,
  });
}
