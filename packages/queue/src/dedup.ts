import { dedupRecordsClusterMax, dedupRecordsMax } from "./limits.ts";
import { isLive } from "./liveness.ts";
import { releaseDedup } from "./message-life.ts";
import { messageField } from "./message-record.ts";
import type { DedupKey } from "./operation.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** The dedup record of this id in this queue, or 0. Frees an id that a purged message still holds. */
export function findDuplicate(state: QueueState, queue: Queue, key: DedupKey): number {
  const record = state.dedup.find(queue.incarnation, key.hash);
  if (record === 0 || queue.ghosts.length === 0) return record;
  const message = queue.messages.get(state.dedup.seq(record));
  const isHeld = message !== 0 && state.messages.u32(message, messageField.dedup) === record;
  if (!isHeld || isLive(state, queue, message)) return record;
  releaseDedup(state, queue, message);
  return 0;
}

/** Why a message with this record's id is no duplicate but a conflict, or null. */
export function reasonToCallConflict(
  state: QueueState,
  record: number,
  key: DedupKey,
): Refusal | null {
  const { dedup } = state;
  if (dedup.hasFingerprint(record, key.fingerprint)) return null;
  const original = { op: dedup.op(record), index: dedup.indexInOp(record) };
  return { code: "dedup-conflict", original };
}

/** Why `more` further ids cannot be remembered, or null: records are never dropped early. */
export function reasonToRefuseIds(state: QueueState, queue: Queue, more: number): Refusal | null {
  if (queue.dedup.count + queue.dedupHeld + more > dedupRecordsMax) {
    return { code: "dedup-capacity", limit: "dedupRecordsMax", max: dedupRecordsMax };
  }
  if (state.dedup.count + more > dedupRecordsClusterMax) {
    return { code: "dedup-capacity", limit: "dedupRecordsClusterMax", max: dedupRecordsClusterMax };
  }
  return null;
}

/** Remembers the id of a message that was just accepted. */
export function rememberId(state: QueueState, queue: Queue, message: number, key: DedupKey): void {
  const { dedup, messages } = state;
  const record = dedup.add({
    queue: queue.incarnation,
    key: key.hash,
    fingerprint: key.fingerprint,
    acceptedAtMicros: state.now,
    op: messages.f64(message, messageField.op),
    seq: messages.f64(message, messageField.seq),
    index: messages.u32(message, messageField.index),
  });
  if (queue.config.dedupMode === "window") {
    dedup.append(queue.dedup, record);
    if (queue.dedup.head === record) state.idEnds.set(queue, nextIdEnd(state, queue));
    return;
  }
  messages.setU32(message, messageField.dedup, record);
  queue.dedupHeld += 1;
}

/** Forgets the queue's oldest id if its window is over; false when it is not, or there is none. */
export function forgetOldestId(state: QueueState, queue: Queue): boolean {
  if (nextIdEnd(state, queue) > state.now) return false;
  state.dedup.removeOldest(queue.dedup);
  return true;
}

/** When the window of the queue's oldest id is over; infinity without one, the past when deleted. */
export function nextIdEnd(state: QueueState, queue: Queue): number {
  const { head } = queue.dedup;
  if (head === 0) return Infinity;
  if (queue.isDeleted) return 0;
  return state.dedup.acceptedAtMicros(head) + queue.config.dedupWindowMs * 1_000;
}
