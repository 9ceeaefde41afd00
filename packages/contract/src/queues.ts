/** Queues: their configuration, their state. */
import {
  queueConfigChoices,
  queueConfigDefault,
  type QueueConfigPointer,
  queueConfigRanges,
} from "@quorate/queue/config";
import * as z from "zod";
import { matchTagsMax, queueNameCharsMax } from "./limits.ts";
import { Coord, Count, QueueName, Time } from "./names.ts";
import { pageQuery } from "./page.ts";
import { adminErrors, bodyQueryRoute, clusterErrors, idempotencyKey, queryRoute } from "./route.ts";
import {
  boolean,
  decimal,
  type Held,
  integer,
  invalid,
  oneOf,
  optional,
  type Shape,
  text,
} from "./shape.ts";
import { object, partOf } from "./shape-object.ts";

/** A number of the configuration; a refusal names it with dots. */
function inRange(pointer: QueueConfigPointer): Shape<number> {
  const { min, max, integer: isWhole } = queueConfigRanges[pointer];
  const range = { limit: pointer.slice(1).replaceAll("/", "."), min, max };
  return isWhole ? integer(range) : decimal(range);
}

const backoff = {
  baseMs: inRange("/backoff/baseMs"),
  factor: inRange("/backoff/factor"),
  maxMs: inRange("/backoff/maxMs"),
  jitter: inRange("/backoff/jitter"),
};

/** The fields of a configuration; those of the backoff are all there, or some of them. */
const fieldsWith = <Backoff>(backoffShape: Shape<Backoff>) => ({
  maxFailures: inRange("/maxFailures"),
  maxDeliveries: inRange("/maxDeliveries"),
  backoff: backoffShape,
  leaseMsDefault: inRange("/leaseMsDefault"),
  dedupWindowMs: inRange("/dedupWindowMs"),
  dedupMode: oneOf(...queueConfigChoices.dedupMode),
  retentionMs: inRange("/retentionMs"),
  deadRetentionMs: inRange("/deadRetentionMs"),
  maxMessages: inRange("/maxMessages"),
  maxBytes: inRange("/maxBytes"),
  maxInFlight: inRange("/maxInFlight"),
  bodyBytesMax: inRange("/bodyBytesMax"),
  onExpire: oneOf(...queueConfigChoices.onExpire),
  onDead: oneOf(...queueConfigChoices.onDead),
  denyPurge: boolean,
  denyDelete: boolean,
});

/** The fields of a configuration that a caller gives; what is missing has its default. */
export const queueConfigGiven = partOf(
  fieldsWith(
    partOf(backoff, (given, faults) => {
      const { baseMs, maxMs } = { ...queueConfigDefault.backoff, ...given };
      return baseMs <= maxMs || invalid(faults, "expected baseMs to be at most maxMs", "/baseMs");
    }),
  ),
);

/** See `queueConfigGiven`. */
export type QueueConfigGiven = Held<typeof queueConfigGiven>;

const QueueConfig = object(fieldsWith(object(backoff))).schema.meta({
  id: "QueueConfig",
});

const perSecond = z.number().min(0);

const QueueStats = z
  .strictObject({
    ready: Count,
    blocked: Count,
    leased: Count,
    scheduled: Count,
    dead: Count,
    bytes: Count,
    oldestReadyAgeMs: Count.nullable(),
    rates: z
      .strictObject({
        enqueued: perSecond,
        dequeued: perSecond,
        settled: perSecond,
        expired: perSecond.meta({ description: "Leases that ended by themselves, wherever" }),
        redelivered: perSecond,
        source: z.literal("gateway"),
      })
      .meta({
        description: "Per second over 60 s, as this gateway has seen it",
      }),
    consumers: Count.meta({ description: "Principals that asked this gateway in the last 60 s" }),
  })
  .meta({
    id: "QueueStats",
    description: "The first five are disjoint and add up to all messages",
  });

const Pause = z
  .strictObject({ by: z.string(), at: Time, reason: z.string().nullable() })
  .nullable();

/** What is paused of a queue. */
export const Paused = z.strictObject({ send: Pause, receive: Pause }).meta({ id: "Paused" });

const configValue = z.union([z.number(), z.string(), z.boolean()]);

const described = {
  name: QueueName,
  config: QueueConfig,
  stats: QueueStats,
  paused: Paused,
} as const;

const Effect = z
  .strictObject({
    creates: z.boolean(),
    changes: z.array(z.strictObject({ field: z.string(), from: configValue, to: configValue })),
    exceeded: z.array(z.enum(["maxMessages", "maxBytes", "maxInFlight"])).meta({
      description: "Limits below what the queue holds now; nothing is dropped for them",
    }),
  })
  .meta({ id: "PutEffect" });

const QueueReply = z
  .strictObject({
    ...described,
    effect: Effect.optional().meta({ description: "Only with dryRun" }),
    coord: Coord,
  })
  .meta({ id: "Queue" });

const consistency = optional(oneOf("linearizable", "stale"));

const withEtag = (description: string) => ({
  description,
  schema: QueueReply,
  headers: ["ETag", "Idempotency-Replayed"],
});

/** Creates a queue, or replaces its configuration. */
export const putQueue = bodyQueryRoute({
  id: "putQueue",
  method: "put",
  path: "/v1/queues/:queue",
  summary: "Create a queue, or replace its configuration with If-Match",
  scope: "manage",
  body: queueConfigGiven,
  query: object({ dryRun: optional(oneOf("true", "false")) }),
  requestHeaders: [
    {
      name: "If-Match",
      description: `The ETag of the configuration to replace, or up to ${matchTagsMax} that it may have, or *`,
    },
    { name: "If-None-Match", description: "* : only create" },
    idempotencyKey,
  ],
  replies: { 201: withEtag("Created"), 200: withEtag("Replaced, or unchanged") },
  errors: ["precondition-required", "etag-mismatch", "queue-exists", ...adminErrors],
});

/** One queue. */
export const getQueue = queryRoute({
  id: "getQueue",
  method: "get",
  path: "/v1/queues/:queue",
  summary: "A queue's configuration and state",
  scope: "read",
  query: object({ consistency }),
  replies: { 200: { description: "The queue", schema: QueueReply, headers: ["ETag"] } },
  errors: ["queue-not-found", ...clusterErrors],
});

/** Queues that the token may read. */
export const listQueues = queryRoute({
  id: "listQueues",
  method: "get",
  path: "/v1/queues",
  summary: "The queues that the token may read, by name",
  scope: "read",
  query: object({
    consistency,
    prefix: optional(
      text({
        limit: "prefix",
        charsMax: queueNameCharsMax,
        pattern: /^[a-z0-9._-]*$/,
        expected: "the beginning of a queue name",
      }),
    ),
    ...pageQuery,
  }),
  replies: {
    200: {
      description: "A page; cursor only when more follows",
      schema: z
        .strictObject({
          queues: z.array(z.strictObject(described)),
          cursor: z.string().optional(),
          coord: Coord,
        })
        .meta({ id: "Queues" }),
    },
  },
  errors: clusterErrors,
});
