import { isLive } from "./liveness.ts";
import { groupField, holdField } from "./group-record.ts";
import { isDeadLetter, messageField, messageFlag } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * The order of a group: its messages in the order in which they were first ready, those that are
 * leased, wait after a failure or hold the group up in their old places. What is not ready is in
 * its front (`groupFrontMax`).
 */

/** Puts a message at the tail of its group's order, when it is ready for the first time. */
export function joinOrder(state: QueueState, queue: Queue, message: number): void {
  const group = state.messages.u32(message, messageField.group);
  settleGroup(state, queue, group);
  state.groups.append(group, message);
  setFlag(state, message, messageFlag.inOrder);
}

/**
 * Puts a message that held its group up from outside of the order back: behind the front, and
 * behind those that came back before it.
 */
export function rejoinOrder(state: QueueState, queue: Queue, message: number): void {
  const { groups, messages } = state;
  const group = messages.u32(message, messageField.group);
  settleGroup(state, queue, group);
  const returned = groups.held.u32(group, holdField.returned);
  let before = groups.head(group);
  let isReturnedInFront = before === returned;
  for (let place = 1; place < state.frontMax && before !== 0; place++) {
    const next = messages.u32(before, messageField.next);
    if (next === 0) break;
    before = next;
    isReturnedInFront ||= before === returned;
  }
  groups.insert(group, message, returned === 0 || isReturnedInFront ? before : returned);
  groups.held.setU32(group, holdField.returned, message);
  setFlag(state, message, messageFlag.inOrder);
}

/** Takes a message out of its group's order, if it is in it. refreshGroup must follow. */
export function leaveOrder(state: QueueState, message: number): void {
  const { groups, messages } = state;
  if (!isInOrder(state, message)) return;
  const group = messages.u32(message, messageField.group);
  if (groups.held.u32(group, holdField.returned) === message) {
    groups.held.setU32(group, holdField.returned, messages.u32(message, messageField.previous));
  }
  forgetOrder(state, message);
  groups.unlink(group, message);
}

/** A message that no order leads to any more is in none. */
export function forgetOrder(state: QueueState, message: number): void {
  const flags = state.messages.u8(message, messageField.flags);
  state.messages.setU8(message, messageField.flags, flags & ~messageFlag.inOrder);
}

/** Whether the message is in its group's order. */
export function isInOrder(state: QueueState, message: number): boolean {
  return (state.messages.u8(message, messageField.flags) & messageFlag.inOrder) !== 0;
}

/** Whether a message that is in its group's order is in the front of it. */
export function isInFront(state: QueueState, message: number): boolean {
  let before = message;
  for (let place = 0; place < state.frontMax; place++) {
    before = state.messages.u32(before, messageField.previous);
    if (before === 0) return true;
  }
  return false;
}

/** Whether nothing stands before this message: it has no group, or is the group's head. */
export function isHead(state: QueueState, queue: Queue, message: number): boolean {
  const group = state.messages.u32(message, messageField.group);
  if (group === 0) return true;
  settleGroup(state, queue, group);
  return state.groups.head(group) === message;
}

/**
 * Must come before a group's counters or its order are looked at, or changed: makes both what
 * purges and configurations have left of them since the last time. Looks at the front alone, since
 * behind it all are ready, and a purge has taken either none or all of those.
 */
export function settleGroup(state: QueueState, queue: Queue, group: number): void {
  const { held, records } = state.groups;
  const era = records.u32(group, groupField.era);
  if (era === queue.era) return;
  const { scheduled, ready, leased, dead } = queue.byState;
  records.setU8(
    group,
    groupField.holds,
    records.u8(group, groupField.holds) & ~queue.releasedSince(era),
  );
  if (ready.purgedIn > era) {
    records.setU32(group, groupField.ready, 0);
    // Its bit went with all the others.
    records.setU32(group, groupField.candidate, 0);
  }
  if (scheduled.purgedIn > era) {
    records.setU32(group, groupField.scheduled, 0);
    records.setU8(group, groupField.waiting, 0);
  }
  if (leased.purgedIn > era) records.setU8(group, groupField.leased, 0);
  const isDeadOver = Math.max(dead.purgedIn, queue.unblockedIn) > era;
  const isDeadLeasedOver = Math.max(leased.purgedIn, queue.unblockedIn) > era;
  if (isDeadOver && held.u32(group, holdField.dead) > 0) held.setU32(group, holdField.dead, 0);
  if (isDeadLeasedOver && held.u32(group, holdField.deadLeased) > 0) {
    held.setU32(group, holdField.deadLeased, 0);
  }
  clearOrder(state, queue, group);
  records.setU32(group, groupField.era, queue.era);
}

// Takes out of the order what is gone from it, in an era behind the group's.
function clearOrder(state: QueueState, queue: Queue, group: number): void {
  const { groups, messages } = state;
  const era = groups.records.u32(group, groupField.era);
  let message = groups.head(group);
  for (let place = 0; place < state.frontMax && message !== 0; place++) {
    const next = messages.u32(message, messageField.next);
    if (isGoneFromOrder(state, queue, message, era)) leaveOrder(state, message);
    message = next;
  }
  if (message === 0 || queue.byState.ready.purgedIn <= era) return;
  groups.cutBehind(group, messages.u32(message, messageField.previous));
  if (groups.held.u32(group, holdField.returned) !== 0) {
    groups.held.setU32(group, holdField.returned, 0);
  }
}

/** Whether the message is in the order of a group of this era, but not in that of the present one. */
export function isGoneFromOrder(
  state: QueueState,
  queue: Queue,
  message: number,
  era: number,
): boolean {
  if (!isLive(state, queue, message)) return true;
  const isDead = isDeadLetter(state.messages.u8(message, messageField.ends));
  return isDead && queue.unblockedIn > era;
}

function setFlag(state: QueueState, message: number, flag: number): void {
  const flags = state.messages.u8(message, messageField.flags);
  state.messages.setU8(message, messageField.flags, flags | flag);
}
