/** What is in a queue: its messages, one of them, its groups. */
import * as z from "zod";
import { groupId } from "./message.ts";
import { idCharsMax } from "./limits.ts";
import { callerIdPattern, Coord, Count, MessageId, Time } from "./names.ts";
import { pageQuery } from "./page.ts";
import { clusterErrors, queryRoute } from "./route.ts";
import { oneOf, optional, text } from "./shape.ts";
import { object } from "./shape-object.ts";

/** What a message is, as reads show it. */
const messageStates = ["ready", "blocked", "leased", "scheduled", "dead"] as const;

const Lease = z
  .strictObject({
    worker: z.string().nullable(),
    principal: z.strictObject({ issuer: z.string(), subject: z.string() }),
    since: Time,
    until: Time,
    fence: Count,
    progress: z.unknown().optional().meta({ description: "Only with peek" }),
  })
  .meta({ id: "MessageLease", description: "Never with the lease id" });

const Failure = z.strictObject({
  at: Time,
  type: z.string(),
  message: z.string(),
  worker: z.string().nullable(),
});

const shown = {
  messageId: MessageId,
  seq: Count,
  state: z.enum(messageStates),
  groupId: z.string().nullable(),
  dedupId: z.string().nullable(),
  contentType: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  priority: Count,
  enqueuedAt: Time,
  dueAt: Time.nullable().meta({ description: "Of a scheduled message" }),
  expiresAt: Time.meta({ description: "When it ends unless it is leased then" }),
  deliveries: Count,
  failures: Count,
  redrives: Count,
  body: z.unknown().optional(),
  bodyBase64: z.base64().optional(),
  lease: Lease.nullable(),
  dead: z
    .strictObject({
      reason: z.enum(["max-failures", "max-deliveries", "rejected", "expired"]),
      at: Time,
    })
    .nullable(),
  errors: z.array(Failure).optional().meta({ description: "Newest first, 10 are kept" }),
} as const;

const Message = z.strictObject(shown).meta({
  id: "Message",
  description: "headers, body or bodyBase64, errors and lease.progress only with peek",
});

const Group = z
  .strictObject({
    groupId: z.string(),
    state: z.enum(["ready", "locked", "waiting", "dead"]),
    waiting: Count.meta({ description: "Messages that are neither leased nor dead" }),
    head: MessageId,
    since: Time.meta({ description: "Since when the head is what it is" }),
  })
  .meta({ id: "Group" });

const consistency = optional(
  oneOf("linearizable", "stale"),
  "`stale` asks any replica, also without a quorum (linearizable)",
);

const dedupId = text({
  limit: "dedupId",
  charsMax: idCharsMax,
  pattern: callerIdPattern,
  expected: "1 to 128 characters of ! to ~",
});

/** Messages of a queue, by seq. */
export const listMessages = queryRoute({
  id: "listMessages",
  method: "get",
  path: "/v1/queues/:queue/messages",
  summary: "A queue's messages by seq; a page may be short, what stays is shown once",
  scope: "read or peek",
  query: object({
    consistency,
    state: optional(oneOf(...messageStates), "Only such messages"),
    groupId: optional(groupId, "Only those of this group"),
    dedupId: optional(dedupId, "The one that was sent with this id"),
    ...pageQuery,
  }),
  replies: {
    200: {
      description: "A page; cursor only when more follows",
      schema: z
        .strictObject({
          messages: z.array(Message),
          cursor: z.string().optional(),
          coord: Coord,
        })
        .meta({ id: "Messages" }),
    },
  },
  errors: ["queue-not-found", ...clusterErrors],
});

/** One message. */
export const getMessage = queryRoute({
  id: "getMessage",
  method: "get",
  path: "/v1/queues/:queue/messages/:messageId",
  summary: "One message, as long as it is in the queue",
  scope: "read or peek",
  query: object({ consistency }),
  replies: {
    200: {
      description: "The message",
      schema: z.strictObject({ ...shown, coord: Coord }).meta({ id: "MessageReply" }),
    },
  },
  errors: ["queue-not-found", "message-not-found", ...clusterErrors],
});

/** Groups of a queue, in the order in which they were made. */
export const listGroups = queryRoute({
  id: "listGroups",
  method: "get",
  path: "/v1/queues/:queue/groups",
  summary: "A queue's groups and what each of them waits for; a page may be short",
  scope: "read",
  query: object({
    consistency,
    state: optional(oneOf("ready", "locked", "waiting", "dead"), "Only such groups"),
    ...pageQuery,
  }),
  replies: {
    200: {
      description: "A page; cursor only when more follows",
      schema: z
        .strictObject({ groups: z.array(Group), cursor: z.string().optional(), coord: Coord })
        .meta({ id: "Groups" }),
    },
  },
  errors: ["queue-not-found", ...clusterErrors],
});
