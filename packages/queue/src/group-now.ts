import { countedHoldsOf } from "./group-holds.ts";
import { isGoneFromOrder } from "./group-order.ts";
import { groupField } from "./group-record.ts";
import { isLive } from "./liveness.ts";
import { linkField } from "./message-links.ts";
import { messageField } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/** A group as settleGroup would make it, for reads: they change nothing. */
export interface GroupNow {
  readonly group: number;
  readonly ready: number;
  readonly scheduled: number;
  /** What holds it up: bits of `hold`. */
  readonly holds: number;
  /** The first message in order, or 0. */
  readonly head: number;
}

/** What is left of the group. */
export function groupNow(state: QueueState, queue: Queue, group: number): GroupNow {
  const { records } = state.groups;
  const era = records.u32(group, groupField.era);
  const count = (name: "ready" | "scheduled"): number =>
    queue.byState[name].purgedIn > era ? 0 : records.u32(group, groupField[name]);
  return {
    group,
    ready: count("ready"),
    scheduled: count("scheduled"),
    holds: countedHoldsOf(state, queue, group),
    head: headNow(state, queue, group),
  };
}

function headNow(state: QueueState, queue: Queue, group: number): number {
  const { records } = state.groups;
  const era = records.u32(group, groupField.era);
  let message = records.u32(group, groupField.head);
  if (era === queue.era) return message;
  for (let place = 0; place < state.frontMax && message !== 0; place++) {
    if (!isGoneFromOrder(state, queue, message, era)) return message;
    message = state.messages.u32(message, messageField.next);
  }
  return queue.byState.ready.purgedIn > era ? 0 : message;
}

/** A message of a group, or 0 if no other than `looked` messages were looked at in vain. */
export interface MemberSearch {
  readonly member: number;
  readonly looked: number;
}

/** The first member that is still there, by seq: looks at `max` messages at most. */
export function firstMemberOf(
  state: QueueState,
  queue: Queue,
  group: number,
  max: number,
): MemberSearch {
  let member = state.groups.records.u32(group, groupField.firstMember);
  let looked = 0;
  while (member !== 0 && looked < max) {
    looked += 1;
    if (isLive(state, queue, member)) return { member, looked };
    member = state.links.u32(member, linkField.nextMember);
  }
  return { member: 0, looked };
}
