import { type ByteReader, type ByteWriter, DecodeError, assert } from "@quorate/prelude";
import { hashBytes } from "./fingerprint.ts";
import {
  batchBodyBytesMax,
  batchMessagesMax,
  bodyBytesCeiling,
  enqueueDelayMsMax,
  labelBytesMax,
  maxFailuresMax,
  priorityMax,
  ttlMsMax,
  ttlMsMin,
} from "./limits.ts";
import { headerTextBytes, headersEncodedMax } from "./message-headers.ts";
import type { DedupKey, Enqueue, IdempotencyKey, NewMessage } from "./operation.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

const forms = ["single", "batch", "atomic"] as const;

/** A bit for each part of a message that may be missing. */
const has = {
  json: 1,
  group: 2,
  dedup: 4,
  headers: 8,
  delay: 16,
  notBefore: 32,
  maxFailures: 64,
  ttl: 128,
};

/** Writes what follows the queue's name. Throws AssertionError when a limit is passed. */
export function writeEnqueue(writer: ByteWriter, operation: Enqueue): void {
  writer.u8(forms.indexOf(operation.form));
  optional(writer, operation.idempotency, (key) => {
    writeHash(writer, key.hash);
    writeHash(writer, key.fingerprint);
  });
  const { length } = operation.messages;
  assert(length >= messagesMin(operation) && length <= batchMessagesMax);
  writer.u32(operation.messages.length);
  for (const message of operation.messages) writeMessage(writer, message);
}

/** Reads what writeEnqueue wrote. Throws DecodeError. */
export function readEnqueue(reader: ByteReader, queue: string): Enqueue {
  const form = readChoice(reader, forms);
  const idempotency = readOptional(reader, () => readIdempotency(reader));
  const count = readRange(
    reader.count(batchMessagesMax),
    messagesMin({ form, idempotency }),
    form === "single" ? 1 : batchMessagesMax,
  );
  const messages: NewMessage[] = [];
  let bodyBytes = 0;
  for (let index = 0; index < count; index++) {
    const message = readMessage(reader);
    bodyBytes += message.body.length;
    messages.push(message);
  }
  if (bodyBytes > batchBodyBytesMax) throw new DecodeError("bodies of a batch are too long");
  return { type: "enqueue", queue, form, idempotency, messages };
}

/** A batch none of whose entries is a message still uses up its Idempotency-Key. */
function messagesMin({ form, idempotency }: Pick<Enqueue, "form" | "idempotency">): 0 | 1 {
  return form === "batch" && idempotency !== null ? 0 : 1;
}

function writeMessage(writer: ByteWriter, message: NewMessage): void {
  assert(message.delayMs === null || message.notBeforeMs === null, "delayMs xor notBeforeMs");
  writer.u8(flagsOf(message)).u8(message.priority);
  writeLabel(writer, message.contentType);
  if (message.group !== null) {
    writeLabel(writer, message.group.id);
    writeHash(writer, message.group.hash);
  }
  if (message.dedup !== null) {
    writeLabel(writer, message.dedup.id);
    writeHash(writer, message.dedup.hash);
    writeHash(writer, message.dedup.fingerprint);
  }
  if (message.headers.length > 0) writer.u16(message.headers.length).raw(message.headers);
  if (message.delayMs !== null) writer.u64(message.delayMs);
  if (message.notBeforeMs !== null) writer.u64(message.notBeforeMs);
  if (message.maxFailures !== null) writer.u16(message.maxFailures);
  if (message.ttlMs !== null) writer.u64(message.ttlMs);
  writer.bytes(message.body);
}

function flagsOf(message: NewMessage): number {
  return (
    (message.kind === "json" ? has.json : 0) |
    (message.group === null ? 0 : has.group) |
    (message.dedup === null ? 0 : has.dedup) |
    (message.headers.length === 0 ? 0 : has.headers) |
    (message.delayMs === null ? 0 : has.delay) |
    (message.notBeforeMs === null ? 0 : has.notBefore) |
    (message.maxFailures === null ? 0 : has.maxFailures) |
    (message.ttlMs === null ? 0 : has.ttl)
  );
}

function readMessage(reader: ByteReader): NewMessage {
  const flags = reader.u8();
  const isDelayed = (flags & has.delay) !== 0;
  if (isDelayed && (flags & has.notBefore) !== 0) throw new DecodeError("two delays");
  const priority = readRange(reader.u8(), 0, priorityMax);
  const contentType = readLabel(reader);
  const group = (flags & has.group) === 0 ? null : readGroup(reader);
  const dedup = (flags & has.dedup) === 0 ? null : readDedup(reader);
  const headers = (flags & has.headers) === 0 ? noBytes : readHeaders(reader);
  const delayMs = isDelayed ? readRange(reader.u64(), 0, enqueueDelayMsMax) : null;
  const notBeforeMs =
    (flags & has.notBefore) === 0 ? null : readRange(reader.u64(), 0, instantMsMax);
  const maxFailures =
    (flags & has.maxFailures) === 0 ? null : readRange(reader.u16(), 1, maxFailuresMax);
  const ttlMs = (flags & has.ttl) === 0 ? null : readRange(reader.u64(), ttlMsMin, ttlMsMax);
  const body = reader.lengthPrefixed(bodyBytesCeiling);
  const kind = (flags & has.json) === 0 ? "bytes" : "json";
  return {
    kind,
    body,
    contentType,
    group,
    dedup,
    headers,
    priority,
    delayMs,
    notBeforeMs,
    maxFailures,
    ttlMs,
  };
}

const noBytes = new Uint8Array(0);
/** The last millisecond whose microseconds are a safe integer (in the year 2255). */
export const instantMsMax = Math.floor(Number.MAX_SAFE_INTEGER / 1_000);

function readIdempotency(reader: ByteReader): IdempotencyKey {
  return { hash: reader.raw(hashBytes), fingerprint: reader.raw(hashBytes) };
}

function readGroup(reader: ByteReader): { id: Uint8Array; hash: Uint8Array } {
  return { id: readLabel(reader), hash: reader.raw(hashBytes) };
}

function readDedup(reader: ByteReader): DedupKey {
  return {
    id: readLabel(reader),
    hash: reader.raw(hashBytes),
    fingerprint: reader.raw(hashBytes),
  };
}

function readHeaders(reader: ByteReader): Uint8Array {
  const headers = reader.raw(readRange(reader.u16(), 1, headersEncodedMax));
  if (headerTextBytes(headers) === null) throw new DecodeError("headers are not well-formed");
  return headers;
}

function writeLabel(writer: ByteWriter, label: Uint8Array): void {
  assert(label.length >= 1 && label.length <= labelBytesMax, "label is 1 to 128 bytes");
  writer.u8(label.length).raw(label);
}

function readLabel(reader: ByteReader): Uint8Array {
  return reader.raw(readRange(reader.u8(), 1, labelBytesMax));
}

function writeHash(writer: ByteWriter, hash: Uint8Array): void {
  assert(hash.length === hashBytes, "hash is 16 bytes");
  writer.raw(hash);
}
