/** Sending: one message, or a batch of them. */
import { queueConfigRanges } from "@quorate/queue/config";
import * as z from "zod";
import { contentType, groupId, headers, priority } from "./message.ts";
import {
  batchEntriesMax,
  delayMsMax,
  idCharsMax,
  maxFailuresMax,
  storedBodyBytesMax,
  ttlMsMax,
  ttlMsMin,
} from "./limits.ts";
import { callerIdPattern, Coord, Count, MessageId, Time } from "./names.ts";
import { Problem } from "./problem.ts";
import { idempotencyKey, mutationErrors, route } from "./route.ts";
import {
  beyond,
  boolean,
  integer,
  invalid,
  json,
  optional,
  type Shape,
  type ShapeFault,
  text,
} from "./shape.ts";
import { object } from "./shape-object.ts";
import { parseTime } from "./times.ts";

/** The last time whose microseconds JSON keeps exactly, in the year 2255. */
const notBeforeMsMax = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** An RFC 3339 time with any offset. */
export const time: Shape<string> = {
  // No pattern: the one that zod writes knows no lower-case t and z, which RFC 3339 allows.
  schema: z.string().meta({ format: "date-time" }),
  holds: (value, faults): value is string => {
    const timeMs = typeof value === "string" ? parseTime(value) : null;
    if (timeMs === null) return invalid(faults, "expected an RFC 3339 time");
    if (timeMs <= notBeforeMsMax) return true;
    const detail = "expected a time that the queue's retention can reach";
    return beyond(faults, {
      detail,
      limit: "retentionMs",
      max: queueConfigRanges["/retentionMs"].max,
    });
  },
};

/** Base64 of RFC 4648 §4, padded; that it is canonical is checked when it is decoded. */
const base64 = text({
  limit: "bodyBase64",
  charsMax: Math.ceil(storedBodyBytesMax / 3) * 8,
  pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  expected: "padded base64",
});

const messageFields = object(
  {
    body: optional(json, "Any JSON value; exactly one of this and bodyBase64 is given"),
    bodyBase64: optional(base64, "Bytes instead of a JSON value"),
    contentType: optional(contentType, "What the body is"),
    groupId: optional(groupId, "Messages of one group are delivered in order"),
    dedupId: optional(
      text({
        limit: "dedupId",
        charsMax: idCharsMax,
        pattern: callerIdPattern,
        expected: "1 to 128 characters of ! to ~",
      }),
      "The same id again is the same message, as long as the queue's dedupWindowMs or dedupMode says",
    ),
    delayMs: optional(
      integer({ limit: "delayMs", min: 0, max: delayMsMax }),
      "Deliver it so much later (0); not beside notBefore",
    ),
    notBefore: optional(time, "Deliver it not before this time"),
    ttlMs: optional(
      integer({ limit: "ttlMs", min: ttlMsMin, max: ttlMsMax }),
      "It ends when nobody has received it so long after it was ready (the queue's retentionMs)",
    ),
    priority: optional(priority, "Higher ones first (4)"),
    maxFailures: optional(
      integer({ limit: "maxFailures", min: 1, max: maxFailuresMax }),
      "Dead after so many failures (the queue's maxFailures)",
    ),
    headers: optional(headers, "Texts by name, kept as they are sent"),
  },
  onlyOneOfEach,
);

/** One message, as it is sent. */
export const message: typeof messageFields = {
  ...messageFields,
  schema: messageFields.schema.meta({
    oneOf: [{ required: ["body"] }, { required: ["bodyBase64"] }],
    not: { required: ["delayMs", "notBefore"] },
  }),
};

function onlyOneOfEach(
  value: { readonly delayMs?: number; readonly notBefore?: string },
  faults: ShapeFault[],
): boolean {
  const hasJson = Object.hasOwn(value, "body");
  if (hasJson === Object.hasOwn(value, "bodyBase64")) {
    return invalid(faults, "expected exactly one of body and bodyBase64");
  }
  return value.delayMs === undefined || value.notBefore === undefined
    ? true
    : invalid(faults, "expected at most one of delayMs and notBefore");
}

/** A batch, as it is sent. Its entries are checked one by one: a fault of one is its own answer. */
export const batch = object({
  messages: { schema: z.array(message.schema).min(1).max(batchEntriesMax), holds: isList },
  atomic: optional(boolean, "All or none (false)"),
});

function isList(value: unknown, faults: ShapeFault[]): value is readonly unknown[] {
  return Array.isArray(value) || invalid(faults, "expected a list");
}

const EnqueueReply = z
  .strictObject({
    messageId: MessageId,
    seq: Count,
    duplicate: z.boolean(),
    enqueuedAt: Time,
    coord: Coord,
  })
  .meta({ id: "Enqueued" });

const BatchReply = z
  .strictObject({
    results: z.array(
      z.union([
        z.strictObject({
          status: z.int(),
          messageId: MessageId,
          seq: Count,
          duplicate: z.boolean(),
        }),
        z.strictObject({ status: z.int(), problem: Problem }),
      ]),
    ),
    summary: z.strictObject({ accepted: Count, duplicates: Count, refused: Count }),
    /** Null when no entry was left to be sent. */
    enqueuedAt: Time.nullable(),
    coord: Coord,
  })
  .meta({ id: "BatchEnqueued" });

const refusals = [
  "queue-not-found",
  "dedup-conflict",
  "idempotency-mismatch",
  "paused",
  "queue-full",
  "dedup-capacity",
] as const;

/** Names of the headers that carry the options of a raw enqueue. */
export const rawHeaders = {
  groupId: "Quorate-Group-Id",
  dedupId: "Quorate-Dedup-Id",
  delayMs: "Quorate-Delay-Ms",
  notBefore: "Quorate-Not-Before",
  ttlMs: "Quorate-Ttl-Ms",
  priority: "Quorate-Priority",
} as const;

/** Stores one message durably. */
export const enqueue = route({
  id: "enqueue",
  method: "post",
  path: "/v1/queues/:queue/enqueue",
  summary: "Store one message; 2xx means that a quorum has it on disk",
  scope: "enqueue",
  body: message,
  capture: { name: "body", list: null },
  takesRawBody: true,
  requestHeaders: [
    idempotencyKey,
    ...Object.entries(rawHeaders).map(([field, name]) => ({
      name,
      description: `${field} of a raw body`,
    })),
  ],
  replies: {
    201: { description: "Stored", schema: EnqueueReply },
    200: { description: "A duplicate: the original's ids", schema: EnqueueReply },
  },
  errors: [...refusals, ...mutationErrors],
});

/** Stores many messages in one op. */
export const enqueueBatch = route({
  id: "enqueueBatch",
  method: "post",
  path: "/v1/queues/:queue/enqueue/batch",
  summary: "Store up to 1,000 messages; results in request order",
  scope: "enqueue",
  body: batch,
  capture: { name: "body", list: "messages" },
  requestHeaders: [idempotencyKey],
  replies: {
    200: {
      description: "A result for each message",
      schema: BatchReply,
      headers: ["Idempotency-Replayed"],
    },
  },
  errors: [...refusals, ...mutationErrors],
});
