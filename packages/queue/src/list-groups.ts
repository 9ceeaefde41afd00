import type { Listing, ListGroups } from "./browse-question.ts";
import type { GroupView, GroupViewState } from "./group-view.ts";
import { messageKeyOf } from "./message-key.ts";
import { listExaminedMax } from "./limits.ts";
import { readBlob } from "./message-blob.ts";
import { type GroupNow, groupNow } from "./group-now.ts";
import { messageField, messageState } from "./message-record.ts";
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
    const group = groupNow(state, queue, queue.groups.get(number));
    // Of a group without a first member only ghosts are left.
    const is = groupStateOf(state, group);
    if (group.first !== 0 && (question.state === null || question.state === is)) {
      entries.push(viewGroup(state, group, is));
    }
    last = number;
  }
}

function groupStateOf(state: QueueState, { head, leased, scheduled }: GroupNow): GroupViewState {
  if (leased > 0) return "locked";
  if (head === 0) return scheduled > 0 ? "waiting" : "dead";
  switch (state.messages.u8(head, messageField.state)) {
    case messageState.ready:
      return "ready";
    case messageState.leased:
      // As a dead letter.
      return "locked";
    case messageState.dead:
      return "dead";
    default:
      return "waiting";
  }
}

function viewGroup(state: QueueState, group: GroupNow, is: GroupViewState): GroupView {
  const shown = group.head === 0 ? group.first : group.head;
  const { groupId } = readBlob(state, group.first);
  return {
    groupId: groupId ?? new Uint8Array(0),
    state: is,
    waiting: group.ready + group.scheduled,
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
