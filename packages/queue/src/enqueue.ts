import { findDuplicate, reasonToCallConflict, reasonToRefuseIds, rememberId } from "./dedup.ts";
import { EnqueueRunWriter } from "./enqueue-runs.ts";
import {
  type Remembered,
  recall,
  reasonToRefuseKey,
  rememberBytes,
  rememberSingle,
} from "./idempotency.ts";
import { countedBytesOf, storeBlob } from "./message-blob.ts";
import { setOwnEnd } from "./message-end.ts";
import { joinGroup, makeReady, schedule } from "./message-life.ts";
import { messageField, messageFlag } from "./message-record.ts";
import type { DedupKey, Enqueue, IdempotencyKey, NewMessage } from "./operation.ts";
import { encodeEnqueued, encodeOutcome } from "./outcome-codec.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** `enqueue`: dedup first, then limits, then capacity (contract, "Dedup of enqueue"). */
export function enqueue(state: QueueState, operation: Enqueue): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) return refuse({ code: "queue-not-found" }, null);
  const key = keyThatDecides(operation);
  if (key !== null) {
    const remembered = recall(state, queue, key);
    if (remembered.kind !== "none") return answerAgain(remembered);
    const refusal = reasonToRefuseKey(state);
    if (refusal !== null) return refuse(refusal, null);
  }
  if (operation.form === "atomic") {
    const failure = firstFailure(state, queue, operation.messages);
    if (failure !== null) return refuse(failure.refusal, failure.index);
  }
  return accept(state, queue, operation, key);
}

// Of a single message with a dedup id the dedup id alone decides.
function keyThatDecides(operation: Enqueue): IdempotencyKey | null {
  const isDecidedById = operation.form === "single" && operation.messages[0]?.dedup !== null;
  return isDecidedById ? null : operation.idempotency;
}

function answerAgain(remembered: Exclude<Remembered, { kind: "none" }>): Uint8Array {
  if (remembered.kind === "mismatch") return refuse({ code: "idempotency-mismatch" }, null);
  const atMs = millis(remembered.atMicros);
  if (remembered.kind === "batch") return encodeEnqueued(true, atMs, remembered.runs);
  const runs = new EnqueueRunWriter();
  runs.duplicate(remembered.op, remembered.index, remembered.seq, atMs);
  return encodeEnqueued(false, atMs, runs.finish());
}

function accept(
  state: QueueState,
  queue: Queue,
  operation: Enqueue,
  key: IdempotencyKey | null,
): Uint8Array {
  const runs = new EnqueueRunWriter();
  const seqBefore = queue.nextSeq;
  const indexBefore = state.messagesInOp;
  let full: Refusal | null = null;
  for (const message of operation.messages) {
    const refusal = enqueueOne(state, queue, message, full, runs);
    if (refusal === null) continue;
    if (operation.form === "single") return refuse(refusal, null);
    // A batch is filled in order: nothing new passes an entry that found the queue full.
    if (refusal.code === "queue-full") full = refusal;
    runs.refused(refusal);
  }
  const results = runs.finish();
  if (key !== null && operation.form === "single") {
    rememberSingle(state, queue, key, { op: state.op, index: indexBefore, seq: seqBefore });
  } else if (key !== null) {
    const remembered = { key, bytes: results };
    rememberBytes(state, state.idempotencyKeys, queue.incarnation, remembered);
  }
  return encodeEnqueued(false, millis(state.now), results);
}

function enqueueOne(
  state: QueueState,
  queue: Queue,
  message: NewMessage,
  full: Refusal | null,
  runs: EnqueueRunWriter,
): Refusal | null {
  if (message.dedup !== null) {
    const record = findDuplicate(state, queue, message.dedup);
    if (record !== 0) return answerDuplicate(state, record, message.dedup, runs);
  }
  const bytes = countedBytesOf(message);
  const refusal =
    reasonToRefuseMessage(state, queue, message) ??
    reasonToCallPaused(queue) ??
    full ??
    reasonToCallFull(queue, 1, bytes) ??
    (message.dedup === null ? null : reasonToRefuseIds(state, queue, 1));
  if (refusal !== null) return refusal;
  const seq = queue.nextSeq;
  const index = state.messagesInOp;
  insert(state, queue, message);
  runs.accepted(state.op, index, seq, millis(state.now));
  return null;
}

function answerDuplicate(
  state: QueueState,
  record: number,
  key: DedupKey,
  runs: EnqueueRunWriter,
): Refusal | null {
  const conflict = reasonToCallConflict(state, record, key);
  if (conflict !== null) return conflict;
  const { dedup } = state;
  const atMs = millis(dedup.acceptedAtMicros(record));
  runs.duplicate(dedup.op(record), dedup.indexInOp(record), dedup.seq(record), atMs);
  return null;
}

// What is wrong with the message in this queue, whoever else is in it.
function reasonToRefuseMessage(
  state: QueueState,
  queue: Queue,
  message: NewMessage,
): Refusal | null {
  const { bodyBytesMax, retentionMs } = queue.config;
  if (message.body.length > bodyBytesMax) {
    return { code: "payload-too-large", limit: "bodyBytesMax", max: bodyBytesMax };
  }
  if (dueOf(state, message) - state.now >= retentionMs * 1_000) {
    return { code: "limit-exceeded", limit: "retentionMs", max: retentionMs };
  }
  return null;
}

// Asked of new messages only: a duplicate is none, paused or not.
function reasonToCallPaused(queue: Queue): Refusal | null {
  return queue.paused.send === null ? null : { code: "paused" };
}

function reasonToCallFull(queue: Queue, messages: number, bytes: number): Refusal | null {
  const { maxMessages, maxBytes } = queue.config;
  if (queue.messageCount + messages > maxMessages) {
    return { code: "queue-full", limit: "maxMessages", max: maxMessages };
  }
  if (queue.bytes + bytes > maxBytes) {
    return { code: "queue-full", limit: "maxBytes", max: maxBytes };
  }
  return null;
}

// The first entry that an atomic batch would be refused for, against the queue as it is now.
function firstFailure(
  state: QueueState,
  queue: Queue,
  messages: readonly NewMessage[],
): { readonly refusal: Refusal; readonly index: number } | null {
  const ids = new Map<string, PlannedId>();
  let count = 0;
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const { dedup } = message;
    const known = dedup === null ? "new" : lookUp(state, queue, dedup, ids, count);
    if (known === "duplicate") continue;
    count += 1;
    bytes += countedBytesOf(message);
    const refusal =
      (known === "new" ? null : known) ??
      reasonToRefuseMessage(state, queue, message) ??
      reasonToCallPaused(queue) ??
      reasonToCallFull(queue, count, bytes) ??
      (dedup === null ? null : reasonToRefuseIds(state, queue, ids.size));
    if (refusal !== null) return { refusal, index };
  }
  return null;
}

/** An id of a batch that would be new, and its position among the batch's new messages. */
interface PlannedId {
  readonly fingerprint: string;
  readonly position: number;
}

// Whether an id is known to the queue or to an earlier entry of the same batch.
function lookUp(
  state: QueueState,
  queue: Queue,
  key: DedupKey,
  ids: Map<string, PlannedId>,
  position: number,
): "new" | "duplicate" | Refusal {
  const record = findDuplicate(state, queue, key);
  if (record !== 0) return reasonToCallConflict(state, record, key) ?? "duplicate";
  const text = key.hash.join();
  const earlier = ids.get(text);
  if (earlier === undefined) {
    ids.set(text, { fingerprint: key.fingerprint.join(), position });
    return "new";
  }
  if (earlier.fingerprint === key.fingerprint.join()) return "duplicate";
  // The original is refused together with the batch; this is the id that it would have had.
  const original = { op: state.op, index: state.messagesInOp + earlier.position };
  return { code: "dedup-conflict", original };
}

function insert(state: QueueState, queue: Queue, message: NewMessage): void {
  const { messages } = state;
  const record = messages.allocate();
  messages.setF64(record, messageField.op, state.op);
  messages.setU32(record, messageField.index, state.messagesInOp);
  messages.setF64(record, messageField.seq, queue.nextSeq);
  messages.setF64(record, messageField.enqueuedAt, state.now);
  messages.setF64(record, messageField.since, state.now);
  messages.setU32(record, messageField.queue, queue.incarnation);
  messages.setU16(record, messageField.maxFailures, message.maxFailures ?? 0);
  messages.setU8(record, messageField.priority, message.priority);
  messages.setU8(record, messageField.flags, message.kind === "json" ? messageFlag.json : 0);
  storeBlob(state, record, message);
  queue.messages.set(queue.nextSeq, record);
  queue.nextSeq += 1;
  state.messagesInOp += 1;
  if (message.group !== null) {
    joinGroup(state, queue, record, message.group.hash);
  }
  if (message.dedup !== null) rememberId(state, queue, record, message.dedup);
  const due = Math.max(state.now, dueOf(state, message));
  // It is ready at `due` for the first time, whether a pulse sees it then or a little later.
  if (message.ttlMs !== null) setOwnEnd(state, record, due + message.ttlMs * 1_000);
  if (due > state.now) schedule(state, queue, record, due);
  else makeReady(state, queue, record);
}

// When the message may first be delivered, in microseconds; the past is now.
function dueOf(state: QueueState, message: NewMessage): number {
  if (message.delayMs !== null) return state.now + message.delayMs * 1_000;
  return message.notBeforeMs === null ? state.now : message.notBeforeMs * 1_000;
}

function refuse(refusal: Refusal, index: number | null): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index });
}

function millis(micros: number): number {
  return Math.floor(micros / 1_000);
}
