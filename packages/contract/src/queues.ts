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
  described,
  type Held,
  integer,
  invalid,
  oneOf,
  optional,
  type Shape,
  text,
} from "./shape.ts";
import { object, partOf } from "./shape-object.ts";

/** A number of the configuration, with what it means; a refusal names it with dots. */
function inRange(pointer: QueueConfigPointer, description: string): Shape<number> {
  const { min, max, integer: isWhole } = queueConfigRanges[pointer];
  const range = { limit: pointer.slice(1).replaceAll("/", "."), min, max };
  return described(isWhole ? integer(range) : decimal(range), description);
}

const backoff = {
  baseMs: inRange("/backoff/baseMs", "The wait after the first failure"),
  factor: inRange("/backoff/factor", "How many times longer each further wait is"),
  maxMs: inRange("/backoff/maxMs", "The longest wait"),
  jitter: inRange("/backoff/jitter", "By which part of itself a wait may be shorter or longer"),
};

/** The fields of a configuration; those of the backoff are all there, or some of them. */
const fieldsWith = <Backoff>(backoffShape: Shape<Backoff>) => ({
  maxFailures: inRange("/maxFailures", "A message that has failed so often is dead"),
  maxDeliveries: inRange("/maxDeliveries", "One that was given out so often is dead, too"),
  backoff: described(backoffShape, "How long a message waits after a failure"),
  leaseMsDefault: inRange("/leaseMsDefault", "The lease of a dequeue that names none"),
  dedupWindowMs: inRange("/dedupWindowMs", "How long a dedupId is remembered"),
  dedupMode: described(
    oneOf(...queueConfigChoices.dedupMode),
    "`untilSettled` remembers a dedupId as long as its message is there",
  ),
  retentionMs: inRange("/retentionMs", "A message that nobody has received ends after this"),
  deadRetentionMs: inRange("/deadRetentionMs", "A dead letter is removed after this"),
  maxMessages: inRange("/maxMessages", "Messages at most, dead ones included"),
  maxBytes: inRange("/maxBytes", "Their bytes at most"),
  maxInFlight: inRange("/maxInFlight", "Leases at a time"),
  bodyBytesMax: inRange("/bodyBytesMax", "Bytes of a body at most"),
  onExpire: described(
    oneOf(...queueConfigChoices.onExpire),
    "What becomes of a message that has ended",
  ),
  onDead: described(
    oneOf(...queueConfigChoices.onDead),
    "`block` lets a dead letter hold up its group",
  ),
  denyPurge: described(boolean, "Purging is refused"),
  denyDelete: described(boolean, "Deleting the queue is refused"),
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
    ready: Count.meta({ description: "Could be delivered now" }),
    blocked: Count.meta({ description: "Wait for another message of their group" }),
    leased: Count.meta({ description: "Given out, and not settled yet" }),
    scheduled: Count.meta({ description: "Wait for their time" }),
    dead: Count.meta({ description: "Dead letters" }),
    bytes: Count.meta({ description: "Of all of them" }),
    oldestReadyAgeMs: Count.nullable().meta({ description: "Since it was sent or due" }),
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

const whole = {
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
    ...whole,
    effect: Effect.optional().meta({ description: "Only with dryRun" }),
    coord: Coord,
  })
  .meta({ id: "Queue" });

const consistency = optional(
  oneOf("linearizable", "stale"),
  "`stale` asks any replica, also without a quorum (linearizable)",
);

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
  query: object({ dryRun: optional(oneOf("true", "false"), "Only show the effect (false)") }),
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
          queues: z.array(z.strictObject(whole)),
          cursor: z.string().optional(),
          coord: Coord,
        })
        .meta({ id: "Queues" }),
    },
  },
  errors: clusterErrors,
});
