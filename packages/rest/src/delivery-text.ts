/** The JSON of a dequeue's answer, in pieces: bodies go in as the bytes they are. */
import {
  decodeHeaders,
  type DequeuedMessage,
  leaseIdText,
  type LostLease,
  messageIdText,
} from "@quorate/queue";
import type { Coord } from "./conversation.ts";
import type { TextCodec } from "./host.ts";
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

/** The answer, in pieces. */
export function deliveredText(
  delivered: Delivered,
  text: TextCodec,
): readonly (string | Uint8Array)[] {
  const pieces: (string | Uint8Array)[] = [];
  let open = '{"messages":[';
  delivered.messages.forEach((each, index) => {
    const { message, seq } = each;
    if (index > 0) open += ",";
    open += `{"messageId":"${messageIdText(message)}","seq":${seq},`;
    open = withBody(each, { pieces, open, text }) + afterBody(each, text);
  });
  const lost = delivered.lost.map(lostText).join(",");
  pieces.push(
    `${open}],"replayed":${delivered.replayed},"lost":[${lost}],"paused":${delivered.paused},` +
      `"coord":${coordText(delivered.coord)}}`,
  );
  return pieces;
}

/**
 * Adds a body under its name to the pieces, behind the text that stands open; answers the text that
 * then stands open. A JSON body is given back unparsed, bytes as base64.
 */
export function withBody(
  { kind, body }: Pick<DequeuedMessage, "kind" | "body">,
  behind: {
    readonly pieces: (string | Uint8Array)[];
    readonly open: string;
    readonly text: TextCodec;
  },
): string {
  const { pieces, open, text } = behind;
  if (kind === "bytes") return `${open}"bodyBase64":"${text.toBase64(body)}"`;
  pieces.push(`${open}"body":`, body);
  return "";
}

function afterBody(delivery: DequeuedMessage, text: TextCodec): string {
  const { contentType, groupId, headers, lease } = delivery;
  return (
    `,"contentType":${quoted(contentType, text)},` +
    `"groupId":${groupId === null ? "null" : quoted(groupId, text)},` +
    `"headers":${headers.length === 0 ? "{}" : headersText(headers)},` +
    `"priority":${delivery.priority},"enqueuedAt":${timeText(delivery.enqueuedAtMs)},` +
    `"deliveries":${delivery.deliveries},"failures":${delivery.failures},` +
    `"leaseId":${idText(lease === null ? null : leaseIdText(lease))},` +
    `"leaseUntil":${timeText(lease === null ? null : lease.untilMs)},` +
    `"fence":${lease === null ? "null" : lease.fence}}`
  );
}

/** A text of ASCII, quoted. */
export function quoted(ascii: Uint8Array, { decode }: TextCodec): string {
  return JSON.stringify(decode(ascii, 0, ascii.length));
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
