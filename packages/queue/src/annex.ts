import { ByteReader, ByteWriter } from "@quorate/prelude";
import { errorsKeptMax } from "./limits.ts";
import { messageField } from "./message-record.ts";
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

const annexNone: Annex = { errors: [], progressFence: 0, progress: new Uint8Array(0) };

/** Adds an error of the message's lease, which still runs, to its history. */
export function keepError(state: QueueState, message: number, error: DeliveryError): void {
  const annex = readAnnex(state, message);
  const { worker } = state.holders.read(state.messages.u32(message, messageField.holder));
  const kept: KeptError = { ...error, worker, atMicros: state.now };
  writeAnnex(state, message, {
    ...annex,
    errors: [kept, ...annex.errors].slice(0, errorsKeptMax),
  });
}

/** Replaces the progress of the message's lease. */
export function keepProgress(state: QueueState, message: number, progress: Uint8Array): void {
  const progressFence = state.messages.f64(message, messageField.fence);
  writeAnnex(state, message, { ...readAnnex(state, message), progressFence, progress });
}

/** The message's annex; empty when it has none. */
export function readAnnex(state: QueueState, message: number): Annex {
  const record = state.messages.u32(message, messageField.annex);
  if (record === 0) return annexNone;
  const { annexes } = state;
  const blob = state.slabs.read(
    annexes.u32(record, field.slab),
    annexes.u32(record, field.offset),
    annexes.u32(record, field.length),
  );
  const reader = new ByteReader(blob);
  const progressFence = reader.u64();
  const progress = reader.lengthPrefixed(blob.length);
  const errors: KeptError[] = [];
  while (reader.remaining > 0) {
    const atMicros = reader.u64();
    const type = reader.string(blob.length);
    const text = reader.string(blob.length);
    const worker = readOptional(reader, () => reader.string(blob.length));
    errors.push({ atMicros, type, message: text, worker });
  }
  return { errors, progressFence, progress };
}

/** Bytes that the message's annex takes. */
export function annexBytesOf(state: QueueState, message: number): number {
  const record = state.messages.u32(message, messageField.annex);
  return record === 0 ? 0 : state.annexes.u32(record, field.length);
}

/** Frees the message's annex, if it has one. */
export function removeAnnex(state: QueueState, message: number): void {
  const record = state.messages.u32(message, messageField.annex);
  if (record === 0) return;
  state.messages.setU32(message, messageField.annex, 0);
  state.slabs.free(state.annexes.u32(record, field.slab), state.annexes.u32(record, field.length));
  state.annexes.free(record);
}

function writeAnnex(state: QueueState, message: number, annex: Annex): void {
  const writer = new ByteWriter();
  writer.u64(annex.progressFence).bytes(annex.progress);
  for (const error of annex.errors) {
    writer.u64(error.atMicros).string(error.type).string(error.message);
    optional(writer, error.worker, (worker) => writer.string(worker));
  }
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
