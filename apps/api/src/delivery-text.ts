/** The JSON of a dequeue's answer, written into one buffer: bodies go in as the bytes they are. */
import {
  decodeHeaders,
  type DequeuedMessage,
  leaseIdText,
  type LostLease,
  messageIdText,
} from "@quorate/queue";
import type { Coord } from "@quorate/session";
import { coordText, idText, timeText } from "./json-text.ts";

/** What a dequeue answers. */
export interface Delivered {
  readonly messages: readonly DequeuedMessage[];
  readonly lost: readonly LostLease[];
  readonly replayed: boolean;
  /** Whether receiving from the queue is paused. */
  readonly paused: boolean;
  readonly coord: Coord;
}

/** The answer's bytes. */
export function deliveredText(delivered: Delivered): Buffer {
  const parts: Buffer[] = [Buffer.from('{"messages":[')];
  delivered.messages.forEach((each, index) => {
    parts.push(Buffer.from((index === 0 ? "" : ",") + beforeBody(each)));
    parts.push(bodyText(each), Buffer.from(afterBody(each)));
  });
  const lost = delivered.lost.map(lostText).join(",");
  parts.push(
    Buffer.from(
      `],"replayed":${delivered.replayed},"lost":[${lost}],"paused":${delivered.paused},` +
        `"coord":${coordText(delivered.coord)}}`,
    ),
  );
  return Buffer.concat(parts);
}

function beforeBody({ message, seq, kind }: DequeuedMessage): string {
  const name = kind === "json" ? '"body":' : '"bodyBase64":"';
  return `{"messageId":"${messageIdText(message)}","seq":${seq},${name}`;
}

/** A JSON body is given back unparsed; bytes as base64, whose quotes its neighbours bring. */
export function bodyText({ kind, body }: Pick<DequeuedMessage, "kind" | "body">): Buffer {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  return kind === "json" ? bytes : Buffer.from(bytes.toString("base64"), "latin1");
}

function afterBody(delivery: DequeuedMessage): string {
  const { kind, contentType, groupId, headers, lease } = delivery;
  return (
    `${kind === "json" ? "" : '"'},"contentType":${quoted(contentType)},` +
    `"groupId":${groupId === null ? "null" : quoted(groupId)},` +
    `"headers":${headers.length === 0 ? "{}" : headersText(headers)},` +
    `"priority":${delivery.priority},"enqueuedAt":${timeText(delivery.enqueuedAtMs)},` +
    `"deliveries":${delivery.deliveries},"failures":${delivery.failures},` +
    `"leaseId":${idText(lease === null ? null : leaseIdText(lease))},` +
    `"leaseUntil":${timeText(lease === null ? null : lease.untilMs)},` +
    `"fence":${lease === null ? "null" : lease.fence}}`
  );
}

/** A text of ASCII, quoted. */
export function quoted(ascii: Uint8Array): string {
  return JSON.stringify(
    Buffer.from(ascii.buffer, ascii.byteOffset, ascii.length).toString("latin1"),
  );
}

/** The headers in these bytes, as a JSON object. */
export function headersText(bytes: Uint8Array): string {
  // One by one, because a header may have any name and an object would treat some specially.
  const pairs = decodeHeaders(bytes).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return `{${pairs.join(",")}}`;
}

/** A lease that is no longer held. */
export function lostText({ lease, message, reason }: LostLease): string {
  return (
    `{"leaseId":${idText(lease === null ? null : leaseIdText(lease))},` +
    `"messageId":${idText(message === null ? null : messageIdText(message))},"reason":"${reason}"}`
  );
}
