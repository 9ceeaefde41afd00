import { removeAnnex } from "./annex.ts";
import { outcomePurged, outcomeSuperseded } from "./fence-table.ts";
import { enterState, leaveState } from "./enter-state.ts";
import { forgetLeaseTimer } from "./lease-clock.ts";
import { freeBlob } from "./message-blob.ts";
import { hasEnd, ownEndOf } from "./message-end.ts";
import { wasMoved } from "./message-key.ts";
import { holdsGroup } from "./group-holds.ts";
import { isInOrder, joinOrder, leaveOrder, settleGroup } from "./group-order.ts";
import { groupField, holdField } from "./group-record.ts";
import { isDeadLetter, leaseEnd, messageField } from "./message-record.ts";
import { enterReady, refreshGroup } from "./order.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * The moves of a message between its states. Each keeps the queue's counters, the group's order and
 * the timers right; times are microseconds.
 */

/** Ready for the first time, or again: behind a delay the message joins its group's tail only now. */
export function makeReady(state: QueueState, queue: Queue, message: number): void {
  const group = state.messages.u32(message, messageField.group);
  if (group !== 0 && !isInOrder(state, message)) joinOrder(state, queue, message);
  enterReady(state, queue, message);
  refreshGroup(state, queue, group);
}

/** Waits until `due`. The message is in no other state any more. */
export function schedule(state: QueueState, queue: Queue, message: number, due: number): void {
  const { messages } = state;
  enterState(state, queue, message, "scheduled");
  messages.setF64(message, messageField.since, state.now);
  const deadline = hasEnd(state, message) ? Math.min(due, ownEndOf(state, message)) : due;
  messages.setF64(message, messageField.deadline, deadline);
  state.timers.add(message);
  const group = messages.u32(message, messageField.group);
  if (group === 0) return;
  settleGroup(state, queue, group);
  countWaiting(state, message, 1);
  refreshGroup(state, queue, group);
}

/** The wait is over: the message leaves the scheduled ones. A move to another state must follow. */
export function unschedule(state: QueueState, queue: Queue, message: number): void {
  leaveState(state, queue, message, "scheduled");
  state.timers.remove(message);
  const group = state.messages.u32(message, messageField.group);
  if (group === 0) return;
  settleGroup(state, queue, group);
  countWaiting(state, message, -1);
}

// One of a group that waits for its time holds it up only if it has been ready before.
function countWaiting(state: QueueState, message: number, step: number): void {
  const { groups, messages } = state;
  const group = messages.u32(message, messageField.group);
  groups.count(group, groupField.scheduled, step);
  if (isInOrder(state, message)) groups.countFew(group, groupField.waiting, step);
}

/** What a lease is granted with. */
export interface Grant {
  readonly tag: number;
  /** The end, by the lease clock. */
  readonly until: number;
  /** A record of the table of holders that counts this lease already. */
  readonly holder: number;
}

/** Gives a message that has left its state its next lease. refreshGroup must follow. */
export function lease(
  state: QueueState,
  queue: Queue,
  message: number,
  { tag, until, holder }: Grant,
): number {
  const { messages, fences } = state;
  supersede(state, message);
  fences.release(message);
  const seq = messages.f64(message, messageField.seq);
  const fence = fences.grant(queue.incarnation, seq, tag, state.now);
  enterState(state, queue, message, "leased");
  messages.setF64(message, messageField.fence, fence);
  messages.setU32(message, messageField.tag, tag);
  messages.setF64(message, messageField.leasedAt, state.leaseClock);
  messages.setU32(message, messageField.holder, holder);
  setLeaseEnd(state, message, leaseEnd.none);
  const deliveries = messages.u32(message, messageField.deliveries);
  messages.setU32(message, messageField.deliveries, deliveries + 1);
  messages.setF64(message, messageField.deadline, until);
  if (messages.u32(message, messageField.timer) === 0) state.leases.add(message);
  else state.leases.move(message);
  countLeased(state, queue, message, 1);
  return fence;
}

/**
 * Ends a lease; the message is in no state until the move that must follow. One that is rewound may
 * keep its place among the ends of leases for now (`forgetLeaseTimer`).
 */
export function endLease(state: QueueState, queue: Queue, message: number, how: number): void {
  leaveState(state, queue, message, "leased");
  if (how !== leaseEnd.rewound) state.leases.remove(message);
  else if (state.rewindsToFinish > 0) {
    state.rewindsToFinish -= 1;
    state.leases.remove(message);
  }
  setLeaseEnd(state, message, how);
  state.fences.touch(state.messages.f64(message, messageField.fence), state.now);
  letGo(state, message);
  countLeased(state, queue, message, -1);
}

// A dead letter that is leased as such holds its group up only if it did so before.
function countLeased(state: QueueState, queue: Queue, message: number, step: number): void {
  const { groups, messages } = state;
  const group = messages.u32(message, messageField.group);
  if (group === 0) return;
  settleGroup(state, queue, group);
  if (!isDeadLetter(messages.u8(message, messageField.ends))) {
    groups.countFew(group, groupField.leased, step);
  } else if (holdsGroup(state, queue, message)) {
    groups.countHeld(group, holdField.deadLeased, step);
  }
}

/** The lease's holder, and the dequeue that took it, have it no more. */
export function letGo(state: QueueState, message: number): void {
  const { messages } = state;
  state.holders.release(messages.u32(message, messageField.holder));
  messages.setU32(message, messageField.holder, 0);
  const call = messages.u32(message, messageField.call);
  if (call === 0) return;
  state.calls.leaseEnded(call, messages.f64(message, messageField.fence));
  messages.setU32(message, messageField.call, 0);
}

/** A message that is in no state any more leaves the queue for good. */
export function remove(state: QueueState, queue: Queue, message: number): void {
  detach(state, queue, message);
  freeRecord(state, message);
}

/** The same for one that nobody has settled: it was purged, deleted, or has ended. */
export function takeAway(state: QueueState, queue: Queue, message: number): void {
  forgetLease(state, message);
  remove(state, queue, message);
}

// The latest lease of a message that leaves: what was remembered of it stays so, else it was taken
// away.
function forgetLease(state: QueueState, message: number): void {
  const fence = state.messages.f64(message, messageField.fence);
  const how = leaseEndOf(state, message);
  if (fence === 0 || how === leaseEnd.settled || how === leaseEnd.dead) return;
  state.fences.settle(fence, outcomePurged, state.now);
}

/** Gone for every read and count, but its bytes are kept: a popped message. */
export function detach(state: QueueState, queue: Queue, message: number): void {
  const { messages } = state;
  forgetLeaseTimer(state, message);
  const group = messages.u32(message, messageField.group);
  leaveOrder(state, message);
  releaseDedup(state, queue, message);
  state.fences.release(message);
  queue.messages.delete(messages.f64(message, messageField.seq));
  if (group === 0) return;
  refreshGroup(state, queue, group);
  leaveGroup(state, queue, message);
}

/** Makes a message that was just enqueued, or has just come, a member of the group of this hash. */
export function joinGroup(
  state: QueueState,
  queue: Queue,
  message: number,
  hash: Uint8Array,
): void {
  const { groups, messages } = state;
  const known = groups.find(queue.incarnation, hash);
  const group =
    known === 0 ? groups.create(queue.incarnation, hash, queue.nextGroup, queue.era) : known;
  if (known === 0) {
    queue.groups.set(queue.nextGroup, group);
    queue.nextGroup += 1;
  }
  messages.setU32(message, messageField.group, group);
  groups.join(group, message);
}

// Takes a message that is in no order out of its group; the last one takes the group with it.
function leaveGroup(state: QueueState, queue: Queue, message: number): void {
  const group = state.messages.u32(message, messageField.group);
  const number = state.groups.records.u48(group, groupField.number);
  if (state.groups.leave(group, message)) queue.groups.delete(number);
}

/** Frees what a detached message still takes. */
export function freeRecord(state: QueueState, message: number): void {
  removeAnnex(state, message);
  freeBlob(state, message);
  state.links.clear(message);
  if (wasMoved(state, message)) state.moved.remove(message);
  state.messages.free(message);
}

/** How the latest lease ended. */
export function leaseEndOf(state: QueueState, message: number): number {
  return state.messages.u8(message, messageField.ends) & 0x0f;
}

/** Says how the latest lease ended. */
export function setLeaseEnd(state: QueueState, message: number, how: number): void {
  const ends = state.messages.u8(message, messageField.ends);
  state.messages.setU8(message, messageField.ends, (ends & 0xf0) | how);
}

/** The lease before a new delivery: settled it stays so; ended otherwise, it is superseded. */
export function supersede(state: QueueState, message: number): void {
  const how = leaseEndOf(state, message);
  if (how !== leaseEnd.expired && how !== leaseEnd.rewound) return;
  const fence = state.messages.f64(message, messageField.fence);
  state.fences.settle(fence, outcomeSuperseded, state.now);
}

/** The id of a message that holds one is free. */
export function releaseDedup(state: QueueState, queue: Queue, message: number): void {
  const record = state.messages.u32(message, messageField.dedup);
  if (record === 0) return;
  state.messages.setU32(message, messageField.dedup, 0);
  state.dedup.remove(record);
  queue.dedupHeld -= 1;
}
