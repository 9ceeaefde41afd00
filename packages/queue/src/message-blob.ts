import { headerTextBytes } from "./message-headers.ts";
import { messageField } from "./message-record.ts";
import { moveBlobOf } from "./moved-blob.ts";
import type { NewMessage } from "./operation.ts";
import type { QueueState } from "./state.ts";

const prefixBytes = 5;

/** The variable parts of a stored message: views on its slab. */
export interface StoredParts {
  readonly contentType: Uint8Array;
  readonly groupId: Uint8Array | null;
  readonly dedupId: Uint8Array | null;
  readonly headers: Uint8Array;
  readonly body: Uint8Array;
}

/** What the message adds to its queue's `bytes`: body, header, contentType, groupId, dedupId. */
export function countedBytesOf(message: NewMessage): number {
  return (
    message.body.length +
    (headerTextBytes(message.headers) ?? 0) +
    message.contentType.length +
    (message.group?.id.length ?? 0) +
    (message.dedup?.id.length ?? 0)
  );
}

/** The same of a stored message: its blob without the lengths in it. */
export function storedBytesOf(state: QueueState, record: number): number {
  const { messages, slabs } = state;
  const labelsAndBody = messages.u32(record, messageField.blobBytes) - prefixBytes;
  const slab = messages.u32(record, messageField.slab);
  const offset = messages.u32(record, messageField.offset);
  const isBare = slabs.byteAt(slab, offset + 3) === 0 && slabs.byteAt(slab, offset + 4) === 0;
  if (isBare) return labelsAndBody;
  const { headers } = readBlob(state, record);
  return labelsAndBody - headers.length + (headerTextBytes(headers) ?? 0);
}

/**
 * Copies the message's bytes into one blob: lengths of content type, group id, dedup id (a byte
 * each) and headers (two bytes), then these, then the body.
 */
export function storeBlob(state: QueueState, record: number, message: NewMessage): void {
  const groupId = message.group?.id ?? noBytes;
  const dedupId = message.dedup?.id ?? noBytes;
  const { contentType, headers, body } = message;
  const labels = contentType.length + groupId.length + dedupId.length;
  const length = prefixBytes + labels + headers.length + body.length;
  const { slab, offset } = state.slabs.append(length);
  const { bytes, start } = state.slabs.locate(slab, offset);
  bytes[start] = contentType.length;
  bytes[start + 1] = groupId.length;
  bytes[start + 2] = dedupId.length;
  bytes[start + 3] = headers.length & 0xff;
  bytes[start + 4] = headers.length >>> 8;
  let at = start + prefixBytes;
  for (const part of [contentType, groupId, dedupId, headers, body]) {
    if (part.length > 0) bytes.set(part, at);
    at += part.length;
  }
  state.messages.setU32(record, messageField.slab, slab);
  state.messages.setU32(record, messageField.offset, offset);
  state.messages.setU32(record, messageField.blobBytes, length);
}

/** The parts of a stored message. */
export function readBlob(state: QueueState, record: number): StoredParts {
  const { messages } = state;
  const blob = state.slabs.read(
    messages.u32(record, messageField.slab),
    messages.u32(record, messageField.offset),
    messages.u32(record, messageField.blobBytes),
  );
  const groupAt = prefixBytes + (blob[0] ?? 0);
  const dedupAt = groupAt + (blob[1] ?? 0);
  const headersAt = dedupAt + (blob[2] ?? 0);
  const bodyAt = headersAt + (blob[3] ?? 0) + 256 * (blob[4] ?? 0);
  return {
    contentType: blob.subarray(prefixBytes, groupAt),
    groupId: dedupAt === groupAt ? null : blob.subarray(groupAt, dedupAt),
    dedupId: headersAt === dedupAt ? null : blob.subarray(dedupAt, headersAt),
    headers: blob.subarray(headersAt, bodyAt),
    body: blob.subarray(bodyAt),
  };
}

/** Length of a stored message's body. */
export function bodyBytesOf(state: QueueState, record: number): number {
  const { messages } = state;
  const blob = state.slabs.locate(
    messages.u32(record, messageField.slab),
    messages.u32(record, messageField.offset),
  );
  let before = prefixBytes;
  for (let at = 0; at < 4; at++) before += blob.bytes[blob.start + at] ?? 0;
  before += 256 * (blob.bytes[blob.start + 4] ?? 0);
  return messages.u32(record, messageField.blobBytes) - before;
}

/** Gives the blob another place; its length. */
export function moveBlob({ messages, slabs }: QueueState, record: number): number {
  const length = messages.u32(record, messageField.blobBytes);
  return moveBlobOf(slabs, { records: messages, record, length }, messageField);
}

/** Gives the blob's room back. */
export function freeBlob(state: QueueState, record: number): void {
  const { messages } = state;
  state.slabs.free(
    messages.u32(record, messageField.slab),
    messages.u32(record, messageField.blobBytes),
  );
}

const noBytes = new Uint8Array(0);
