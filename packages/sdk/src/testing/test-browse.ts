/** How the gateway of a test shows what is in a queue. Whoever asks may see everything. */
import {
  ApiError,
  deleteMessage,
  formatTime,
  listGroups,
  listMessages,
  pageEntriesDefault,
} from "@quorate/contract";
import { utf8Decode, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  decodeHeaders,
  dedupIdHash,
  groupIdHash,
  type ListingPlace,
  messageIdText,
  type MessageView,
  parseMessageId,
} from "@quorate/queue";
import { base64Of } from "../base64.ts";
import { emptyAnswer, jsonAnswer, textAnswer } from "./test-answer.ts";
import { checked, type TestCall } from "./test-call.ts";
import type { TestMachine } from "./test-machine.ts";

/** `GET …/messages`. */
export function showMessages(machine: TestMachine, call: TestCall): Response {
  const { state = null, groupId, dedupId, cursor, limit } = checked(listMessages.query, call.query);
  const { listing } = machine.ask(
    {
      type: "list-messages",
      queue: call.params["queue"] ?? "",
      state,
      groupHash: groupId === undefined ? null : groupIdHash(sha256, utf8Encode(groupId)),
      dedupHash: dedupId === undefined ? null : dedupIdHash(sha256, utf8Encode(dedupId)),
      after: placeOf(cursor),
      limit: Number(limit ?? pageEntriesDefault),
      withContent: true,
    },
    "messages",
  );
  if (listing === null) throw new ApiError("queue-not-found");
  const rest = JSON.stringify({ ...cursorOf(listing.next), coord: machine.coord() });
  const messages = listing.entries.map((entry) => `{${messageText(entry)}}`).join(",");
  return textAnswer(call, 200, `{"messages":[${messages}],${rest.slice(1)}`);
}

/** `GET …/messages/{id}`. */
export function showMessage(machine: TestMachine, call: TestCall): Response {
  const { finds } = machine.ask(
    {
      type: "get-message",
      queue: call.params["queue"] ?? "",
      message: keyOf(call),
      withContent: true,
    },
    "message",
  );
  if (typeof finds === "string") throw new ApiError(finds);
  const coord = JSON.stringify(machine.coord());
  return textAnswer(call, 200, `{${messageText(finds)},"coord":${coord}}`);
}

/** `DELETE …/messages/{id}`. */
export function removeMessage(machine: TestMachine, call: TestCall): Response {
  const force = checked(deleteMessage.query, call.query).force === "true";
  const queue = call.params["queue"] ?? "";
  const operation = { type: "delete-message", queue, message: keyOf(call), force } as const;
  machine.execute(operation, "message-deleted");
  return emptyAnswer(call);
}

/** `GET …/groups`. */
export function showGroups(machine: TestMachine, call: TestCall): Response {
  const { state = null, cursor, limit } = checked(listGroups.query, call.query);
  const { listing } = machine.ask(
    {
      type: "list-groups",
      queue: call.params["queue"] ?? "",
      state,
      after: placeOf(cursor),
      limit: Number(limit ?? pageEntriesDefault),
    },
    "groups",
  );
  if (listing === null) throw new ApiError("queue-not-found");
  const groups = listing.entries.map(({ groupId, sinceMs, head, ...rest }) => {
    return {
      ...rest,
      groupId: textOf(groupId),
      head: messageIdText(head),
      since: formatTime(sinceMs),
    };
  });
  return jsonAnswer(call, 200, { groups, ...cursorOf(listing.next), coord: machine.coord() });
}

/** What is no id is the id of no message. */
function keyOf({ params }: TestCall) {
  return parseMessageId(params["messageId"] ?? "") ?? { op: 0, index: 0 };
}

function placeOf(cursor: string | undefined): ListingPlace | null {
  const [, incarnation, number] = /^(\d{1,9})-(\d{1,15})$/.exec(cursor ?? "") ?? [];
  if (incarnation === undefined || number === undefined) return null;
  return { incarnation: Number(incarnation), number: Number(number) };
}

function cursorOf(place: ListingPlace | null) {
  return place === null ? {} : { cursor: `${place.incarnation}-${place.number}` };
}

/** The fields of a message; a JSON body stands in them as the bytes that it came in. */
function messageText(view: MessageView): string {
  const { content, lease, dead } = view;
  const fields = JSON.stringify({
    messageId: messageIdText(view.message),
    seq: view.seq,
    state: view.state,
    groupId: view.groupId === null ? null : textOf(view.groupId),
    dedupId: view.dedupId === null ? null : textOf(view.dedupId),
    contentType: textOf(view.contentType),
    headers: Object.fromEntries(content === null ? [] : decodeHeaders(content.headers)),
    priority: view.priority,
    enqueuedAt: formatTime(view.enqueuedAtMs),
    dueAt: timeOf(view.dueAtMs),
    expiresAt: timeOf(view.expiresAtMs),
    deliveries: view.deliveries,
    failures: view.failures,
    redrives: view.redrives,
    lease: lease === null ? null : leaseOf(lease, content?.progress ?? null),
    dead: dead === null ? null : { reason: dead.reason, at: formatTime(dead.atMs) },
    errors: (content?.errors ?? []).map(({ atMs, ...rest }) => ({ at: formatTime(atMs), ...rest })),
  });
  if (content === null) return fields.slice(1, -1);
  const body =
    content.kind === "json"
      ? `"body":${textOf(content.body)}`
      : `"bodyBase64":${JSON.stringify(base64Of(content.body))}`;
  return `${body},${fields.slice(1, -1)}`;
}

function leaseOf(lease: NonNullable<MessageView["lease"]>, progress: Uint8Array | null) {
  const [issuer = "", subject = ""] = lease.principal.split("\n");
  const told: unknown = progress === null ? null : JSON.parse(textOf(progress));
  return {
    worker: lease.worker,
    principal: { issuer, subject },
    since: formatTime(lease.sinceMs),
    until: formatTime(lease.untilMs),
    fence: lease.fence,
    progress: told,
  };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : formatTime(ms);
}

function textOf(bytes: Uint8Array): string {
  return utf8Decode(bytes) ?? "";
}
