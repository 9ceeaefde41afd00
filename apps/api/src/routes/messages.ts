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
import { type Answer, jsonAnswer } from "../answer.ts";
import type { Call } from "../call.ts";
import { ask } from "../cluster-call.ts";
import { aroundMessageBytesMax, deliveryAnswerBytesMax, messageLabelsBytesMax } from "../limits.ts";
import { messagesText, messageText } from "../message-text.ts";
import { mount, type Mounting } from "../mount.ts";
import { cursorOf, pageLimitOf, placeOf } from "../page-cursor.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `GET …/messages`, `GET …/messages/{id}` and `GET …/groups`. */
export function mountMessages(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, listMessages, (call) => list(gateway, call));
  mount(mounting, getMessage, (call) => get(gateway, call));
  mount(mounting, listGroups, (call) => groups(gateway, call));
}

/** Whether what messages carry may be shown: `read` alone never shows it. */
function mayPeek({ principal, queue }: Call<never>): boolean {
  return mayAct(principal.scopes, "peek", queue);
}

async function list(
  { client, sha256 }: Gateway,
  call: Call<never, Held<typeof listMessages.query>>,
): Promise<Answer> {
  const { query, queue } = call;
  const { state = null, groupId, dedupId, consistency = "linearizable" } = query;
  const limit = pageLimitOf(query.limit);
  const withContent = mayPeek(call);
  const { answer, coord } = await ask(
    client,
    {
      type: "list-messages",
      queue,
      state,
      groupHash: groupId === undefined ? null : groupIdHash(sha256, Buffer.from(groupId)),
      dedupHash: dedupId === undefined ? null : dedupIdHash(sha256, Buffer.from(dedupId)),
      after: placeOf(query.cursor),
      limit,
      withContent,
    },
    { expects: "messages", consistency, answerBytesMax: answerBytesMaxOf(limit, withContent) },
  );
  if (answer.listing === null) throw new ApiError("queue-not-found");
  const { entries, next } = answer.listing;
  return { status: 200, body: messagesText(entries, { cursor: cursorOf(next), coord }) };
}

async function get(
  { client }: Gateway,
  call: Call<never, Held<typeof getMessage.query>>,
): Promise<Answer> {
  const message = parseMessageId(call.params["messageId"] ?? "");
  const withContent = mayPeek(call);
  const { answer, coord } = await ask(
    client,
    {
      type: "get-message",
      queue: call.queue,
      // What is no id is the id of no message; that there is no such queue is said first.
      message: message ?? { op: 0, index: 0 },
      withContent,
    },
    {
      expects: "message",
      consistency: call.query.consistency ?? "linearizable",
      answerBytesMax: answerBytesMaxOf(1, withContent),
    },
  );
  if (typeof answer.finds === "string") throw new ApiError(answer.finds);
  return { status: 200, body: messageText(answer.finds, coord) };
}

/** Bytes of an answer that shows so many messages: with what they carry, as a dequeue's. */
function answerBytesMaxOf(messages: number, withContent: boolean): number {
  const bytes = withContent ? storedBodyBytesMax + aroundMessageBytesMax : messageLabelsBytesMax;
  return Math.min(messages * bytes, deliveryAnswerBytesMax);
}

async function groups(
  { client }: Gateway,
  call: Call<never, Held<typeof listGroups.query>>,
): Promise<Answer> {
  const { query, queue } = call;
  const { state = null, consistency = "linearizable" } = query;
  const after = placeOf(query.cursor);
  const { answer, coord } = await ask(
    client,
    { type: "list-groups", queue, state, after, limit: pageLimitOf(query.limit) },
    { expects: "groups", consistency },
  );
  if (answer.listing === null) throw new ApiError("queue-not-found");
  const { entries, next } = answer.listing;
  return jsonAnswer(200, {
    groups: entries.map(shown),
    ...(next === null ? {} : { cursor: cursorOf(next) }),
    coord,
  });
}

function shown({ groupId, state, waiting, head, sinceMs }: GroupView) {
  return {
    groupId: Buffer.from(groupId).toString("latin1"),
    state,
    waiting,
    head: messageIdText(head),
    since: formatTime(sinceMs),
  };
}
