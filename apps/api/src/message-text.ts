/** The JSON of messages as reads show them, written into one buffer: bodies go in as they are. */
import { type ErrorView, type LeaseView, messageIdText, type MessageView } from "@quorate/queue";
import type { Coord } from "@quorate/session";
import { bodyText, headersText, quoted } from "./delivery-text.ts";
import { coordText, timeText } from "./json-text.ts";

/** A page of messages. */
export function messagesText(
  messages: readonly MessageView[],
  { cursor, coord }: { readonly cursor: string | null; readonly coord: Coord },
): Buffer {
  const parts: Buffer[] = [Buffer.from('{"messages":[')];
  messages.forEach((message, index) => {
    parts.push(Buffer.from(index === 0 ? "{" : ",{"), ...fieldsOf(message), Buffer.from("}"));
  });
  const next = cursor === null ? "" : `"cursor":"${cursor}",`;
  parts.push(Buffer.from(`],${next}"coord":${coordText(coord)}}`));
  return Buffer.concat(parts);
}

/** One message. */
export function messageText(message: MessageView, coord: Coord): Buffer {
  const end = Buffer.from(`,"coord":${coordText(coord)}}`);
  return Buffer.concat([Buffer.from("{"), ...fieldsOf(message), end]);
}

function fieldsOf(message: MessageView): readonly Buffer[] {
  const { content, groupId, dedupId, lease, dead } = message;
  const text =
    `"messageId":"${messageIdText(message.message)}","seq":${message.seq},` +
    `"state":"${message.state}","groupId":${labelText(groupId)},"dedupId":${labelText(dedupId)},` +
    `"contentType":${quoted(message.contentType)},"priority":${message.priority},` +
    `"enqueuedAt":${timeText(message.enqueuedAtMs)},"dueAt":${timeText(message.dueAtMs)},` +
    `"expiresAt":${timeText(message.expiresAtMs)},` +
    `"deliveries":${message.deliveries},"failures":${message.failures},` +
    `"redrives":${message.redrives},"lease":${leaseText(lease, content?.progress)},` +
    `"dead":${dead === null ? "null" : `{"reason":"${dead.reason}","at":${timeText(dead.atMs)}}`}`;
  if (content === null) return [Buffer.from(text)];
  const headers = content.headers.length === 0 ? "{}" : headersText(content.headers);
  const errors = content.errors.map(errorText).join(",");
  const [before, after] = content.kind === "json" ? ['"body":', ""] : ['"bodyBase64":"', '"'];
  return [
    Buffer.from(`${text},"headers":${headers},"errors":[${errors}],${before}`),
    bodyText(content),
    Buffer.from(after),
  ];
}

/** The lease; its progress is undefined where it must not be shown. */
function leaseText(lease: LeaseView | null, progress: Uint8Array | null | undefined): string {
  if (lease === null) return "null";
  const { worker, principal, sinceMs, untilMs, fence } = lease;
  const said = progress === null ? "null" : Buffer.from(progress ?? []).toString();
  return (
    `{"worker":${JSON.stringify(worker)},"principal":${principalText(principal)},` +
    `"since":${timeText(sinceMs)},"until":${timeText(untilMs)},"fence":${fence}` +
    `${progress === undefined ? "" : `,"progress":${said}`}}`
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

function labelText(label: Uint8Array | null): string {
  return label === null ? "null" : quoted(label);
}
