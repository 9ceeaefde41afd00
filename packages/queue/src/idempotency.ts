import { idempotencyRecordsMax, idempotencyWindowMs } from "./limits.ts";
import type { IdempotencyKey } from "./operation.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** Set in a record's op: it is of a batch, and the rest is the place of its runs in a slab. */
const batchMark = 2 ** 47;

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

/** Looks an Idempotency-Key up. */
export function recall(state: QueueState, queue: Queue, key: IdempotencyKey): Remembered {
  const { idempotency: table } = state;
  const record = table.find(queue.incarnation, key.hash);
  if (record === 0) return { kind: "none" };
  if (!table.hasFingerprint(record, key.fingerprint)) return { kind: "mismatch" };
  const atMicros = table.acceptedAtMicros(record);
  const op = table.op(record);
  const seq = table.seq(record);
  const index = table.indexInOp(record);
  if (op < batchMark) return { kind: "single", op, index, seq, atMicros };
  return { kind: "batch", runs: state.slabs.read(op - batchMark, seq, index), atMicros };
}

/** Why no further key can be remembered, or null. */
export function reasonToRefuseKey(state: QueueState): Refusal | null {
  if (state.idempotency.count < idempotencyRecordsMax) return null;
  return { code: "dedup-capacity", limit: "idempotencyRecordsMax", max: idempotencyRecordsMax };
}

/** Remembers that the key's call enqueued this message now. */
export function rememberSingle(
  state: QueueState,
  queue: Queue,
  key: IdempotencyKey,
  message: { readonly op: number; readonly index: number; readonly seq: number },
): void {
  remember(state, queue, key, message);
}

/** Remembers a batch's results, one record however long it was. */
export function rememberBatch(
  state: QueueState,
  queue: Queue,
  key: IdempotencyKey,
  runs: Uint8Array,
): void {
  const { slab, offset } = state.slabs.append(runs.length);
  const target = state.slabs.locate(slab, offset);
  target.bytes.set(runs, target.start);
  remember(state, queue, key, { op: batchMark + slab, seq: offset, index: runs.length });
}

/** Forgets the oldest key if its window is over; false when it is not, or there is none. */
export function forgetOldestKey(state: QueueState): boolean {
  if (!isKeyDue(state, state.now)) return false;
  const { idempotency: table, idempotencyKeys: list } = state;
  const op = table.op(list.head);
  if (op >= batchMark) state.slabs.free(op - batchMark, table.indexInOp(list.head));
  table.removeOldest(list);
  return true;
}

/** Whether the oldest key's window is over at this time. */
export function isKeyDue(state: QueueState, now: number): boolean {
  const { head } = state.idempotencyKeys;
  if (head === 0) return false;
  return state.idempotency.acceptedAtMicros(head) + idempotencyWindowMs * 1_000 <= now;
}

function remember(
  state: QueueState,
  queue: Queue,
  key: IdempotencyKey,
  place: { readonly op: number; readonly index: number; readonly seq: number },
): void {
  const { idempotency: table } = state;
  const record = table.add({
    queue: queue.incarnation,
    key: key.hash,
    fingerprint: key.fingerprint,
    acceptedAtMicros: state.now,
    ...place,
  });
  table.append(state.idempotencyKeys, record);
}
