import { isLive } from "./liveness.ts";
import { listExaminedMax } from "./limits.ts";
import { linkField } from "./message-links.ts";
import { groupField, messageField } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/** A group without the ghosts in it. */
export interface GroupNow {
  readonly ready: number;
  readonly leased: number;
  readonly scheduled: number;
  /** The first message in order, and the first of all members by seq; 0 without one. */
  readonly head: number;
  readonly first: number;
}

/**
 * What settleGroup would make of the group, for reads: they change nothing. Behind more ghosts than
 * listExaminedMax nothing is seen, until pulses have freed them.
 */
export function groupNow(state: QueueState, queue: Queue, group: number): GroupNow {
  const { records } = state.groups;
  const { messages, links } = state;
  const era = records.u32(group, groupField.era);
  const count = (name: "ready" | "leased" | "scheduled"): number =>
    queue.purgedIn[name] > era ? 0 : records.u32(group, groupField[name]);
  const live = (first: number, next: (message: number) => number): number => {
    let message = first;
    for (let left = listExaminedMax; message !== 0; left--) {
      if (isLive(state, queue, message)) return message;
      if (left === 0) return 0;
      message = next(message);
    }
    return 0;
  };
  return {
    ready: count("ready"),
    leased: count("leased"),
    scheduled: count("scheduled"),
    head: live(records.u32(group, groupField.head), (m) => messages.u32(m, messageField.next)),
    first: live(records.u32(group, groupField.firstMember), (m) =>
      links.u32(m, linkField.nextMember),
    ),
  };
}
