import { readAnnex } from "./annex.ts";
import { leaseUntilMs } from "./lease-clock.ts";
import { messageKeyOf } from "./message-key.ts";
import { readBlob } from "./message-blob.ts";
import { endOf } from "./message-end.ts";
import { linkField } from "./message-links.ts";
import { countedHoldsOf } from "./group-holds.ts";
import { deadReasonOf, messageField, messageFlag, messageState } from "./message-record.ts";
import type { LeaseView, MessageContent, MessageView, MessageViewState } from "./message-view.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/** The message as reads show it; with what it carries, or without. */
export function viewMessage(
  state: QueueState,
  queue: Queue,
  { message, withContent }: { readonly message: number; readonly withContent: boolean },
): MessageView {
  const { messages } = state;
  const { contentType, groupId, dedupId } = readBlob(state, message);
  const is = viewStateOf(state, queue, message);
  const reason = deadReasonOf(messages.u8(message, messageField.ends));
  const since = millis(messages.f64(message, messageField.since));
  return {
    message: messageKeyOf(state, message),
    seq: messages.f64(message, messageField.seq),
    state: is,
    groupId,
    dedupId,
    contentType,
    priority: messages.u8(message, messageField.priority),
    enqueuedAtMs: millis(messages.f64(message, messageField.enqueuedAt)),
    dueAtMs: is === "scheduled" ? millis(messages.f64(message, messageField.deadline)) : null,
    expiresAtMs: millis(endOf(state, queue, message)),
    deliveries: messages.u32(message, messageField.deliveries),
    failures: messages.u16(message, messageField.failures),
    redrives: state.links.u16(message, linkField.redrives),
    lease: is === "leased" ? leaseOf(state, message) : null,
    dead: reason === null ? null : { reason, atMs: since },
    content: withContent ? contentOf(state, message, is) : null,
  };
}

/** What the message is, as reads show it. */
export function viewStateOf(state: QueueState, queue: Queue, message: number): MessageViewState {
  const { messages } = state;
  switch (messages.u8(message, messageField.state)) {
    case messageState.scheduled:
      return "scheduled";
    case messageState.leased:
      return "leased";
    case messageState.dead:
      return "dead";
    default: {
      const group = messages.u32(message, messageField.group);
      const isFree = group === 0 || countedHoldsOf(state, queue, group) === 0;
      return isFree ? "ready" : "blocked";
    }
  }
}

/** When the message's latest lease began, as a time of day in milliseconds since 1970. */
export function leasedSinceMs(state: QueueState, message: number): number {
  const lasted = state.leaseClock - state.messages.f64(message, messageField.leasedAt);
  return millis(state.now - lasted);
}

function leaseOf(state: QueueState, message: number): LeaseView {
  const { messages } = state;
  return {
    ...state.holders.read(messages.u32(message, messageField.holder)),
    sinceMs: leasedSinceMs(state, message),
    untilMs: leaseUntilMs(state, message),
    fence: messages.f64(message, messageField.fence),
  };
}

function contentOf(state: QueueState, message: number, is: MessageViewState): MessageContent {
  const { messages } = state;
  const { headers, body } = readBlob(state, message);
  const annex = readAnnex(state, message);
  const isOfLease =
    is === "leased" && annex.progressFence === messages.f64(message, messageField.fence);
  return {
    kind: (messages.u8(message, messageField.flags) & messageFlag.json) === 0 ? "bytes" : "json",
    headers,
    body,
    progress: isOfLease ? annex.progress : null,
    errors: annex.errors.map(({ atMicros, ...error }) => ({ ...error, atMs: millis(atMicros) })),
  };
}

function millis(micros: number): number {
  return Math.floor(micros / 1_000);
}
