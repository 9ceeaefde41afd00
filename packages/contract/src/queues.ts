/** Queues: their configuration, their state. */
import * as z from "zod";
import {
  bodyBytesDefault,
  leaseMsMax,
  leaseMsMin,
  maxFailuresMax,
  queueBytesDefault,
  queueNameCharsMax,
  queueTimes,
  storedBodyBytesMax,
} from "./limits.ts";
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
  type ShapeFault,
  text,
} from "./shape.ts";
import { object } from "./shape-object.ts";

const count = (limit: string, max: number, min = 1): Shape<number> => integer({ limit, min, max });

const retentionMs = (limit: string): Shape<number> =>
  count(limit, queueTimes.retentionMsMax, queueTimes.retentionMsMin);

const backoff = object(
  {
    baseMs: optional(count("backoff.baseMs", queueTimes.backoffMsMax, 0)),
    factor: optional(decimal({ limit: "backoff.factor", min: 1, max: 10 })),
    maxMs: optional(count("backoff.maxMs", queueTimes.backoffMsMax, 0)),
    jitter: optional(decimal({ limit: "backoff.jitter", min: 0, max: 1 })),
  },
  (
    {
      baseMs = queueTimes.backoffMsBaseDefault,
      maxMs = queueTimes.backoffMsMaxDefault,
    }: { readonly baseMs?: number; readonly maxMs?: number },
    faults: ShapeFault[],
  ) => baseMs <= maxMs || invalid(faults, "expected baseMs to be at most maxMs", "/baseMs"),
);

/** The fields of a configuration that a caller gives; what is missing has its default. */
export const queueConfigGiven = object({
  maxFailures: optional(count("maxFailures", maxFailuresMax)),
  maxDeliveries: optional(count("maxDeliveries", 10_000)),
  backoff: optional(backoff),
  leaseMsDefault: optional(count("leaseMsDefault", leaseMsMax, leaseMsMin)),
  dedupWindowMs: optional(
    count("dedupWindowMs", queueTimes.dedupWindowMsMax, queueTimes.dedupWindowMsMin),
  ),
  dedupMode: optional(oneOf("window", "untilSettled")),
  retentionMs: optional(retentionMs("retentionMs")),
  deadRetentionMs: optional(retentionMs("deadRetentionMs")),
  maxMessages: optional(count("maxMessages", 25_000_000)),
  maxBytes: optional(count("maxBytes", Number.MAX_SAFE_INTEGER)),
  maxInFlight: optional(count("maxInFlight", 1_000_000)),
  bodyBytesMax: optional(count("bodyBytesMax", storedBodyBytesMax)),
  onExpire: optional(oneOf("dead", "drop")),
  onDead: optional(oneOf("continue", "block")),
  denyPurge: optional(boolean),
  denyDelete: optional(boolean),
});

/** See `queueConfigGiven`. */
export type QueueConfigGiven = Held<typeof queueConfigGiven>;

/** A whole configuration with every field. */
export interface QueueConfigAnswer {
  readonly maxFailures: number;
  readonly maxDeliveries: number;
  readonly backoff: {
    readonly baseMs: number;
    readonly factor: number;
    readonly maxMs: number;
    readonly jitter: number;
  };
  readonly leaseMsDefault: number;
  readonly dedupWindowMs: number;
  readonly dedupMode: "window" | "untilSettled";
  readonly retentionMs: number;
  readonly deadRetentionMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxInFlight: number;
  readonly bodyBytesMax: number;
  readonly onExpire: "dead" | "drop";
  readonly onDead: "continue" | "block";
  readonly denyPurge: boolean;
  readonly denyDelete: boolean;
}

/** What a queue is configured to when nothing is given. */
export const queueConfigDefault: QueueConfigAnswer = {
  maxFailures: 5,
  maxDeliveries: 50,
  backoff: {
    baseMs: queueTimes.backoffMsBaseDefault,
    factor: 2,
    maxMs: queueTimes.backoffMsMaxDefault,
    jitter: 0.2,
  },
  leaseMsDefault: queueTimes.leaseMsDefault,
  dedupWindowMs: queueTimes.dedupWindowMsDefault,
  dedupMode: "window",
  retentionMs: queueTimes.retentionMsDefault,
  deadRetentionMs: queueTimes.deadRetentionMsDefault,
  maxMessages: 10_000_000,
  maxBytes: queueBytesDefault,
  maxInFlight: 100_000,
  bodyBytesMax: bodyBytesDefault,
  onExpire: "dead",
  onDead: "continue",
  denyPurge: false,
  denyDelete: false,
};

const QueueConfig = z
  .strictObject({
    maxFailures: Count,
    maxDeliveries: Count,
    backoff: z.strictObject({
      baseMs: Count,
      factor: z.number(),
      maxMs: Count,
      jitter: z.number(),
    }),
    leaseMsDefault: Count,
    dedupWindowMs: Count,
    dedupMode: z.enum(["window", "untilSettled"]),
    retentionMs: Count,
    deadRetentionMs: Count,
    maxMessages: Count,
    maxBytes: Count,
    maxInFlight: Count,
    bodyBytesMax: Count,
    onExpire: z.enum(["dead", "drop"]),
    onDead: z.enum(["continue", "block"]),
    denyPurge: z.boolean(),
    denyDelete: z.boolean(),
  })
  .meta({ id: "QueueConfig" });

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
      description: "The ETag of the configuration to replace, or up to 32 that it may have, or *",
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
