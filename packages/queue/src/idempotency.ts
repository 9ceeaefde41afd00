import { idempotencyRecordsMax } from "./limits.ts";
import type { IdempotencyKey } from "./operation.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";
import type { WindowList } from "./window-table.ts";

/** Set in a record's op: the rest is the place of the answer's bytes in a slab. */
const bytesMark = 2 ** 47;

/** What is empty has no place in a slab: it would not keep the slab that it lies in. */
const emptyPlace: Place = { op: bytesMark, seq: 0, index: 0 };
const noBytes = new Uint8Array(0);

/** What an Idempotency-Key was used for. */
export type Remembered =
  | { readonly kind: "none" }
  | { readonly kind: "mismatch" }
  | {
      readonly kind: "single";
      readonly op: number;
      readonly index: number;
      readonly seq: number;
      readonly atMicros: number;
    }
  | { readonly kind: "batch"; readonly runs: Uint8Array; readonly atMicros: number };

/** Looks the Idempotency-Key of an enqueue up. */
export function recall(state: QueueState, queue: Queue, key: IdempotencyKey): Remembered {
  const { idempotency: table } = state;
  const record = keyIn(state, queue.incarnation, key);
  if (record === 0) return { kind: "none" };
  if (record === "mismatch") return { kind: "mismatch" };
  const atMicros = table.acceptedAtMicros(record);
  const op = table.op(record);
  if (op >= bytesMark) return { kind: "batch", runs: bytesUnder(state, record), atMicros };
  const [seq, index] = [table.seq(record), table.indexInOp(record)];
  return { kind: "single", op, index, seq, atMicros };
}

/** The record of this key, 0 without one, or that it belongs to another request. */
export function keyIn(state: QueueState, queue: number, key: IdempotencyKey): number | "mismatch" {
  const record = state.idempotency.find(queue, key.hash);
  if (record === 0 || state.idempotency.hasFingerprint(record, key.fingerprint)) return record;
  return "mismatch";
}

/** The bytes that were remembered with the record. */
export function bytesUnder({ idempotency: table, slabs }: QueueState, record: number): Uint8Array {
  const length = table.indexInOp(record);
  if (length === 0) return noBytes;
  return slabs.read(table.op(record) - bytesMark, table.seq(record), length);
}

/** Why no further key can be remembered, or null. */
export function reasonToRefuseKey(state: QueueState): Refusal | null {
  if (state.idempotencyKeys.count < idempotencyRecordsMax) return null;
  return { code: "dedup-capacity", limit: "idempotencyRecordsMax", max: idempotencyRecordsMax };
}

/** Remembers that the key's call enqueued this message now. */
export function rememberSingle(
  state: QueueState,
  queue: Queue,
  key: IdempotencyKey,
  message: Place,
): void {
  remember(state, state.idempotencyKeys, queue.incarnation, { key, place: message });
}

/** Remembers bytes that answer the key's call: one record, however much the call did. */
export function rememberBytes(
  state: QueueState,
  list: WindowList,
  queue: number,
  { key, bytes }: { readonly key: IdempotencyKey; readonly bytes: Uint8Array },
): void {
  const place = bytes.length === 0 ? emptyPlace : placeFor(state, bytes);
  remember(state, list, queue, { key, place });
}

function placeFor({ slabs }: QueueState, bytes: Uint8Array): Place {
  const { slab, offset } = slabs.append(bytes.length);
  const target = slabs.locate(slab, offset);
  target.bytes.set(bytes, target.start);
  return { op: bytesMark + slab, seq: offset, index: bytes.length };
}

/** The slab of the bytes that are remembered with the record; 0 of none. */
export function slabOfRemembered({ idempotency: table }: QueueState, record: number): number {
  const op = table.op(record);
  return op < bytesMark || table.indexInOp(record) === 0 ? 0 : op - bytesMark;
}

/** Gives these bytes another place; how many they are. */
export function moveRemembered(state: QueueState, record: number): number {
  const { idempotency: table, slabs } = state;
  const length = table.indexInOp(record);
  const { slab, offset } = slabs.move(table.op(record) - bytesMark, table.seq(record), length);
  table.setPlace(record, bytesMark + slab, offset);
  return length;
}

/** Forgets the list's oldest key if its window is over; false when it is not, or there is none. */
export function forgetOldestKey(state: QueueState, list: WindowList, windowMs: number): boolean {
  if (!isKeyDue(state, list, windowMs, state.now)) return false;
  const { idempotency: table } = state;
  const [op, length] = [table.op(list.head), table.indexInOp(list.head)];
  if (op >= bytesMark && length > 0) state.slabs.free(op - bytesMark, length);
  table.removeOldest(list);
  return true;
}

/** Whether the window of the list's oldest key is over at this time. */
export function isKeyDue(
  state: QueueState,
  { head }: WindowList,
  windowMs: number,
  now: number,
): boolean {
  if (head === 0) return false;
  return state.idempotency.acceptedAtMicros(head) + windowMs * 1_000 <= now;
}

interface Place {
  readonly op: number;
  readonly index: number;
  readonly seq: number;
}

function remember(
  state: QueueState,
  list: WindowList,
  queue: number,
  { key, place }: { readonly key: IdempotencyKey; readonly place: Place },
): void {
  const { idempotency: table } = state;
  const record = table.add({
    queue,
    key: key.hash,
    fingerprint: key.fingerprint,
    acceptedAtMicros: state.now,
    ...place,
  });
  table.append(list, record);
}
