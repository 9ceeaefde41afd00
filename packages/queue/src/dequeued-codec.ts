import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { bodyBytesCeiling, dequeueMessagesMax, labelBytesMax } from "./limits.ts";
import type { Dequeued, DequeuedMessage, LostLease } from "./outcome.ts";
import { leaseLostReasons } from "./refusal.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

/** Writes what follows the outcome's tag. */
export function writeDequeued(writer: ByteWriter, outcome: Dequeued): void {
  writer.bool(outcome.replayed).bool(outcome.paused).u32(outcome.messages.length);
  for (const message of outcome.messages) writeDequeuedMessage(writer, message);
  writeLost(writer, outcome.lost);
}

/** Reads what writeDequeued wrote. Throws DecodeError. */
export function readDequeued(reader: ByteReader): Dequeued {
  const replayed = reader.bool();
  const paused = reader.bool();
  const count = reader.count(dequeueMessagesMax);
  const messages: DequeuedMessage[] = [];
  for (let index = 0; index < count; index++) messages.push(readDequeuedMessage(reader));
  return { type: "dequeued", replayed, paused, messages, lost: readLost(reader) };
}

/** Writes one delivery. */
export function writeDequeuedMessage(writer: ByteWriter, message: DequeuedMessage): void {
  writer.u64(message.message.op).u32(message.message.index).u64(message.seq);
  writer
    .bool(message.kind === "json")
    .u8(message.priority)
    .u64(message.enqueuedAtMs);
  writer.u32(message.deliveries).u32(message.failures);
  optional(writer, message.lease, (lease) => {
    writer.u64(lease.fence).u32(lease.tag).u64(lease.untilMs);
  });
  writer.u8(message.contentType.length).raw(message.contentType);
  writer.u8(message.groupId === null ? 0 : message.groupId.length);
  if (message.groupId !== null) writer.raw(message.groupId);
  writer.u16(message.headers.length).raw(message.headers).bytes(message.body);
}

function readDequeuedMessage(reader: ByteReader): DequeuedMessage {
  const message = { op: reader.u64(), index: reader.u32() };
  const seq = reader.u64();
  const kind = reader.bool() ? "json" : "bytes";
  const priority = reader.u8();
  const enqueuedAtMs = reader.u64();
  const deliveries = reader.u32();
  const failures = reader.u32();
  const lease = readOptional(reader, () => ({
    fence: reader.u64(),
    tag: reader.u32(),
    untilMs: reader.u64(),
  }));
  const contentType = reader.raw(readRange(reader.u8(), 1, labelBytesMax));
  const groupLength = readRange(reader.u8(), 0, labelBytesMax);
  const groupId = groupLength === 0 ? null : reader.raw(groupLength);
  const headers = reader.raw(reader.u16());
  const body = reader.lengthPrefixed(bodyBytesCeiling);
  return {
    message,
    seq,
    kind,
    priority,
    enqueuedAtMs,
    deliveries,
    failures,
    lease,
    contentType,
    groupId,
    headers,
    body,
  };
}

/** Writes leases that are no more. */
export function writeLost(writer: ByteWriter, lost: readonly LostLease[]): void {
  writer.u32(lost.length);
  for (const { lease, message, reason } of lost) {
    optional(writer, lease, ({ fence, tag }) => writer.u64(fence).u32(tag));
    optional(writer, message, ({ op, index }) => writer.u64(op).u32(index));
    writer.u8(leaseLostReasons.indexOf(reason));
  }
}

/** Reads what writeLost wrote. Throws DecodeError. */
export function readLost(reader: ByteReader): readonly LostLease[] {
  const count = reader.count(dequeueMessagesMax);
  const lost: LostLease[] = [];
  for (let index = 0; index < count; index++) {
    const lease = readOptional(reader, () => ({ fence: reader.u64(), tag: reader.u32() }));
    const message = readOptional(reader, () => ({ op: reader.u64(), index: reader.u32() }));
    lost.push({ lease, message, reason: readChoice(reader, leaseLostReasons) });
  }
  return lost;
}
