import type { Listing, ListGroups } from "./browse-question.ts";
import type { GroupView, GroupViewState } from "./group-view.ts";
import { messageKeyOf } from "./lease-lookup.ts";
import { listExaminedMax } from "./limits.ts";
import { readBlob } from "./message-blob.ts";
import { groupField, messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";
import { leasedSinceMs } from "./view-message.ts";

/**
 * The next groups of a queue, in the order in which they were made: at most `limit`. Looks at no
 * more than listExaminedMax of them.
 */
export function listGroups(
  state: QueueState,
  queue: Queue,
  question: ListGroups,
): Listing<GroupView> {
  const entries: GroupView[] = [];
  // Of another incarnation nothing was shown yet.
  let last = question.after?.incarnation === queue.incarnation ? question.after.number : 0;
  for (let examined = 0; ; examined++) {
    const number = queue.groups.from(last + 1);
    if (number < 0) return { entries, next: null };
    if (entries.length === question.limit || examined === listExaminedMax) {
      return { entries, next: { incarnation: queue.incarnation, number: last } };
    }
    const group = queue.groups.get(number);
    const is = groupStateOf(state, group);
    if (question.state === null || question.state === is) {
      entries.push(viewGroup(state, group, is));
    }
    last = number;
  }
}

function groupStateOf(state: QueueState, group: number): GroupViewState {
  const { records } = state.groups;
  const count = (field: number): number => records.u32(group, field);
  if (count(groupField.leased) > 0) return "locked";
  const head = count(groupField.head);
  if (head === 0) return count(groupField.scheduled) > 0 ? "waiting" : "dead";
  switch (state.messages.u8(head, messageField.state)) {
    case messageState.ready:
      return "ready";
    case messageState.dead:
      return "dead";
    default:
      return "waiting";
  }
}

function viewGroup(state: QueueState, group: number, is: GroupViewState): GroupView {
  const { records } = state.groups;
  const first = records.u32(group, groupField.firstMember);
  const head = records.u32(group, groupField.head);
  const shown = head === 0 ? first : head;
  const { groupId } = readBlob(state, first);
  return {
    groupId: groupId ?? new Uint8Array(0),
    state: is,
    waiting: records.u32(group, groupField.ready) + records.u32(group, groupField.scheduled),
    head: messageKeyOf(state, shown),
    sinceMs: sinceMsOf(state, shown),
  };
}

// Since when the message is what it is: leased by the lease clock, else as its record says.
function sinceMsOf(state: QueueState, message: number): number {
  const { messages } = state;
  if (messages.u8(message, messageField.state) === messageState.leased) {
    return leasedSinceMs(state, message);
  }
  return Math.floor(messages.f64(message, messageField.since) / 1_000);
}
