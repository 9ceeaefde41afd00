/** Messages on their way into the queues of a test, and out of them. */
import { formatTime, type Held, type message, parseTime, priorityDefault } from "@quorate/contract";
import { utf8Decode, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  decodeHeaders,
  dedupIdHash,
  type DequeuedMessage,
  encodeHeaders,
  groupIdHash,
  leaseIdText,
  type LostLease,
  messageFingerprint,
  messageIdText,
  type NewMessage,
} from "@quorate/queue";
import { base64Of, bytesOfBase64 } from "../base64.ts";

/** A message as it was sent; its JSON body is an ordinal. */
type Sent = Held<typeof message>;

/** The message that the queues get. */
export function newMessageOf(sent: Sent, captured: readonly Uint8Array[]): NewMessage {
  const content = contentOf(sent, captured);
  const groupId = sent.groupId === undefined ? null : utf8Encode(sent.groupId);
  const group = groupId === null ? null : { id: groupId, hash: groupIdHash(sha256, groupId) };
  const plain: NewMessage = {
    ...content,
    group,
    dedup: null,
    headers: encodeHeaders(Object.entries(sent.headers ?? {})),
    priority: sent.priority ?? priorityDefault,
    delayMs: sent.delayMs ?? null,
    notBeforeMs: sent.notBefore === undefined ? null : parseTime(sent.notBefore),
    maxFailures: sent.maxFailures ?? null,
    ttlMs: sent.ttlMs ?? null,
  };
  if (sent.dedupId === undefined) return plain;
  const id = utf8Encode(sent.dedupId);
  return {
    ...plain,
    dedup: { id, hash: dedupIdHash(sha256, id), fingerprint: fingerprintOf(plain) },
  };
}

/** What a retry of the message must have in common with it. */
export function fingerprintOf(sent: NewMessage): Uint8Array {
  const { kind, contentType, notBeforeMs, body, group } = sent;
  return messageFingerprint(sha256, {
    kind,
    contentType,
    groupId: group?.id ?? null,
    notBeforeMs,
    body,
  });
}

function contentOf(
  sent: Sent,
  captured: readonly Uint8Array[],
): Pick<NewMessage, "kind" | "body" | "contentType"> {
  const { contentType } = sent;
  if (sent.bodyBase64 !== undefined) {
    const type = utf8Encode(contentType ?? "application/octet-stream");
    return { kind: "bytes", body: bytesOfBase64(sent.bodyBase64), contentType: type };
  }
  const body = captured[Number(sent.body)];
  if (body === undefined) throw new Error("a body was checked and is not there");
  return { kind: "json", body, contentType: utf8Encode(contentType ?? "application/json") };
}

/** The JSON of a delivery: a JSON body stands in it as the bytes that it came in. */
export function deliveryText(delivery: DequeuedMessage): string {
  const { message: key, seq, kind, body, lease } = delivery;
  const bodyText =
    kind === "json" ? `"body":${textOf(body)}` : `"bodyBase64":${JSON.stringify(base64Of(body))}`;
  const rest = JSON.stringify({
    messageId: messageIdText(key),
    seq,
    contentType: textOf(delivery.contentType),
    groupId: delivery.groupId === null ? null : textOf(delivery.groupId),
    headers: Object.fromEntries(decodeHeaders(delivery.headers)),
    priority: delivery.priority,
    enqueuedAt: formatTime(delivery.enqueuedAtMs),
    deliveries: delivery.deliveries,
    failures: delivery.failures,
    leaseId: lease === null ? null : leaseIdText(lease),
    leaseUntil: lease === null ? null : formatTime(lease.untilMs),
    fence: lease === null ? null : lease.fence,
  });
  return `{${bodyText},${rest.slice(1)}`;
}

/** A lease that is no longer held, as answers say it. */
export function lostOf({ lease, message: key, reason }: LostLease) {
  return {
    leaseId: lease === null ? null : leaseIdText(lease),
    messageId: key === null ? null : messageIdText(key),
    reason,
  };
}

function textOf(bytes: Uint8Array): string {
  return utf8Decode(bytes) ?? "";
}
