import { enterState, leaveState } from "./enter-state.ts";
import { holdsOf } from "./group-holds.ts";
import { settleGroup } from "./group-order.ts";
import { groupField } from "./group-record.ts";
import { hasEnd, ownEndOf } from "./message-end.ts";
import { forgetLeaseTimer } from "./lease-clock.ts";
import { messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * The order of delivery (contract, "Order"). A candidate is an ungrouped ready message or the first
 * ready one of a group; it can be delivered if nothing holds its group up. Candidates are bits, by
 * what holds them up, priority and seq; a group has at most one, whatever its length.
 */

/** Makes a message ready. One with a group must be in its order, and refreshGroup must follow. */
export function enterReady(state: QueueState, queue: Queue, message: number): void {
  const { messages, groups } = state;
  enterState(state, queue, message, "ready");
  if (hasEnd(state, message)) {
    forgetLeaseTimer(state, message);
    messages.setF64(message, messageField.deadline, ownEndOf(state, message));
    state.timers.add(message);
  }
  const group = messages.u32(message, messageField.group);
  if (group === 0) {
    queue.readyOrders.count(0, 1);
    addCandidate(state, queue, message, 0);
    return;
  }
  settleGroup(state, queue, group);
  groups.count(group, groupField.ready, 1);
  queue.readyOrders.count(groups.records.u8(group, groupField.holds), 1);
  // Unless it is the last in order it may stand before the one that was the first.
  if (messages.u32(message, messageField.next) !== 0) setCandidate(state, queue, group, 0);
}

/** Takes a message out of the ready ones. With a group, refreshGroup must follow. */
export function leaveReady(state: QueueState, queue: Queue, message: number): void {
  const { messages, groups } = state;
  leaveState(state, queue, message, "ready");
  if (hasEnd(state, message)) state.timers.remove(message);
  const group = messages.u32(message, messageField.group);
  if (group === 0) {
    queue.readyOrders.count(0, -1);
    removeCandidate(state, queue, message, 0);
    return;
  }
  settleGroup(state, queue, group);
  groups.count(group, groupField.ready, -1);
  queue.readyOrders.count(groups.records.u8(group, groupField.holds), -1);
  if (groups.records.u32(group, groupField.candidate) === message) {
    setCandidate(state, queue, group, 0);
  }
}

/** Says anew what holds the group up and which message stands for it. 0 is no group. */
export function refreshGroup(state: QueueState, queue: Queue, group: number): void {
  if (group === 0) return;
  settleGroup(state, queue, group);
  const { records } = state.groups;
  const before = records.u8(group, groupField.holds);
  const holds = holdsOf(state, group);
  if (holds !== before) {
    const candidate = records.u32(group, groupField.candidate);
    setCandidate(state, queue, group, 0);
    const ready = records.u32(group, groupField.ready);
    queue.readyOrders.count(before, -ready);
    queue.readyOrders.count(holds, ready);
    records.setU8(group, groupField.holds, holds);
    setCandidate(state, queue, group, candidate);
  }
  if (records.u32(group, groupField.candidate) === 0) {
    setCandidate(state, queue, group, firstReadyOf(state, group));
  }
}

/** Lets those be told who wait for the queue's messages, if there were none to deliver `before`. */
export function hintIfFirst(state: QueueState, queue: Queue, before: number): void {
  if (before === 0 && queue.candidates > 0) state.readyHints.add(queue.name);
}

/** The candidate to deliver next, or 0: highest priority, then lowest seq. */
export function firstCandidate(queue: Queue): number {
  if (queue.candidates === 0) return 0;
  return queue.messages.get(queue.readyOrders.first());
}

// What stands before it is not ready, and in the front.
function firstReadyOf({ groups, messages }: QueueState, group: number): number {
  if (groups.records.u32(group, groupField.ready) === 0) return 0;
  let message = groups.head(group);
  while (message !== 0 && messages.u8(message, messageField.state) !== messageState.ready) {
    message = messages.u32(message, messageField.next);
  }
  return message;
}

/**
 * Lets a message, or nobody (0), stand for the group: during a dequeue the one behind the head that
 * was just taken. refreshGroup must follow.
 */
export function setCandidate(
  state: QueueState,
  queue: Queue,
  group: number,
  candidate: number,
): void {
  const { records } = state.groups;
  const current = records.u32(group, groupField.candidate);
  if (current === candidate) return;
  const holds = records.u8(group, groupField.holds);
  if (current !== 0) removeCandidate(state, queue, current, holds);
  records.setU32(group, groupField.candidate, candidate);
  if (candidate !== 0) addCandidate(state, queue, candidate, holds);
}

function addCandidate(state: QueueState, queue: Queue, message: number, holds: number): void {
  const priority = state.messages.u8(message, messageField.priority);
  const before = queue.candidates;
  queue.readyOrders.add(holds, priority, state.messages.f64(message, messageField.seq));
  hintIfFirst(state, queue, before);
}

function removeCandidate(state: QueueState, queue: Queue, message: number, holds: number): void {
  const priority = state.messages.u8(message, messageField.priority);
  queue.readyOrders.remove(holds, priority, state.messages.f64(message, messageField.seq));
}
