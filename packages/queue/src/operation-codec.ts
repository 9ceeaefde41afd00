import { ByteReader, ByteWriter, DecodeError, assert, unreachable } from "@quorate/prelude";
import { hashBytes } from "./fingerprint.ts";
import { readEnqueue, writeEnqueue } from "./enqueue-codec.ts";
import {
  dequeueMessagesMax,
  errorTextBytesMax,
  leaseMsMax,
  leaseMsMin,
  principalBytesMax,
  workerBytesMax,
} from "./limits.ts";
import type { Dequeue, ExtendDequeue, Once, Operation, PauseQueue, Revoke } from "./operation.ts";
import { pausables } from "./pause-view.ts";
import { readPutQueue, writePutQueue } from "./put-queue-codec.ts";
import { readQueueName } from "./queue-name.ts";
import { readRedrive, writeRedrive } from "./redrive-codec.ts";
import { readDeleteMessage, readPurge, writeDeleteMessage, writePurge } from "./removal-codec.ts";
import { readSettle, writeSettle } from "./settle-codec.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

const tags = {
  "put-queue": 1,
  enqueue: 2,
  dequeue: 3,
  settle: 4,
  "extend-dequeue": 5,
  revoke: 6,
  "pause-queue": 7,
  once: 8,
  purge: 9,
  "delete-queue": 10,
  "delete-message": 11,
  redrive: 12,
  "cancel-task": 13,
} as const;

/** Bytes around bodies: an operation's fields, and a message's labels and hashes. A guess. */
const overheadBytes = 256;

/** The one spelling of the operation. Throws AssertionError when a limit is passed. */
export function encodeOperation(operation: Operation): Uint8Array {
  const messages = operation.type === "enqueue" ? operation.messages : [];
  // A writer that must grow copies; one that is too large costs more, because it is zeroed first.
  const capacity = messages.reduce((sum, { body }) => sum + body.length + overheadBytes, 0);
  const writer = new ByteWriter(overheadBytes + capacity);
  writer.u8(tags[operation.type]);
  if ("queue" in operation) writer.string(operation.queue);
  switch (operation.type) {
    case "put-queue":
      writePutQueue(writer, operation);
      break;
    case "enqueue":
      writeEnqueue(writer, operation);
      break;
    case "dequeue":
      writeDequeue(writer, operation);
      break;
    case "settle":
      writeSettle(writer, operation);
      break;
    case "extend-dequeue":
      writer.raw(operation.dequeueHash).u32(operation.leaseMs);
      break;
    case "revoke":
      writeRevoke(writer, operation);
      break;
    case "pause-queue":
      writePauseQueue(writer, operation);
      break;
    case "once":
      writer.raw(operation.key.hash).raw(operation.key.fingerprint);
      writer.raw(encodeOperation(operation.operation));
      break;
    case "purge":
      writePurge(writer, operation);
      break;
    case "delete-queue":
      writer.bool(operation.force);
      break;
    case "delete-message":
      writeDeleteMessage(writer, operation);
      break;
    case "redrive":
      writeRedrive(writer, operation);
      break;
    case "cancel-task":
      writer.u64(operation.number);
      break;
    default:
      unreachable(operation);
  }
  return writer.finish();
}

/**
 * The operation in these bytes; slices of it are views on them. Throws DecodeError unless the bytes
 * are exactly what encodeOperation makes, with every count and length within its limit.
 */
export function decodeOperation(bytes: Uint8Array): Operation {
  const reader = new ByteReader(bytes);
  const tag = reader.u8();
  const operation = tag === tags.once ? readOnce(reader) : readPlain(reader, tag);
  reader.end();
  return operation;
}

function readPlain(reader: ByteReader, tag: number): Exclude<Operation, Once> {
  if (tag === tags.revoke) return readRevoke(reader);
  if (tag === tags["cancel-task"]) return { type: "cancel-task", number: reader.u64() };
  return readBody(reader, tag, readQueueName(reader));
}

function readOnce(reader: ByteReader): Once {
  const key = { hash: reader.raw(hashBytes), fingerprint: reader.raw(hashBytes) };
  const operation = readPlain(reader, reader.u8());
  switch (operation.type) {
    case "put-queue":
    case "revoke":
    case "pause-queue":
    case "purge":
    case "delete-queue":
    case "delete-message":
    case "redrive":
    case "cancel-task":
      return { type: "once", key, operation };
    case "enqueue":
    case "dequeue":
    case "settle":
    case "extend-dequeue":
      throw new DecodeError(`${operation.type} has an id of its own`);
    default:
      return unreachable(operation);
  }
}

/** The operation of a queue. */
function readBody(reader: ByteReader, tag: number, queue: string): Exclude<Operation, Once> {
  switch (tag) {
    case tags["put-queue"]:
      return readPutQueue(reader, queue);
    case tags.enqueue:
      return readEnqueue(reader, queue);
    case tags.dequeue:
      return readDequeue(reader, queue);
    case tags.settle:
      return readSettle(reader, queue);
    case tags["extend-dequeue"]:
      return readExtendDequeue(reader, queue);
    case tags["pause-queue"]:
      return readPauseQueue(reader, queue);
    case tags.purge:
      return readPurge(reader, queue);
    case tags["delete-queue"]:
      return { type: "delete-queue", queue, force: reader.bool() };
    case tags["delete-message"]:
      return readDeleteMessage(reader, queue);
    case tags.redrive:
      return readRedrive(reader, queue);
    default:
      throw new DecodeError(`operation of unknown type ${tag}`);
  }
}

function writeDequeue(writer: ByteWriter, operation: Dequeue): void {
  assert(operation.dequeueHash === null || operation.dequeueHash.length === hashBytes);
  writer.string(operation.principal);
  optional(writer, operation.worker, (worker) => writer.string(worker));
  optional(writer, operation.dequeueHash, (hash) => writer.raw(hash));
  writer.bool(operation.from === "dead").u8(operation.max);
  optional(writer, operation.maxPerGroup, (max) => writer.u8(max));
  writer.bool(operation.mode === "delete");
  optional(writer, operation.leaseMs, (leaseMs) => writer.u32(leaseMs));
}

function readDequeue(reader: ByteReader, queue: string): Dequeue {
  return {
    type: "dequeue",
    queue,
    principal: reader.string(principalBytesMax),
    worker: readOptional(reader, () => reader.string(workerBytesMax)),
    dequeueHash: readOptional(reader, () => reader.raw(hashBytes)),
    from: reader.bool() ? "dead" : "ready",
    max: readRange(reader.u8(), 1, dequeueMessagesMax),
    maxPerGroup: readOptional(reader, () => readRange(reader.u8(), 1, dequeueMessagesMax)),
    mode: reader.bool() ? "delete" : "lease",
    leaseMs: readOptional(reader, () => readRange(reader.u32(), leaseMsMin, leaseMsMax)),
  };
}

function readExtendDequeue(reader: ByteReader, queue: string): ExtendDequeue {
  return {
    type: "extend-dequeue",
    queue,
    dequeueHash: reader.raw(hashBytes),
    leaseMs: readRange(reader.u32(), leaseMsMin, leaseMsMax),
  };
}

const issuedUntilKinds = ["at", "now", "ever"] as const;

function writeRevoke(writer: ByteWriter, { key, issuedUntil }: Revoke): void {
  assert(key.length === hashBytes);
  const kind = typeof issuedUntil === "number" ? "at" : issuedUntil;
  writer.raw(key).u8(issuedUntilKinds.indexOf(kind));
  if (typeof issuedUntil === "number") writer.u64(issuedUntil);
}

function readRevoke(reader: ByteReader): Revoke {
  const key = reader.raw(hashBytes);
  const kind = readChoice(reader, issuedUntilKinds);
  return { type: "revoke", key, issuedUntil: kind === "at" ? reader.u64() : kind };
}

function writePauseQueue(writer: ByteWriter, { what, pause }: PauseQueue): void {
  writer.u8(pausables.indexOf(what));
  optional(writer, pause, ({ by, reason }) => {
    writer.string(by);
    optional(writer, reason, (text) => writer.string(text));
  });
}

function readPauseQueue(reader: ByteReader, queue: string): PauseQueue {
  const what = readChoice(reader, pausables);
  const pause = readOptional(reader, () => ({
    by: reader.string(principalBytesMax),
    reason: readOptional(reader, () => reader.string(errorTextBytesMax)),
  }));
  return { type: "pause-queue", queue, what, pause };
}
