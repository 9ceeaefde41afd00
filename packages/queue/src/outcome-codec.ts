import { ByteReader, ByteWriter, DecodeError, unreachable } from "@quorate/prelude";
import { readDequeued, readLost, writeDequeued, writeLost } from "./dequeued-codec.ts";
import { decodeEnqueueRuns, encodeEnqueueRuns } from "./enqueue-runs.ts";
import { hashBytes } from "./fingerprint.ts";
import { dequeueMessagesMax, settlementsMax } from "./limits.ts";
import type { LeasesExtended, Outcome, Repeated, Settled, SettleResult } from "./outcome.ts";
import { readPauses, writePauses } from "./pause-view.ts";
import { readQueueView, writeQueueView } from "./queue-view.ts";
import { readTaskView, writeTaskView } from "./task.ts";
import { messageStates, readRefusal, writeRefusal } from "./refusal.ts";
import { optional, readChoice, readOptional } from "./wire.ts";

/** Wire numbers of the outcomes. */
export const outcomeTags = {
  invalid: 0,
  refused: 1,
  "queue-put": 2,
  enqueued: 3,
  dequeued: 4,
  settled: 5,
  "leases-extended": 6,
  revoked: 7,
  "queue-paused": 8,
  repeated: 9,
  purged: 10,
  "queue-deleted": 11,
  "message-deleted": 12,
  task: 13,
} as const;

/** The one spelling of the outcome. */
export function encodeOutcome(outcome: Outcome): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(outcomeTags[outcome.type]);
  switch (outcome.type) {
    case "invalid":
    case "queue-deleted":
    case "message-deleted":
      break;
    case "purged":
      writer.u64(outcome.removed);
      break;
    case "refused":
      optional(writer, outcome.index, (index) => writer.u32(index));
      writeRefusal(writer, outcome.refusal);
      break;
    case "queue-put":
      writeQueueView(writer.bool(outcome.created), outcome.view);
      break;
    case "enqueued":
      writer.bool(outcome.replayed).u64(outcome.enqueuedAtMs);
      writer.raw(encodeEnqueueRuns(outcome.results));
      break;
    case "dequeued":
      writeDequeued(writer, outcome);
      break;
    case "settled":
      writer.u32(outcome.results.length);
      for (const result of outcome.results) writeSettleResult(writer, result);
      break;
    case "leases-extended":
      writeExtended(writer, outcome);
      break;
    case "revoked":
      writer.raw(outcome.key);
      optional(writer, outcome.issuedUntilMs, (issuedUntilMs) => writer.u64(issuedUntilMs));
      writer.u64(outcome.keptUntilMs);
      break;
    case "queue-paused":
      writePauses(writer, outcome.paused);
      break;
    case "repeated":
      writer.raw(encodeOutcome(outcome.outcome));
      break;
    case "task":
      writeTaskView(writer, outcome.task);
      break;
    default:
      unreachable(outcome);
  }
  return writer.finish();
}

/** The bytes of an `enqueued` outcome whose results are runs already. */
export function encodeEnqueued(
  replayed: boolean,
  enqueuedAtMs: number,
  runs: Uint8Array,
): Uint8Array {
  const writer = new ByteWriter(runs.length + 16);
  writer.u8(outcomeTags.enqueued).bool(replayed).u64(enqueuedAtMs).raw(runs);
  return writer.finish();
}

/** The bytes of a `repeated` outcome whose first one is in these. */
export function encodeRepeated(first: Uint8Array): Uint8Array {
  return new ByteWriter(first.length + 1).u8(outcomeTags.repeated).raw(first).finish();
}

/**
 * The outcome in these bytes; slices of it are views on them. Throws DecodeError when they are
 * none, which from a replica of the same version means a corrupt reply.
 */
export function decodeOutcome(bytes: Uint8Array): Outcome {
  const reader = new ByteReader(bytes);
  const outcome = readBody(reader);
  reader.end();
  return outcome;
}

function readBody(reader: ByteReader): Outcome {
  const tag = reader.u8();
  if (tag !== outcomeTags.repeated) return readFirst(reader, tag);
  return { type: "repeated", outcome: readFirst(reader, reader.u8()) };
}

function readFirst(reader: ByteReader, tag: number): Exclude<Outcome, Repeated> {
  switch (tag) {
    case outcomeTags.invalid:
      return { type: "invalid" };
    case outcomeTags.refused: {
      const index = readOptional(reader, () => reader.u32());
      return { type: "refused", refusal: readRefusal(reader), index };
    }
    case outcomeTags["queue-put"]:
      return { type: "queue-put", created: reader.bool(), view: readQueueView(reader) };
    case outcomeTags.enqueued: {
      const replayed = reader.bool();
      const enqueuedAtMs = reader.u64();
      return { type: "enqueued", replayed, enqueuedAtMs, results: decodeEnqueueRuns(reader) };
    }
    case outcomeTags.dequeued:
      return readDequeued(reader);
    case outcomeTags.settled:
      return readSettled(reader);
    case outcomeTags["leases-extended"]:
      return readExtended(reader);
    case outcomeTags.revoked: {
      const key = reader.raw(hashBytes);
      const issuedUntilMs = readOptional(reader, () => reader.u64());
      return { type: "revoked", key, issuedUntilMs, keptUntilMs: reader.u64() };
    }
    case outcomeTags.task:
      return { type: "task", task: readTaskView(reader) };
    case outcomeTags["queue-paused"]:
      return { type: "queue-paused", paused: readPauses(reader) };
    case outcomeTags.purged:
      return { type: "purged", removed: reader.u64() };
    case outcomeTags["queue-deleted"]:
      return { type: "queue-deleted" };
    case outcomeTags["message-deleted"]:
      return { type: "message-deleted" };
    default:
      throw new DecodeError(`outcome of unknown type ${tag}`);
  }
}

function readSettled(reader: ByteReader): Settled {
  const count = reader.count(settlementsMax);
  return { type: "settled", results: readTimes(count, () => readSettleResult(reader)) };
}

function writeSettleResult(writer: ByteWriter, result: SettleResult): void {
  writer.bool(result.status === "settled");
  if (result.status === "refused") return writeRefusal(writer, result.refusal);
  writer.u8(messageStates.indexOf(result.state)).bool(result.alreadySettled).bool(result.late);
  optional(writer, result.leaseUntilMs, (untilMs) => writer.u64(untilMs));
}

function readSettleResult(reader: ByteReader): SettleResult {
  if (!reader.bool()) return { status: "refused", refusal: readRefusal(reader) };
  return {
    status: "settled",
    state: readChoice(reader, messageStates),
    alreadySettled: reader.bool(),
    late: reader.bool(),
    leaseUntilMs: readOptional(reader, () => reader.u64()),
  };
}

function writeExtended(writer: ByteWriter, outcome: LeasesExtended): void {
  writer.u32(outcome.extended.length);
  for (const lease of outcome.extended) writer.u64(lease.fence).u32(lease.tag).u64(lease.untilMs);
  writeLost(writer, outcome.lost);
}

function readExtended(reader: ByteReader): LeasesExtended {
  const count = reader.count(dequeueMessagesMax);
  const extended = readTimes(count, () => ({
    fence: reader.u64(),
    tag: reader.u32(),
    untilMs: reader.u64(),
  }));
  return { type: "leases-extended", extended, lost: readLost(reader) };
}

function readTimes<T>(count: number, read: () => T): readonly T[] {
  const items: T[] = [];
  for (let index = 0; index < count; index++) items.push(read());
  return items;
}
