/** The JSON of messages as reads show them, in pieces: bodies go in as the bytes they are. */
import { type ErrorView, type LeaseView, messageIdText, type MessageView } from "@quorate/queue";
import type { Coord } from "./conversation.ts";
import { headersText, quoted, withBody } from "./delivery-text.ts";
import type { TextCodec } from "./host.ts";
import { coordText, timeText } from "./json-text.ts";

/** A page of messages. */
export function messagesText(
  messages: readonly MessageView[],
  { cursor, coord }: { readonly cursor: string | null; readonly coord: Coord },
  text: TextCodec,
): readonly (string | Uint8Array)[] {
  const pieces: (string | Uint8Array)[] = [];
  let open = '{"messages":[';
  messages.forEach((message, index) => {
    open = `${fieldsOf(message, { pieces, open: index === 0 ? `${open}{` : `${open},{`, text })}}`;
  });
  const next = cursor === null ? "" : `"cursor":"${cursor}",`;
  pieces.push(`${open}],${next}"coord":${coordText(coord)}}`);
  return pieces;
}

/** One message. */
export function messageText(
  message: MessageView,
  coord: Coord,
  text: TextCodec,
): readonly (string | Uint8Array)[] {
  const pieces: (string | Uint8Array)[] = [];
  const open = fieldsOf(message, { pieces, open: "{", text });
  pieces.push(`${open},"coord":${coordText(coord)}}`);
  return pieces;
}

/** Adds the fields to the pieces as withBody does. */
function fieldsOf(message: MessageView, behind: Parameters<typeof withBody>[1]): string {
  const { content } = message;
  const { text } = behind;
  const open = behind.open + labelsText(message, text);
  if (content === null) return open;
  const headers = content.headers.length === 0 ? "{}" : headersText(content.headers);
  const errors = content.errors.map(errorText).join(",");
  return withBody(content, {
    ...behind,
    open: `${open},"headers":${headers},"errors":[${errors}],`,
  });
}

/** What is shown to everybody who may read. */
function labelsText(message: MessageView, text: TextCodec): string {
  const { content, groupId, dedupId, lease, dead } = message;
  return (
    `"messageId":"${messageIdText(message.message)}","seq":${message.seq},` +
    `"state":"${message.state}","groupId":${labelText(groupId, text)},` +
    `"dedupId":${labelText(dedupId, text)},` +
    `"contentType":${quoted(message.contentType, text)},"priority":${message.priority},` +
    `"enqueuedAt":${timeText(message.enqueuedAtMs)},"dueAt":${timeText(message.dueAtMs)},` +
    `"expiresAt":${timeText(message.expiresAtMs)},` +
    `"deliveries":${message.deliveries},"failures":${message.failures},` +
    `"redrives":${message.redrives},"lease":${leaseText(lease, content?.progress, text)},` +
    `"dead":${dead === null ? "null" : `{"reason":"${dead.reason}","at":${timeText(dead.atMs)}}`}`
  );
}

/** The lease; its progress is undefined where it must not be shown. */
function leaseText(
  lease: LeaseView | null,
  progress: Uint8Array | null | undefined,
  { decode }: TextCodec,
): string {
  if (lease === null) return "null";
  const { worker, principal, sinceMs, untilMs, fence } = lease;
  const said = (json: Uint8Array | null) => (json === null ? "null" : decode(json, 0, json.length));
  return (
    `{"worker":${JSON.stringify(worker)},"principal":${principalText(principal)},` +
    `"since":${timeText(sinceMs)},"until":${timeText(untilMs)},"fence":${fence}` +
    `${progress === undefined ? "" : `,"progress":${said(progress)}`}}`
  );
}

/** The two parts of a principal's id, which no issuer's name can confuse. */
function principalText(id: string): string {
  const at = id.indexOf("\n");
  return JSON.stringify({ issuer: id.slice(0, at), subject: id.slice(at + 1) });
}

function errorText({ atMs, type, message, worker }: ErrorView): string {
  return (
    `{"at":${timeText(atMs)},"type":${JSON.stringify(type)},` +
    `"message":${JSON.stringify(message)},"worker":${JSON.stringify(worker)}}`
  );
}

function labelText(label: Uint8Array | null, text: TextCodec): string {
  return label === null ? "null" : quoted(label, text);
}
