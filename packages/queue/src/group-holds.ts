import { isDeadLetter, messageField, messageFlag } from "./message-record.ts";
import { groupField, hold, holdField } from "./group-record.ts";
import { linkField } from "./message-links.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/** What holds a settled group up now. */
export function holdsOf(state: QueueState, group: number): number {
  const { records, held } = state.groups;
  return (
    (records.u8(group, groupField.leased) > 0 ? hold.leased : 0) |
    (records.u8(group, groupField.waiting) > 0 ? hold.waiting : 0) |
    (held.u32(group, holdField.dead) > 0 ? hold.dead : 0) |
    (held.u32(group, holdField.deadLeased) > 0 ? hold.deadLeased : 0)
  );
}

/** The same of a group as its queue counts it, also one that has not been settled. */
export function countedHoldsOf(state: QueueState, queue: Queue, group: number): number {
  const { records } = state.groups;
  const released = queue.releasedSince(records.u32(group, groupField.era));
  return records.u8(group, groupField.holds) & ~released;
}

/** Whether the message is a dead letter that holds its group up. */
export function holdsGroup(state: QueueState, queue: Queue, message: number): boolean {
  const { messages, links } = state;
  if ((messages.u8(message, messageField.flags) & messageFlag.holds) === 0) return false;
  const isDead = isDeadLetter(messages.u8(message, messageField.ends));
  return isDead && links.u48(message, linkField.death) >= queue.holdsFrom;
}
