import { removeAnnex } from "./annex.ts";
import { outcomeSuperseded } from "./fence-table.ts";
import { freeBlob, storedBytesOf } from "./message-blob.ts";
import { linkField } from "./message-links.ts";
import {
  deadReason,
  groupField,
  leaseEnd,
  messageField,
  messageFlag,
  messageState,
} from "./message-record.ts";
import { enterReady, joinOrder, leaveOrder, refreshGroup } from "./order.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * The moves of a message between its states. Each keeps the queue's counters, the group's order and
 * the timers right; times are microseconds.
 */

/** Ready for the first time, or again: behind a delay the message joins its group's tail only now. */
export function makeReady(state: QueueState, queue: Queue, message: number): void {
  const group = state.messages.u32(message, messageField.group);
  if (group !== 0 && !isInOrder(state, message)) joinOrder(state, message);
  enterReady(state, queue, message);
  refreshGroup(state, queue, group);
}

/** Waits until `due`. The message is in no other state any more. */
export function schedule(state: QueueState, queue: Queue, message: number, due: number): void {
  const { messages } = state;
  messages.setU8(message, messageField.state, messageState.scheduled);
  messages.setF64(message, messageField.since, state.now);
  messages.setF64(message, messageField.deadline, due);
  state.timers.add(message);
  queue.scheduled += 1;
  queue.seqs.scheduled.add(messages.f64(message, messageField.seq));
  const group = messages.u32(message, messageField.group);
  if (group === 0) return;
  state.groups.count(group, groupField.scheduled, 1);
  refreshGroup(state, queue, group);
}

/** The wait is over: the message leaves the scheduled ones. A move to another state must follow. */
export function unschedule(state: QueueState, queue: Queue, message: number): void {
  const { messages } = state;
  state.timers.remove(message);
  queue.scheduled -= 1;
  queue.seqs.scheduled.delete(messages.f64(message, messageField.seq));
  const group = messages.u32(message, messageField.group);
  if (group !== 0) state.groups.count(group, groupField.scheduled, -1);
}

/** What a lease is granted with. */
export interface Grant {
  readonly tag: number;
  /** The end, by the lease clock. */
  readonly until: number;
  /** A record of the table of holders that counts this lease already. */
  readonly holder: number;
}

/** Gives a message that has left the ready ones its next lease. refreshGroup must follow. */
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
  messages.setU8(message, messageField.state, messageState.leased);
  messages.setF64(message, messageField.fence, fence);
  messages.setU32(message, messageField.tag, tag);
  messages.setF64(message, messageField.leasedAt, state.leaseClock);
  messages.setF64(message, messageField.deadline, until);
  messages.setU32(message, messageField.holder, holder);
  setLeaseEnd(state, message, leaseEnd.none);
  const deliveries = messages.u32(message, messageField.deliveries);
  messages.setU32(message, messageField.deliveries, deliveries + 1);
  state.leases.add(message);
  queue.leased += 1;
  queue.seqs.leased.add(seq);
  const group = messages.u32(message, messageField.group);
  if (group !== 0) state.groups.count(group, groupField.leased, 1);
  return fence;
}

/** Ends a lease; the message is in no state until the move that must follow. */
export function endLease(state: QueueState, queue: Queue, message: number, how: number): void {
  const { messages } = state;
  state.leases.remove(message);
  queue.leased -= 1;
  queue.seqs.leased.delete(messages.f64(message, messageField.seq));
  state.holders.release(messages.u32(message, messageField.holder));
  messages.setU32(message, messageField.holder, 0);
  setLeaseEnd(state, message, how);
  const fence = messages.f64(message, messageField.fence);
  state.fences.touch(fence, state.now);
  const call = messages.u32(message, messageField.call);
  if (call !== 0) {
    state.calls.leaseEnded(call, fence);
    messages.setU32(message, messageField.call, 0);
  }
  const group = messages.u32(message, messageField.group);
  if (group !== 0) state.groups.count(group, groupField.leased, -1);
}

/** Takes back the leases of the messages that follow this one in its group (a rewind). */
export function rewindAfter(state: QueueState, queue: Queue, message: number): void {
  const { messages } = state;
  if (messages.u32(message, messageField.group) === 0) return;
  let next = messages.u32(message, messageField.next);
  // What is leased of a group is one run at the front of its order, at most one dequeue long.
  while (next !== 0 && messages.u8(next, messageField.state) === messageState.leased) {
    endLease(state, queue, next, leaseEnd.rewound);
    const rewinds = messages.u32(next, messageField.rewinds);
    messages.setU32(next, messageField.rewinds, rewinds + 1);
    enterReady(state, queue, next);
    next = messages.u32(next, messageField.next);
  }
}

/** A dead letter. Under `onDead: "block"` it keeps its place and holds up its group. */
export function bury(state: QueueState, queue: Queue, message: number, reason: number): void {
  const { messages } = state;
  const group = messages.u32(message, messageField.group);
  messages.setU8(message, messageField.state, messageState.dead);
  messages.setF64(message, messageField.since, state.now);
  const ends = messages.u8(message, messageField.ends);
  messages.setU8(message, messageField.ends, (ends & 0x0f) | (reason << 4));
  queue.dead += 1;
  queue.seqs.dead.add(messages.f64(message, messageField.seq));
  queue.deaths.set(queue.nextDeath, message);
  state.links.setU48(message, linkField.death, queue.nextDeath);
  queue.nextDeath += 1;
  releaseDedup(state, queue, message);
  if (group === 0) return;
  if (queue.config.onDead === "block") rewindAfter(state, queue, message);
  else leaveOrder(state, message);
  refreshGroup(state, queue, group);
}

/** A message that is in no state any more leaves the queue for good. */
export function remove(state: QueueState, queue: Queue, message: number): void {
  detach(state, queue, message);
  freeRecord(state, queue, message);
}

/** Gone for every read and count, but its bytes are kept: a popped message. */
export function detach(state: QueueState, queue: Queue, message: number): void {
  const { messages } = state;
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
  const group = known === 0 ? groups.create(queue.incarnation, hash, queue.nextGroup) : known;
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
export function freeRecord(state: QueueState, queue: Queue, message: number): void {
  queue.bytes -= storedBytesOf(state, message);
  removeAnnex(state, message);
  freeBlob(state, message);
  state.links.clear(message);
  state.messages.free(message);
}

/** Why the message has to die at the end of a lease without an ack, or 0. */
export function deathOf(state: QueueState, queue: Queue, message: number): number {
  const { messages } = state;
  const own = messages.u16(message, messageField.maxFailures);
  const failuresMax = own === 0 ? queue.config.maxFailures : own;
  if (messages.u16(message, messageField.failures) >= failuresMax) return deadReason.maxFailures;
  const deliveries = messages.u32(message, messageField.deliveries);
  const counted = deliveries - messages.u32(message, messageField.rewinds);
  return counted >= queue.config.maxDeliveries ? deadReason.maxDeliveries : 0;
}

/** One more failure. */
export function countFailure(state: QueueState, message: number): void {
  const failures = state.messages.u16(message, messageField.failures);
  state.messages.setU16(message, messageField.failures, failures + 1);
}

/** How the latest lease ended. */
export function leaseEndOf(state: QueueState, message: number): number {
  return state.messages.u8(message, messageField.ends) & 0x0f;
}

function setLeaseEnd(state: QueueState, message: number, how: number): void {
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

function releaseDedup(state: QueueState, queue: Queue, message: number): void {
  const record = state.messages.u32(message, messageField.dedup);
  if (record === 0) return;
  state.messages.setU32(message, messageField.dedup, 0);
  state.dedup.remove(record);
  queue.dedupHeld -= 1;
}

function isInOrder(state: QueueState, message: number): boolean {
  return (state.messages.u8(message, messageField.flags) & messageFlag.inGroup) !== 0;
}
