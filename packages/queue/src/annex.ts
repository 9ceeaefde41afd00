import { ByteReader, ByteWriter } from "@quorate/prelude";
import { errorsKeptMax } from "./limits.ts";
import { messageField } from "./message-record.ts";
import { moveBlobOf } from "./moved-blob.ts";
import type { DeliveryError } from "./operation.ts";
import type { QueueState } from "./state.ts";
import { optional, readOptional } from "./wire.ts";

/** Byte offsets of an annex record: place and length of its blob. */
const field = { slab: 0, offset: 4, length: 8 };

/** A failed delivery, as it is kept. */
export interface KeptError extends DeliveryError {
  readonly atMicros: number;
  /** The label of the worker that has told it. */
  readonly worker: string | null;
}

/** What few messages have: the newest errors first, at most 10, and the progress of a lease. */
export interface Annex {
  readonly errors: readonly KeptError[];
  /** The fence of the lease that reported it; 0 without progress. */
  readonly progressFence: number;
  readonly progress: Uint8Array;
}

/**
 * The same as it lies in its blob: errors have kilobytes, and whoever adds one has no need to read
 * the others.
 */
interface RawAnnex {
  readonly errors: readonly Uint8Array[];
  readonly progressFence: number;
  readonly progress: Uint8Array;
}

/** Adds an error of the message's lease, which still runs, to its history. */
export function keepError(state: QueueState, message: number, error: DeliveryError): void {
  const annex = readRaw(state, message);
  const worker = state.holders.workerOf(state.messages.u32(message, messageField.holder));
  const kept = new ByteWriter().u64(state.now).string(error.type).string(error.message);
  optional(kept, worker, (label) => kept.bytes(label));
  const errors = [kept.finish(), ...annex.errors].slice(0, errorsKeptMax);
  writeAnnex(state, message, { ...annex, errors });
}

/** Replaces the progress of the message's lease. */
export function keepProgress(state: QueueState, message: number, progress: Uint8Array): void {
  const progressFence = state.messages.f64(message, messageField.fence);
  writeAnnex(state, message, { ...readRaw(state, message), progressFence, progress });
}

/** The message's annex; empty when it has none. */
export function readAnnex(state: QueueState, message: number): Annex {
  const { errors, ...annex } = readRaw(state, message);
  return { ...annex, errors: errors.map(readError) };
}

/** Type of the message's newest error, or null: all that is read of its annex. */
export function newestErrorTypeOf(state: QueueState, message: number): string | null {
  const blob = blobOf(state, message);
  const reader = new ByteReader(blob);
  if (blob.length > 0) readProgress(reader);
  if (reader.remaining === 0) return null;
  reader.u64();
  return reader.string(blob.length);
}

function readRaw(state: QueueState, message: number): RawAnnex {
  const blob = blobOf(state, message);
  if (blob.length === 0) return { errors: [], progressFence: 0, progress: blob };
  const reader = new ByteReader(blob);
  const annex = readProgress(reader);
  const errors: Uint8Array[] = [];
  while (reader.remaining > 0) {
    const start = reader.offset;
    reader.u64();
    reader.lengthPrefixed(blob.length);
    reader.lengthPrefixed(blob.length);
    readOptional(reader, () => reader.lengthPrefixed(blob.length));
    errors.push(blob.subarray(start, reader.offset));
  }
  return { ...annex, errors };
}

function readProgress(reader: ByteReader): Omit<RawAnnex, "errors"> {
  return { progressFence: reader.u64(), progress: reader.lengthPrefixed(reader.bytes.length) };
}

function readError(bytes: Uint8Array): KeptError {
  const reader = new ByteReader(bytes);
  return {
    atMicros: reader.u64(),
    type: reader.string(bytes.length),
    message: reader.string(bytes.length),
    worker: readOptional(reader, () => reader.string(bytes.length)),
  };
}

// What is written of the message's annex; empty when it has none.
function blobOf(state: QueueState, message: number): Uint8Array {
  const record = state.messages.u32(message, messageField.annex);
  if (record === 0) return noBytes;
  const { annexes } = state;
  return state.slabs.read(
    annexes.u32(record, field.slab),
    annexes.u32(record, field.offset),
    annexes.u32(record, field.length),
  );
}

const noBytes = new Uint8Array(0);

/** Bytes that the message's annex takes. */
export function annexBytesOf(state: QueueState, message: number): number {
  const record = state.messages.u32(message, messageField.annex);
  return record === 0 ? 0 : state.annexes.u32(record, field.length);
}

/** The slab of an annex by its record; 0 of none. */
export function slabOfAnnex({ annexes }: QueueState, record: number): number {
  return annexes.u32(record, field.length) === 0 ? 0 : annexes.u32(record, field.slab);
}

/** Gives it another place; its length. */
export function moveAnnex({ annexes, slabs }: QueueState, record: number): number {
  const length = annexes.u32(record, field.length);
  return moveBlobOf(slabs, { records: annexes, record, length }, field);
}

/** Frees the message's annex, if it has one. */
export function removeAnnex(state: QueueState, message: number): void {
  const record = state.messages.u32(message, messageField.annex);
  if (record === 0) return;
  state.messages.setU32(message, messageField.annex, 0);
  state.slabs.free(state.annexes.u32(record, field.slab), state.annexes.u32(record, field.length));
  state.annexes.free(record);
}

function writeAnnex(state: QueueState, message: number, annex: RawAnnex): void {
  const writer = new ByteWriter();
  writer.u64(annex.progressFence).bytes(annex.progress);
  for (const error of annex.errors) writer.raw(error);
  const bytes = writer.finish();
  removeAnnex(state, message);
  const { slab, offset } = state.slabs.append(bytes.length);
  const target = state.slabs.locate(slab, offset);
  target.bytes.set(bytes, target.start);
  const record = state.annexes.allocate();
  state.annexes.setU32(record, field.slab, slab);
  state.annexes.setU32(record, field.offset, offset);
  state.annexes.setU32(record, field.length, bytes.length);
  state.messages.setU32(message, messageField.annex, record);
}
