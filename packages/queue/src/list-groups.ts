import type { Listing, ListGroups } from "./browse-question.ts";
import type { GroupView, GroupViewState } from "./group-view.ts";
import { messageKeyOf } from "./message-key.ts";
import { listExaminedMax } from "./limits.ts";
import { readBlob } from "./message-blob.ts";
import { firstMemberOf, type GroupNow, groupNow, type MemberSearch } from "./group-now.ts";
import { hold } from "./group-record.ts";
import { messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";
import { leasedSinceMs } from "./view-message.ts";

/**
 * The next groups of a queue, in the order in which they were made: at most `limit`. Looks at no
 * more than listExaminedMax groups and purged messages of them; a group of which it has then seen
 * nothing but those is shown once pulses have freed some.
 */
export function listGroups(
  state: QueueState,
  queue: Queue,
  question: ListGroups,
): Listing<GroupView> {
  const entries: GroupView[] = [];
  // Of another incarnation nothing was shown yet.
  let last = question.after?.incarnation === queue.incarnation ? question.after.number : 0;
  for (let left = listExaminedMax; ;) {
    const number = queue.groups.from(last + 1);
    if (number < 0) return { entries, next: null };
    const group = groupNow(state, queue, queue.groups.get(number));
    const { member, looked } = shownOf(state, queue, group, left);
    // The next answer begins with this group, and looks further.
    const isCutShort = member === 0 && looked === left && left < listExaminedMax;
    if (entries.length === question.limit || left === 0 || isCutShort) {
      return { entries, next: { incarnation: queue.incarnation, number: last } };
    }
    const is = groupStateOf(group);
    if (member !== 0 && (question.state === null || question.state === is)) {
      entries.push(viewGroup(state, group, { is, shown: member }));
    }
    left -= looked;
    last = number;
  }
}

// The first in order, or the oldest of a group without one; none of a group that is gone.
function shownOf(
  state: QueueState,
  queue: Queue,
  { group, head }: GroupNow,
  max: number,
): MemberSearch {
  if (head !== 0) return { member: head, looked: Math.min(1, max) };
  return firstMemberOf(state, queue, group, max);
}

function groupStateOf({ head, holds, scheduled }: GroupNow): GroupViewState {
  if ((holds & (hold.leased | hold.deadLeased)) !== 0) return "locked";
  if ((holds & hold.dead) !== 0) return "dead";
  if ((holds & hold.waiting) !== 0) return "waiting";
  if (head !== 0) return "ready";
  return scheduled > 0 ? "waiting" : "dead";
}

function viewGroup(
  state: QueueState,
  { ready, scheduled }: GroupNow,
  { is, shown }: { readonly is: GroupViewState; readonly shown: number },
): GroupView {
  const { groupId } = readBlob(state, shown);
  return {
    groupId: groupId ?? new Uint8Array(0),
    state: is,
    waiting: ready + scheduled,
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
