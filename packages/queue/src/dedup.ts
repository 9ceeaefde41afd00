import { dedupRecordsClusterMax, dedupRecordsMax } from "./limits.ts";
import { messageField } from "./message-record.ts";
import type { DedupKey } from "./operation.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** The dedup record of this id in this queue, or 0. */
export function findDuplicate(state: QueueState, queue: Queue, key: DedupKey): number {
  return state.dedup.find(queue.incarnation, key.hash);
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
    return;
  }
  messages.setU32(message, messageField.dedup, record);
  queue.dedupHeld += 1;
}

/** Forgets the queue's oldest id if its window is over; false when it is not, or there is none. */
export function forgetOldestId(state: QueueState, queue: Queue): boolean {
  if (!isIdDue(state, queue, state.now)) return false;
  state.dedup.removeOldest(queue.dedup);
  return true;
}

/** Whether the window of the queue's oldest id is over at this time. */
export function isIdDue(state: QueueState, queue: Queue, now: number): boolean {
  const { head } = queue.dedup;
  if (head === 0) return false;
  return state.dedup.acceptedAtMicros(head) + queue.config.dedupWindowMs * 1_000 <= now;
}
