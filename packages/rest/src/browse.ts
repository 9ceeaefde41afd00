/** What is in a queue: its messages, one of them, its groups. Reads change nothing. */
import {
  ApiError,
  formatTime,
  getMessage,
  type Held,
  listGroups,
  listMessages,
  mayAct,
  storedBodyBytesMax,
} from "@quorate/contract";
import {
  dedupIdHash,
  groupIdHash,
  type GroupView,
  messageIdText,
  parseMessageId,
} from "@quorate/queue";
import { type Answer, jsonAnswer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import { ask, type Conversation } from "./conversation.ts";
import type { Host, TextCodec } from "./host.ts";
import { aroundMessageBytesMax, deliveryAnswerBytesMax, messageLabelsBytesMax } from "./limits.ts";
import { messagesText, messageText } from "./message-text.ts";
import { pageLimitOf, placeCursor, placeOf } from "./page-cursor.ts";

/** `GET …/messages`, `GET …/messages/{id}` and `GET …/groups`. */
export function serveBrowse(serve: Serve, host: Host): void {
  serve(listMessages, (call) => list(host, call));
  serve(getMessage, (call) => get(host, call));
  serve(listGroups, (call) => groups(host, call));
}

/** Whether what messages carry may be shown: `read` alone never shows it. */
function mayPeek({ principal, queue }: Call<never>): boolean {
  return mayAct(principal.scopes, "peek", queue);
}

function* list(
  { sha256, text }: Host,
  call: Call<never, Held<typeof listMessages.query>>,
): Conversation<Answer> {
  const { query, queue } = call;
  const { state = null, groupId, dedupId, consistency } = query;
  const limit = pageLimitOf(query.limit);
  const withContent = mayPeek(call);
  const { answer, coord } = yield* ask(
    {
      type: "list-messages",
      queue,
      state,
      groupHash: groupId === undefined ? null : groupIdHash(sha256, text.encode(groupId)),
      dedupHash: dedupId === undefined ? null : dedupIdHash(sha256, text.encode(dedupId)),
      after: placeOf("messages", query.cursor, text),
      limit,
      withContent,
    },
    { expects: "messages", consistency, answerBytesMax: answerBytesMaxOf(limit, withContent) },
  );
  if (answer.listing === null) throw new ApiError("queue-not-found");
  const { entries, next } = answer.listing;
  const cursor = placeCursor("messages", next, text);
  return { status: 200, body: messagesText(entries, { cursor, coord }, text) };
}

function* get(
  { text }: Host,
  call: Call<never, Held<typeof getMessage.query>>,
): Conversation<Answer> {
  const message = parseMessageId(call.params["messageId"] ?? "");
  const withContent = mayPeek(call);
  const { answer, coord } = yield* ask(
    {
      type: "get-message",
      queue: call.queue,
      // What is no id is the id of no message; that there is no such queue is said first.
      message: message ?? { op: 0, index: 0 },
      withContent,
    },
    {
      expects: "message",
      consistency: call.query.consistency,
      answerBytesMax: answerBytesMaxOf(1, withContent),
    },
  );
  if (typeof answer.finds === "string") throw new ApiError(answer.finds);
  return { status: 200, body: messageText(answer.finds, coord, text) };
}

/** Bytes of an answer that shows so many messages: with what they carry, as a dequeue's. */
function answerBytesMaxOf(messages: number, withContent: boolean): number {
  const bytes = withContent ? storedBodyBytesMax + aroundMessageBytesMax : messageLabelsBytesMax;
  return Math.min(messages * bytes, deliveryAnswerBytesMax);
}

function* groups(
  { text }: Host,
  call: Call<never, Held<typeof listGroups.query>>,
): Conversation<Answer> {
  const { query, queue } = call;
  const { state = null, consistency } = query;
  const after = placeOf("groups", query.cursor, text);
  const { answer, coord } = yield* ask(
    { type: "list-groups", queue, state, after, limit: pageLimitOf(query.limit) },
    { expects: "groups", consistency },
  );
  if (answer.listing === null) throw new ApiError("queue-not-found");
  const { entries, next } = answer.listing;
  return jsonAnswer(200, {
    groups: entries.map((group) => shown(group, text)),
    ...(next === null ? {} : { cursor: placeCursor("groups", next, text) }),
    coord,
  });
}

function shown({ groupId, state, waiting, head, sinceMs }: GroupView, { decode }: TextCodec) {
  return {
    groupId: decode(groupId, 0, groupId.length),
    state,
    waiting,
    head: messageIdText(head),
    since: formatTime(sinceMs),
  };
}
