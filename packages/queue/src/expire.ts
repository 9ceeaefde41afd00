import { forgetOldestId, isIdDue } from "./dedup.ts";
import { forgetOldestKey, isKeyDue } from "./idempotency.ts";
import {
  adminKeyWindowMs,
  deadlinesPerPulseMax,
  idempotencyWindowMs,
  pulseIntervalMicros,
  windowRecordsPerPulseMax,
  windowSlackMicros,
} from "./limits.ts";
import {
  bury,
  countFailure,
  deathOf,
  endLease,
  freeRecord,
  makeReady,
  rewindAfter,
  unschedule,
} from "./message-life.ts";
import { leaseEnd, messageField } from "./message-record.ts";
import type { QueueState } from "./state.ts";
import type { WindowList } from "./window-table.ts";

/**
 * A pulse: ends leases and delays whose time has come, at most 2,000 in the order (deadline, seq),
 * and forgets what has left its window. The clocks have advanced to the pulse's time.
 */
export function expire(state: QueueState): void {
  for (let count = 0; count < deadlinesPerPulseMax; count++) {
    const lease = dueLease(state, state.leaseClock);
    const timer = dueTimer(state, state.now);
    if (lease === 0 && timer === 0) break;
    if (timer === 0 || (lease !== 0 && isLeaseFirst(state, lease, timer)))
      endByExpiry(state, lease);
    else becomeDue(state, timer);
  }
  forgetRecords(state);
}

/** Whether a pulse ordered at this time would do anything, or keeps the lease clock going. */
export function isPulseDue(state: QueueState, now: number): boolean {
  const isWaiting = state.leases.count + state.timers.count > 0;
  if (isWaiting && now - state.now >= pulseIntervalMicros) return true;
  if (dueLease(state, state.leaseClockAt(now)) !== 0 || dueTimer(state, now) !== 0) return true;
  const isAnyKeyDue = keyWindowsOf(state).some(([list, windowMs]) =>
    isKeyDue(state, list, windowMs, now - windowSlackMicros),
  );
  if (isAnyKeyDue || state.calls.isDue(now)) return true;
  if (state.fences.isDue(now - windowSlackMicros)) return true;
  if (state.revocations.isDue((now - windowSlackMicros) / 1_000)) return true;
  for (const queue of state.queues()) {
    if (isIdDue(state, queue, now - windowSlackMicros)) return true;
  }
  return false;
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

function endByExpiry(state: QueueState, message: number): void {
  const queue = state.queueOf(state.messages.u32(message, messageField.queue));
  endLease(state, queue, message, leaseEnd.expired);
  countFailure(state, message);
  const death = deathOf(state, queue, message);
  if (death !== 0) {
    bury(state, queue, message, death);
    return;
  }
  rewindAfter(state, queue, message);
  makeReady(state, queue, message);
}

function becomeDue(state: QueueState, message: number): void {
  const { messages } = state;
  const queue = state.queueOf(messages.u32(message, messageField.queue));
  unschedule(state, queue, message);
  messages.setF64(message, messageField.since, messages.f64(message, messageField.deadline));
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
  for (const queue of state.queues()) {
    while (budget > 0 && forgetOldestId(state, queue)) budget -= 1;
  }
}

function dropPopped(state: QueueState, firstPopped: number): void {
  let message = firstPopped;
  while (message !== 0) {
    const next = state.messages.u32(message, messageField.next);
    freeRecord(state, state.queueOf(state.messages.u32(message, messageField.queue)), message);
    message = next;
  }
}
