/** From a message as it was sent to the message that the queues get. */
import {
  ApiError,
  type CapturedRange,
  type Held,
  headersFit,
  type message,
  parseTime,
  printablePattern,
  priorityDefault,
  storedBodyBytesMax,
} from "@quorate/contract";
import { utf8Encode } from "@quorate/prelude";
import {
  dedupIdHash,
  encodeHeaders,
  groupIdHash,
  messageFingerprint,
  type NewMessage,
} from "@quorate/queue";
import type { Call } from "./call.ts";
import { faultAt } from "./fault-at.ts";
import type { Host, TextCodec } from "./host.ts";

/** A message as the contract's shape holds it. */
export type SentMessage = Held<typeof message>;

/** What a message is made of beside its fields. */
export interface MessageSource {
  readonly host: Host;
  /** The request's body, and where its bodies are. */
  readonly bytes: Uint8Array;
  readonly captured: readonly CapturedRange[];
  /** `traceparent` and `tracestate` of the request, for messages that give none. */
  readonly trace: Readonly<Record<string, string>>;
}

/** What the messages of this call are made of. */
export function sourceOf(host: Host, { bytes, captured, request }: Call): MessageSource {
  return { host, bytes, captured, trace: traceOf(request.headers) };
}

const noBytes = new Uint8Array(0);
const jsonType = utf8Encode("application/json");
const bytesType = utf8Encode("application/octet-stream");

/** The message. Throws ApiError when its body is too large, or its base64 not canonical. */
export function newMessage(sent: SentMessage, source: MessageSource): NewMessage {
  const { text } = source.host;
  const isJson = sent.bodyBase64 === undefined;
  const body = isJson ? capturedBody(sent.body, source) : decodedBody(sent.bodyBase64, text);
  const fallback = isJson ? jsonType : bytesType;
  return labelled(sent, source, {
    kind: isJson ? "json" : "bytes",
    body,
    contentType: sent.contentType === undefined ? fallback : text.encode(sent.contentType),
  });
}

/** What a message's fields label. */
type Content = Pick<NewMessage, "kind" | "body" | "contentType">;

/** The message of this content with its fields. Throws ApiError when the body is too large. */
export function labelled(sent: SentMessage, source: MessageSource, content: Content): NewMessage {
  refuseLargeBody(content.body.length);
  const { sha256, text } = source.host;
  const groupId = sent.groupId === undefined ? null : text.encode(sent.groupId);
  const notBeforeMs = sent.notBefore === undefined ? null : parseTime(sent.notBefore);
  const undeduplicated: NewMessage = {
    ...content,
    group: groupId === null ? null : { id: groupId, hash: groupIdHash(sha256, groupId) },
    dedup: null,
    headers: headerBytes(sent, source),
    priority: sent.priority ?? priorityDefault,
    delayMs: sent.delayMs ?? null,
    notBeforeMs,
    maxFailures: sent.maxFailures ?? null,
    ttlMs: sent.ttlMs ?? null,
  };
  if (sent.dedupId === undefined) return undeduplicated;
  const id = text.encode(sent.dedupId);
  const fingerprint = fingerprintOf(undeduplicated, source.host);
  return { ...undeduplicated, dedup: { id, hash: dedupIdHash(sha256, id), fingerprint } };
}

/** What a retry of this message must have in common with it. */
export function fingerprintOf(of: NewMessage, { sha256 }: Pick<Host, "sha256">): Uint8Array {
  const { kind, contentType, notBeforeMs, body, group } = of;
  const groupId = group === null ? null : group.id;
  return messageFingerprint(sha256, { kind, contentType, groupId, notBeforeMs, body });
}

function capturedBody(ordinal: unknown, { bytes, captured }: MessageSource): Uint8Array {
  const range = typeof ordinal === "number" ? captured[ordinal] : undefined;
  if (range === undefined) throw new Error("a body was checked and is not there");
  return bytes.subarray(range.start, range.end);
}

function decodedBody(base64: string, text: TextCodec): Uint8Array {
  const bytes = text.fromBase64(base64);
  if (text.toBase64(bytes) === base64) return bytes;
  throw faultAt("/bodyBase64", "not canonical base64");
}

function refuseLargeBody(bytes: number): void {
  if (bytes <= storedBodyBytesMax) return;
  throw new ApiError("payload-too-large", {
    detail: `A body is at most ${storedBodyBytesMax} bytes.`,
    limit: "bodyBytesMax",
    max: storedBodyBytesMax,
  });
}

/** The message's own headers, and of the request's trace what there is room for. */
function headerBytes({ headers }: SentMessage, { trace }: MessageSource): Uint8Array {
  if (headers === undefined && trace === noTrace) return noBytes;
  const given = Object.entries(headers ?? {});
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const added = Object.entries(trace).filter(([name]) => !names.has(name));
  // What the caller did not ask for must not be why his message is refused.
  while (added.length > 0 && !headersFit([...given, ...added])) added.pop();
  return encodeHeaders([...given, ...added]);
}

/** No trace: the same object each time, so that it is told apart without looking inside. */
const noTrace: Readonly<Record<string, string>> = {};

/** Characters of a `tracestate` that is taken over (W3C Trace Context §3.3.1.5). */
const traceStateCharsMax = 512;

/** The trace context of a request, as headers of its messages. */
function traceOf(headers: Readonly<Record<string, unknown>>): MessageSource["trace"] {
  const parent = headers["traceparent"];
  const state = headers["tracestate"];
  if (
    typeof parent !== "string" ||
    !/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(parent)
  ) {
    return noTrace;
  }
  const takesState =
    typeof state === "string" && state.length <= traceStateCharsMax && printablePattern.test(state);
  return takesState ? { traceparent: parent, tracestate: state } : { traceparent: parent };
}
