/** Receiving: messages under a lease, or taken at once. */
import * as z from "zod";
import { dequeueMessagesMax, idCharsMax, leaseMsMax, leaseMsMin, waitMsMax } from "./limits.ts";
import { callerIdPattern, Coord, Count, LeaseId, MessageId, Time } from "./names.ts";
import { mutationErrors, route } from "./route.ts";
import { integer, oneOf, optional, text } from "./shape.ts";
import { object } from "./shape-object.ts";

/** An id that the caller gives a dequeue, so that a retry gets the same messages. */
export const dequeueId = text({
  limit: "dequeueId",
  charsMax: idCharsMax,
  pattern: callerIdPattern,
  expected: "1 to 128 characters of ! to ~",
});

/** The length of a lease, from now. */
export const leaseMs = integer({ limit: "leaseMs", min: leaseMsMin, max: leaseMsMax });

const count = { min: 1, max: dequeueMessagesMax } as const;

/** What may be said about a dequeue. */
export const dequeueBody = object({
  max: optional(integer({ limit: "max", ...count }), "Messages at most (1)"),
  leaseMs: optional(leaseMs, "How long they are yours (the queue's leaseMsDefault)"),
  waitMs: optional(
    integer({ limit: "waitMs", min: 0, max: waitMsMax }),
    "How long to wait for the first message (0)",
  ),
  dequeueId: optional(
    dequeueId,
    "The same id again, within 5 min, gives the same messages with the same leases",
  ),
  mode: optional(oneOf("lease", "delete"), "`delete` takes them out without a lease (lease)"),
  maxPerGroup: optional(
    integer({ limit: "maxPerGroup", ...count }),
    "Messages of one group at most (max)",
  ),
  from: optional(oneOf("ready", "dead"), "`dead` gives out dead letters (ready)"),
  worker: optional(
    text({ limit: "worker", charsMax: idCharsMax }),
    "What operators see as the holder of the leases",
  ),
});

/** A message as a consumer gets it; exactly one of body and bodyBase64. */
const Delivery = z
  .strictObject({
    messageId: MessageId,
    seq: Count.meta({ description: "Its place in the queue, growing" }),
    body: z.unknown().optional(),
    bodyBase64: z.base64().optional(),
    contentType: z.string(),
    groupId: z.string().nullable(),
    headers: z.record(z.string(), z.string()),
    priority: Count,
    enqueuedAt: Time,
    deliveries: Count.meta({ description: "How often it was given out, this time included" }),
    failures: Count.meta({ description: "How often it has failed" }),
    leaseId: LeaseId.nullable().meta({ description: "Settles it; null without a lease" }),
    leaseUntil: Time.nullable().meta({ description: "When the lease ends, at the earliest" }),
    fence: Count.nullable().meta({ description: "Grows with every lease of the cluster" }),
  })
  .meta({ id: "Delivery", oneOf: [{ required: ["body"] }, { required: ["bodyBase64"] }] });

const LostLease = z
  .strictObject({
    leaseId: LeaseId.nullable(),
    messageId: MessageId.nullable(),
    reason: z.string(),
  })
  .meta({ id: "LostLease" });

const DequeueReply = z
  .strictObject({
    messages: z.array(Delivery),
    replayed: z.boolean().meta({
      description: "Whether the dequeueId was known: then these are what is left of its messages",
    }),
    lost: z.array(LostLease).meta({ description: "Of a replay what is not leased any more" }),
    paused: z
      .boolean()
      .meta({ description: "Whether receiving is paused, so that nothing new is given" }),
    coord: Coord,
  })
  .meta({ id: "Dequeued" });

/** Leases messages to the caller, or takes them out. */
export const dequeue = route({
  id: "dequeue",
  method: "post",
  path: "/v1/queues/:queue/dequeue",
  summary: "Receive up to 100 messages; waits up to waitMs for the first",
  scope: "dequeue",
  body: dequeueBody,
  requestHeaders: [
    { name: "Idempotency-Key", description: "The same as dequeueId" },
    { name: "Prefer", description: "wait=20 is waitMs 20000" },
  ],
  replies: { 200: { description: "Messages, or none", schema: DequeueReply } },
  errors: [
    "queue-not-found",
    "dequeue-id-reused",
    "dequeue-capacity",
    "in-flight-limit",
    ...mutationErrors,
  ],
});
