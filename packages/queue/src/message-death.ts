import { present } from "@quorate/prelude";
import { enterState, leaveState } from "./enter-state.ts";
import { outcomeDead } from "./fence-table.ts";
import { redrivesMax } from "./limits.ts";
import { deadEndOf, isOver, setOwnEnd } from "./message-end.ts";
import {
  endLease,
  leaseEndOf,
  makeReady,
  setLeaseEnd,
  releaseDedup,
  takeAway,
} from "./message-life.ts";
import { holdsGroup } from "./group-holds.ts";
import { isInFront, isInOrder, leaveOrder, rejoinOrder, settleGroup } from "./group-order.ts";
import { holdField } from "./group-record.ts";
import { linkField } from "./message-links.ts";
import {
  type DeadReason,
  deadReason,
  deadReasonOf,
  isDeadLetter,
  leaseEnd,
  messageField,
  messageFlag,
  messageState,
} from "./message-record.ts";
import { enterReady, refreshGroup } from "./order.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/**
 * How a message dies or ends, and what the end of its lease means for those behind it in its group.
 * As in message-life, each move keeps counters, orders and timers right.
 */

/** Takes back the leases of the messages that follow this one in its group (a rewind). */
export function rewindAfter(state: QueueState, queue: Queue, message: number): void {
  const { messages } = state;
  const group = messages.u32(message, messageField.group);
  if (group === 0) return;
  settleGroup(state, queue, group);
  let next = messages.u32(message, messageField.next);
  // What is leased of a group is one run at the head of its order, at most one dequeue long.
  while (next !== 0 && isOfRun(state, next)) {
    const following = messages.u32(next, messageField.next);
    endLease(state, queue, next, leaseEnd.rewound);
    const rewinds = messages.u32(next, messageField.rewinds);
    messages.setU32(next, messageField.rewinds, rewinds + 1);
    if (isOver(state, queue, next)) end(state, queue, next);
    else enterReady(state, queue, next);
    next = following;
  }
}

// Whether the message is leased, and not as a dead letter in the midst of the others.
function isOfRun(state: QueueState, message: number): boolean {
  const { messages } = state;
  const isLeased = messages.u8(message, messageField.state) === messageState.leased;
  return isLeased && !isDeadLetter(messages.u8(message, messageField.ends));
}

/**
 * A dead letter. Under `onDead: "block"` it holds its group up if it was in its order, and keeps its
 * place if that is in the front.
 */
export function bury(state: QueueState, queue: Queue, message: number, reason: number): void {
  const { messages } = state;
  const group = messages.u32(message, messageField.group);
  messages.setF64(message, messageField.since, state.now);
  const ends = messages.u8(message, messageField.ends);
  messages.setU8(message, messageField.ends, (ends & 0x0f) | (reason << 4));
  state.links.setU48(message, linkField.death, queue.nextDeath);
  queue.nextDeath += 1;
  rememberDeath(state, message);
  const isHolding = queue.config.onDead === "block" && isInOrder(state, message);
  const flags = messages.u8(message, messageField.flags) & ~messageFlag.holds;
  messages.setU8(message, messageField.flags, isHolding ? flags | messageFlag.holds : flags);
  layDown(state, queue, message);
  releaseDedup(state, queue, message);
  if (group === 0) return;
  if (isHolding) rewindAfter(state, queue, message);
  if (!isHolding || !isInFront(state, message)) leaveOrder(state, message);
  refreshGroup(state, queue, group);
}

/**
 * A dead letter whose lease has ended without an ack is dead again, for the same reason and in the
 * same place, or gone if it was kept for long enough. Returns what it is then.
 */
export function buryAgain(state: QueueState, queue: Queue, message: number): "dead" | "done" {
  rememberDeath(state, message);
  if (isOver(state, queue, message)) {
    takeAway(state, queue, message);
    return "done";
  }
  layDown(state, queue, message);
  refreshGroup(state, queue, state.messages.u32(message, messageField.group));
  return "dead";
}

// Among the dead letters, in the place that the number of its death gives it.
function layDown(state: QueueState, queue: Queue, message: number): void {
  enterState(state, queue, message, "dead");
  queue.deaths.add(state.links.u48(message, linkField.death), message, reasonOf(state, message));
  countHolding(state, queue, message, 1);
  state.queueWork.expect(queue, deadEndOf(state, queue, message));
}

function reasonOf(state: QueueState, message: number): DeadReason {
  return present(deadReasonOf(state.messages.u8(message, messageField.ends)), "a dead letter");
}

// Dead letters that hold their group up while nobody leases them.
function countHolding(state: QueueState, queue: Queue, message: number, step: number): void {
  const group = state.messages.u32(message, messageField.group);
  if (group === 0) return;
  settleGroup(state, queue, group);
  if (holdsGroup(state, queue, message)) state.groups.countHeld(group, holdField.dead, step);
}

/**
 * A dead letter is ready again, as if it had never failed: where it stands in its group's order;
 * behind the front if it holds the group up from outside of it, else at the tail. Its queue keeps it
 * from now on.
 */
export function revive(state: QueueState, queue: Queue, message: number): void {
  exhume(state, queue, message);
  const isOutside = holdsGroup(state, queue, message) && !isInOrder(state, message);
  if (isOutside) rejoinOrder(state, queue, message);
  forgetFailures(state, queue, message);
  makeReady(state, queue, message);
}

/** Makes a message that is no dead letter any more as good as new. */
export function forgetFailures(state: QueueState, queue: Queue, message: number): void {
  const { messages, links } = state;
  const redrives = links.u16(message, linkField.redrives);
  links.setU16(message, linkField.redrives, Math.min(redrives + 1, redrivesMax));
  links.setU48(message, linkField.death, 0);
  messages.setU16(message, messageField.failures, 0);
  messages.setU32(message, messageField.deliveries, 0);
  messages.setU32(message, messageField.rewinds, 0);
  messages.setU8(message, messageField.ends, leaseEndOf(state, message));
  messages.setF64(message, messageField.since, state.now);
  setOwnEnd(state, message, state.now + queue.config.retentionMs * 1_000);
}

/** Takes a message out of the dead letters. A move to another state, or its removal, must follow. */
export function exhume(state: QueueState, queue: Queue, message: number): void {
  leaveState(state, queue, message, "dead");
  queue.deaths.delete(state.links.u48(message, linkField.death), reasonOf(state, message));
  countHolding(state, queue, message, -1);
}

/**
 * A message that is in no state any more has reached its end: it is dead, or gone (`onExpire`).
 * Returns what it is then.
 */
export function end(state: QueueState, queue: Queue, message: number): "dead" | "done" {
  if (queue.config.onExpire === "dead") {
    bury(state, queue, message, deadReason.expired);
    return "dead";
  }
  takeAway(state, queue, message);
  return "done";
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

// A lease that has ended unsettled is lost for good, whatever becomes of the dead letter.
function rememberDeath(state: QueueState, message: number): void {
  const how = leaseEndOf(state, message);
  if (how !== leaseEnd.expired && how !== leaseEnd.rewound) return;
  state.fences.settle(state.messages.f64(message, messageField.fence), outcomeDead, state.now);
  setLeaseEnd(state, message, leaseEnd.dead);
}
