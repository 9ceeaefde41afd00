import { present } from "@quorate/prelude";
import { isLive } from "./liveness.ts";
import { storedBytesOf } from "./message-blob.ts";
import { hasEnd, ownEndOf } from "./message-end.ts";
import { groupField, messageField, messageFlag, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * The order of delivery (contract, "Order"). A candidate is an ungrouped ready message or the head
 * of a runnable group: ready, with nothing of the group leased. Candidates are bits, by priority and
 * seq; a group has at most one, whatever its length.
 */

/** Makes a message ready. One with a group must be in its order, and refreshGroup must follow. */
export function enterReady(state: QueueState, queue: Queue, message: number): void {
  const { messages, groups } = state;
  messages.setU8(message, messageField.state, messageState.ready);
  queue.seqs.ready.add(messages.f64(message, messageField.seq));
  queue.bytesIn.ready += storedBytesOf(state, message);
  if (hasEnd(state, message)) {
    messages.setF64(message, messageField.deadline, ownEndOf(state, message));
    state.timers.add(message);
  }
  const group = messages.u32(message, messageField.group);
  if (group === 0) {
    queue.ready += 1;
    addCandidate(state, queue, message);
    return;
  }
  settleGroup(state, queue, group);
  groups.count(group, groupField.ready, 1);
  if (groups.records.u8(group, groupField.isRunnable) === 1) queue.ready += 1;
  else queue.blocked += 1;
}

/** Takes a message out of the ready ones. With a group, refreshGroup must follow. */
export function leaveReady(state: QueueState, queue: Queue, message: number): void {
  const { messages, groups } = state;
  messages.setU8(message, messageField.state, messageState.none);
  queue.seqs.ready.delete(messages.f64(message, messageField.seq));
  queue.bytesIn.ready -= storedBytesOf(state, message);
  if (hasEnd(state, message)) state.timers.remove(message);
  const group = messages.u32(message, messageField.group);
  if (group === 0) {
    queue.ready -= 1;
    removeCandidate(state, queue, message);
    return;
  }
  settleGroup(state, queue, group);
  groups.count(group, groupField.ready, -1);
  if (groups.records.u8(group, groupField.isRunnable) === 1) queue.ready -= 1;
  else queue.blocked -= 1;
  if (groups.records.u32(group, groupField.candidate) === message) {
    setCandidate(state, queue, group, 0);
  }
}

/** Puts a message at the tail of its group's order, when it is ready for the first time. */
export function joinOrder(state: QueueState, message: number): void {
  const { messages, groups } = state;
  groups.append(messages.u32(message, messageField.group), message);
  const flags = messages.u8(message, messageField.flags);
  messages.setU8(message, messageField.flags, flags | messageFlag.inGroup);
}

/** Takes a message out of its group's order, if it is in it. refreshGroup must follow. */
export function leaveOrder(state: QueueState, message: number): void {
  const { messages, groups } = state;
  const flags = messages.u8(message, messageField.flags);
  if ((flags & messageFlag.inGroup) === 0) return;
  messages.setU8(message, messageField.flags, flags & ~messageFlag.inGroup);
  groups.unlink(messages.u32(message, messageField.group), message);
}

/** Whether nothing stands before this message: it has no group, or is the group's head. */
export function isHead(state: QueueState, queue: Queue, message: number): boolean {
  const group = state.messages.u32(message, messageField.group);
  if (group === 0) return true;
  settleGroup(state, queue, group);
  return state.groups.head(group) === message;
}

/** Says anew whether the group can run and which message stands for it. 0 is no group. */
export function refreshGroup(state: QueueState, queue: Queue, group: number): void {
  if (group === 0) return;
  settleGroup(state, queue, group);
  const { groups } = state;
  const head = groups.head(group);
  const isRunnable =
    head !== 0 && groups.records.u32(group, groupField.leased) === 0 && isReady(state, queue, head);
  setCandidate(state, queue, group, isRunnable ? head : 0);
  if (isRunnable === (groups.records.u8(group, groupField.isRunnable) === 1)) return;
  groups.records.setU8(group, groupField.isRunnable, isRunnable ? 1 : 0);
  const moved = groups.records.u32(group, groupField.ready) * (isRunnable ? 1 : -1);
  queue.ready += moved;
  queue.blocked -= moved;
}

/**
 * During a dequeue that has just taken a group's head: the next of the group stands for it, if it is
 * ready. refreshGroup must follow at the end of the dequeue.
 */
export function offerNext(state: QueueState, queue: Queue, group: number, next: number): void {
  const live = dropGhostsFrom(state, queue, next);
  setCandidate(state, queue, group, live !== 0 && isReady(state, queue, live) ? live : 0);
}

/**
 * Must come before a group's counters or its head are looked at: what purges have taken from it
 * counts no more, and ghosts do not stand at its head. A group at whose head ghosts are left, because
 * the operation may touch no more of them, waits until a pulse has freed them.
 */
export function settleGroup(state: QueueState, queue: Queue, group: number): void {
  const { records } = state.groups;
  const era = records.u32(group, groupField.era);
  if (era !== queue.era) {
    const { purgedIn } = queue;
    if (purgedIn.ready > era) {
      records.setU32(group, groupField.ready, 0);
      // Its bit went with all the others.
      records.setU32(group, groupField.candidate, 0);
      records.setU8(group, groupField.isRunnable, 0);
    }
    if (purgedIn.leased > era) records.setU32(group, groupField.leased, 0);
    if (purgedIn.scheduled > era) records.setU32(group, groupField.scheduled, 0);
    records.setU32(group, groupField.era, queue.era);
  }
  if (queue.ghosts.length > 0) dropGhostsFrom(state, queue, state.groups.head(group));
}

// Takes the ghosts out of an order that stand together from this message on; the one behind them,
// or the first that has to stay.
function dropGhostsFrom(state: QueueState, queue: Queue, first: number): number {
  let message = first;
  while (message !== 0 && state.ghostsToTouch > 0 && !isLive(state, queue, message)) {
    const next = state.messages.u32(message, messageField.next);
    leaveOrder(state, message);
    state.ghostsToTouch -= 1;
    message = next;
  }
  return message;
}

function isReady(state: QueueState, queue: Queue, message: number): boolean {
  return (
    state.messages.u8(message, messageField.state) === messageState.ready &&
    isLive(state, queue, message)
  );
}

/** The candidate to deliver next, or 0: highest priority, then lowest seq. */
export function firstCandidate(queue: Queue): number {
  if (queue.candidates === 0) return 0;
  for (let priority = queue.order.length - 1; priority >= 0; priority--) {
    const seq = present(queue.order[priority], "priority exists").lowest();
    if (seq >= 0) return queue.messages.get(seq);
  }
  return 0;
}

function setCandidate(state: QueueState, queue: Queue, group: number, candidate: number): void {
  const { records } = state.groups;
  const current = records.u32(group, groupField.candidate);
  if (current === candidate) return;
  if (current !== 0) removeCandidate(state, queue, current);
  records.setU32(group, groupField.candidate, candidate);
  if (candidate !== 0) addCandidate(state, queue, candidate);
}

function addCandidate(state: QueueState, queue: Queue, message: number): void {
  bitsOf(state, queue, message).add(state.messages.f64(message, messageField.seq));
  queue.candidates += 1;
  if (queue.candidates === 1) state.readyHints.add(queue.name);
}

function removeCandidate(state: QueueState, queue: Queue, message: number): void {
  bitsOf(state, queue, message).delete(state.messages.f64(message, messageField.seq));
  queue.candidates -= 1;
}

function bitsOf(state: QueueState, queue: Queue, message: number) {
  const priority = state.messages.u8(message, messageField.priority);
  return present(queue.order[priority], "priority exists");
}
