import { annexBytesOf } from "./annex.ts";
import type { Listing, ListMessages } from "./browse-question.ts";
import type { StoredState } from "./ghosts.ts";
import { batchBodyBytesMax, listExaminedMax } from "./limits.ts";
import { isLive, liveMessage } from "./liveness.ts";
import { linkField } from "./message-links.ts";
import { groupField } from "./group-record.ts";
import { messageField } from "./message-record.ts";
import type { MessageView, MessageViewState } from "./message-view.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";
import { viewMessage, viewStateOf } from "./view-message.ts";

/**
 * The next messages of a listing, ascending by seq: at most `limit`, and at most 4 MiB of what they
 * carry unless a single one is larger. Looks at no more than listExaminedMax messages.
 */
export function listMessages(
  state: QueueState,
  queue: Queue,
  question: ListMessages,
): Listing<MessageView> {
  const { limit, withContent } = question;
  const walk = walkOf(state, queue, question);
  const entries: MessageView[] = [];
  let bytes = 0;
  // Of another incarnation nothing was shown yet.
  let last = question.after?.incarnation === queue.incarnation ? question.after.number : 0;
  for (let examined = 0; ; examined++) {
    const seq = walk.next(last);
    if (seq < 0) return { entries, next: null };
    const isFull = entries.length === limit || examined === listExaminedMax;
    const message = queue.messages.get(seq);
    const isMatch = !isFull && walk.matches(message);
    if (isMatch && withContent) bytes += contentBytesOf(state, message);
    if (isFull || (bytes > batchBodyBytesMax && isMatch && entries.length > 0)) {
      return { entries, next: { incarnation: queue.incarnation, number: last } };
    }
    if (isMatch) entries.push(viewMessage(state, queue, { message, withContent }));
    last = seq;
  }
}

/** The order in which messages are looked at, and which of them are shown. */
interface Walk {
  /** The seq of the next message to look at behind this seq, or -1. */
  next(after: number): number;
  matches(message: number): boolean;
}

// Along the narrowest index that one of the filters has.
function walkOf(state: QueueState, queue: Queue, question: ListMessages): Walk {
  const { groupHash } = question;
  const group = groupHash === null ? 0 : state.groups.find(queue.incarnation, groupHash);
  const isMember = (message: number): boolean =>
    groupHash === null || state.messages.u32(message, messageField.group) === group;
  const isInState = (message: number): boolean =>
    question.state === null || viewStateOf(state, queue, message) === question.state;
  return {
    next: nextOf(state, queue, question, group),
    matches: (message) => isLive(state, queue, message) && isMember(message) && isInState(message),
  };
}

function nextOf(
  state: QueueState,
  queue: Queue,
  { groupHash, dedupHash, state: wanted }: ListMessages,
  group: number,
): Walk["next"] {
  if (dedupHash !== null) {
    const seq = seqOfId(state, queue, dedupHash);
    return (after) => (seq > after ? seq : -1);
  }
  if (groupHash !== null) {
    return group === 0 ? () => -1 : (after) => nextMember(state, queue, group, after);
  }
  if (wanted === null) return (after) => queue.messages.from(after + 1);
  const seqs = queue.byState[storedStates[wanted]].seqs;
  return (after) => seqs.from(after + 1);
}

/** Whether a ready message is blocked is its group's matter, and no bit of its own. */
const storedStates: Readonly<Record<MessageViewState, StoredState>> = {
  ready: "ready",
  blocked: "ready",
  leased: "leased",
  scheduled: "scheduled",
  dead: "dead",
};

// The seq of the message that the dedup record names, if it is still here; else -1.
function seqOfId(state: QueueState, queue: Queue, dedupHash: Uint8Array): number {
  const record = state.dedup.find(queue.incarnation, dedupHash);
  if (record === 0) return -1;
  const seq = state.dedup.seq(record);
  return liveMessage(state, queue, seq) === 0 ? -1 : seq;
}

// The next member behind this seq. When the one at the seq has gone in the meantime, the messages
// behind it are looked at until there is another: then also one that is no member is answered.
function nextMember(state: QueueState, queue: Queue, group: number, after: number): number {
  const { messages, links } = state;
  const { records } = state.groups;
  const first = seqOf(state, records.u32(group, groupField.firstMember));
  if (after < first) return first;
  if (after >= seqOf(state, records.u32(group, groupField.lastMember))) return -1;
  const message = queue.messages.get(after);
  if (message === 0 || messages.u32(message, messageField.group) !== group) {
    return queue.messages.from(after + 1);
  }
  return seqOf(state, links.u32(message, linkField.nextMember));
}

function seqOf(state: QueueState, message: number): number {
  return state.messages.f64(message, messageField.seq);
}

function contentBytesOf(state: QueueState, message: number): number {
  return state.messages.u32(message, messageField.blobBytes) + annexBytesOf(state, message);
}
