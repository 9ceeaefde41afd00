import { forgetOldestId, nextIdEnd } from "./dedup.ts";
import { forgetOldestKey, isKeyDue } from "./idempotency.ts";
import {
  adminKeyWindowMs,
  deadlinesPerPulseMax,
  idempotencyWindowMs,
  pulseIntervalMicros,
  windowRecordsPerPulseMax,
  windowSlackMicros,
} from "./limits.ts";
import { isLive } from "./liveness.ts";
import { storedBytesOf } from "./message-blob.ts";
import { bury, buryAgain, countFailure, deathOf, end, rewindAfter } from "./message-death.ts";
import { hasEnd, isOver, ownEndOf } from "./message-end.ts";
import { endLease, freeRecord, makeReady, unschedule } from "./message-life.ts";
import { isDeadLetter, leaseEnd, messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import { carryOnTasks, isTaskDue } from "./redrive.ts";
import { endByRetention, leaveAndEnd, nextEndIn } from "./retention.ts";
import { moveOutOfSlabs } from "./slab-moves.ts";
import { hasToSweep, sweep } from "./sweep.ts";
import type { QueueState } from "./state.ts";
import type { WindowList } from "./window-table.ts";

/**
 * A pulse: ends leases, delays and ttls whose time has come in the order (deadline, seq), then what
 * queues have kept long enough, then what tasks bring back, of all 2,000 messages at most, those
 * that a rewind takes along counted too. It frees as many that were purged, forgets what has left its
 * window, and moves what keeps slabs alone. The clocks have advanced to the pulse's time.
 */
export function expire(state: QueueState): void {
  let left = deadlinesPerPulseMax;
  while (left > 0) {
    const lease = dueLease(state, state.leaseClock);
    const timer = dueTimer(state, state.now);
    if (lease === 0 && timer === 0) break;
    const isLease = timer === 0 || (lease !== 0 && isLeaseFirst(state, lease, timer));
    const message = isLease ? lease : timer;
    const queue = state.queueOf(state.messages.u32(message, messageField.queue));
    const { leased } = queue;
    if (isLease) endByExpiry(state, queue, message);
    else endTimer(state, queue, message);
    left -= Math.max(1, leased - queue.leased);
  }
  left = Math.max(0, left);
  const queues = state.queueWork.dueAt(state.now);
  for (const queue of queues) left -= endByRetention(state, queue, left);
  carryOnTasks(state, left);
  state.tasks.expire(state.now);
  for (const queue of queues) {
    sweep(state, queue);
    state.queueWork.set(queue, nextWorkIn(state, queue));
  }
  forgetRecords(state);
  moveOutOfSlabs(state);
}

/** Whether a pulse ordered at this time would do anything, or keeps the lease clock going. */
export function isPulseDue(state: QueueState, now: number): boolean {
  const isWaiting = state.leases.count + state.timers.count > 0 || state.slabs.isWasteful;
  if (isWaiting && now - state.now >= pulseIntervalMicros) return true;
  if (dueLease(state, state.leaseClockAt(now)) !== 0 || dueTimer(state, now) !== 0) return true;
  const before = now - windowSlackMicros;
  if (isKeyDue(state, state.idempotencyKeys, idempotencyWindowMs, before)) return true;
  if (isKeyDue(state, state.adminKeys, adminKeyWindowMs, before)) return true;
  if (state.calls.isDue(now)) return true;
  if (state.fences.isDue(before)) return true;
  if (state.revocations.isDue(before / 1_000)) return true;
  if (isTaskDue(state, now) || state.tasks.isDue(before)) return true;
  if (state.queueWork.isDue(now, (queue) => nextWorkIn(state, queue))) return true;
  return state.idEnds.isDue(before, (queue) => nextIdEnd(state, queue));
}

// When a pulse has something to end or to free in the queue; infinity: never, as it is.
function nextWorkIn(state: QueueState, queue: Queue): number {
  if (!state.knows(queue)) return Infinity;
  return hasToSweep(queue) ? 0 : nextEndIn(state, queue);
}

function keyWindowsOf(state: QueueState): readonly (readonly [WindowList, number])[] {
  return [
    [state.idempotencyKeys, idempotencyWindowMs],
    [state.adminKeys, adminKeyWindowMs],
  ];
}

function dueLease(state: QueueState, leaseClock: number): number {
  const message = state.leases.first();
  if (message === 0) return 0;
  return state.messages.f64(message, messageField.deadline) <= leaseClock ? message : 0;
}

function dueTimer(state: QueueState, now: number): number {
  const message = state.timers.first();
  if (message === 0) return 0;
  return state.messages.f64(message, messageField.deadline) <= now ? message : 0;
}

// Lease ends are by the lease clock, delays by the time of day: the distance between the clocks now
// makes them comparable.
function isLeaseFirst(state: QueueState, lease: number, timer: number): boolean {
  const { messages } = state;
  const leaseTime = messages.f64(lease, messageField.deadline) + (state.now - state.leaseClock);
  const times = leaseTime - messages.f64(timer, messageField.deadline);
  if (times !== 0) return times < 0;
  const seqs = messages.f64(lease, messageField.seq) - messages.f64(timer, messageField.seq);
  if (seqs !== 0) return seqs < 0;
  return messages.u32(lease, messageField.queue) < messages.u32(timer, messageField.queue);
}

function endByExpiry(state: QueueState, queue: Queue, message: number): void {
  const isLeased = state.messages.u8(message, messageField.state) === messageState.leased;
  // One that was rewound before has nothing but its place here.
  if (!isLeased || !isLive(state, queue, message)) return state.leases.remove(message);
  endLease(state, queue, message, leaseEnd.expired);
  queue.expirations.add(state.now);
  countFailure(state, message);
  if (isDeadLetter(state.messages.u8(message, messageField.ends))) {
    buryAgain(state, queue, message);
    return;
  }
  const death = deathOf(state, queue, message);
  if (death !== 0) return bury(state, queue, message, death);
  if (isOver(state, queue, message)) {
    end(state, queue, message);
    return;
  }
  rewindAfter(state, queue, message);
  makeReady(state, queue, message);
}

// A delay or a ttl is over, or both.
function endTimer(state: QueueState, queue: Queue, message: number): void {
  const { messages } = state;
  if (!isLive(state, queue, message)) return state.timers.remove(message);
  const deadline = messages.f64(message, messageField.deadline);
  // A message that is due before its end is ready first, if only for the moment.
  if (hasEnd(state, message) && ownEndOf(state, message) <= deadline) {
    leaveAndEnd(state, queue, message);
    return;
  }
  unschedule(state, queue, message);
  messages.setF64(message, messageField.since, deadline);
  makeReady(state, queue, message);
}

function forgetRecords(state: QueueState): void {
  state.calls.expire(state.now, (firstPopped) => dropPopped(state, firstPopped));
  state.revocations.expire(Math.floor(state.now / 1_000));
  state.fences.expire(state.now, (queue, seq) => state.messageAt(queue, seq));
  let budget = windowRecordsPerPulseMax;
  for (const [list, windowMs] of keyWindowsOf(state)) {
    while (budget > 0 && forgetOldestKey(state, list, windowMs)) budget -= 1;
  }
  budget = windowRecordsPerPulseMax;
  for (const queue of state.idEnds.dueAt(state.now)) {
    while (budget > 0 && forgetOldestId(state, queue)) budget -= 1;
    state.idEnds.set(queue, nextIdEnd(state, queue));
  }
}

function dropPopped(state: QueueState, firstPopped: number): void {
  let message = firstPopped;
  while (message !== 0) {
    const next = state.messages.u32(message, messageField.next);
    const queue = state.queueOf(state.messages.u32(message, messageField.queue));
    queue.bytesPopped -= storedBytesOf(state, message);
    if (queue.isDeleted) state.expectAnything(queue);
    freeRecord(state, message);
    message = next;
  }
}
