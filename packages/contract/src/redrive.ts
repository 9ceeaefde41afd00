/** Bringing dead letters back, and the tasks that do it. */
import * as z from "zod";
import { time } from "./enqueue.ts";
import {
  idCharsMax,
  queueNameCharsMax,
  redriveIdsMax,
  redriveRateDefault,
  redriveRateMax,
} from "./limits.ts";
import { groupId } from "./message.ts";
import {
  Coord,
  Count,
  messageIdPattern,
  QueueName,
  queueNamePattern,
  TaskId,
  Time,
} from "./names.ts";
import { adminErrors, clusterErrors, idempotencyKey, noQuery, queryRoute, route } from "./route.ts";
import { boolean, integer, list, oneOf, optional, text } from "./shape.ts";
import { object } from "./shape-object.ts";

/** Which dead letters are meant: those that all given fields hold of. */
const filter = object({
  ids: optional(
    list(
      text({ limit: "id", charsMax: 22, pattern: messageIdPattern, expected: "a message's id" }),
      { limit: "ids", entriesMax: redriveIdsMax },
    ),
    "Only these messages",
  ),
  reason: optional(
    oneOf("max-failures", "max-deliveries", "rejected", "expired"),
    "Only those that are dead for this",
  ),
  groupId: optional(groupId, "Only those of this group"),
  errorType: optional(
    text({ limit: "errorType", charsMax: idCharsMax }),
    "Only those whose last error is of this type",
  ),
  from: optional(time, "Only those that are dead since this time"),
  to: optional(time, "Only those that were dead before this time"),
});

const counting = z.boolean().meta({
  description:
    "Whether `matched` still grows: of more than 2,000 dead letters those that a groupId or an errorType means are counted by and by",
});

const RedriveReply = z
  .strictObject({
    taskId: TaskId.nullable().meta({ description: "Null with dryRun" }),
    matched: Count.meta({ description: "Dead letters that are meant" }),
    counting,
    coord: Coord,
  })
  .meta({ id: "Redriven" });

/** Makes dead letters ready again. */
export const redrive = route({
  id: "redrive",
  method: "post",
  path: "/v1/queues/:queue/redrive",
  summary: "Make dead letters ready again, in the order of their deaths; filter {} means all",
  scope: "redrive",
  body: object({
    filter,
    rate: optional(
      integer({ limit: "rate", min: 1, max: redriveRateMax }),
      `Messages a second (${redriveRateDefault})`,
    ),
    target: optional(
      text({
        limit: "target",
        charsMax: queueNameCharsMax,
        pattern: queueNamePattern,
        expected: "a queue's name",
      }),
      "Into this queue (their own)",
    ),
    dryRun: optional(boolean, "Only count what is meant (false)"),
  }),
  requestHeaders: [idempotencyKey],
  replies: {
    202: { description: "Begun", schema: RedriveReply, headers: ["Idempotency-Replayed"] },
    200: { description: "With dryRun: what would be brought back", schema: RedriveReply },
  },
  errors: ["queue-not-found", ...adminErrors],
});

const TaskReply = z
  .strictObject({
    taskId: TaskId,
    queue: QueueName,
    kind: z.literal("redrive"),
    state: z.enum(["running", "done", "cancelled"]),
    matched: Count,
    counting,
    moved: Count,
    startedAt: Time,
    endedAt: Time.nullable(),
    coord: Coord,
  })
  .meta({ id: "Task" });

/** One task. */
export const getTask = queryRoute({
  id: "getTask",
  method: "get",
  path: "/v1/tasks/:taskId",
  summary: "What a task has done so far; kept for 24 h after its end",
  scope: "read",
  query: object({
    consistency: optional(
      oneOf("linearizable", "stale"),
      "`stale` asks any replica, also without a quorum (linearizable)",
    ),
  }),
  replies: { 200: { description: "The task", schema: TaskReply } },
  errors: ["task-not-found", ...clusterErrors],
});

/** Ends a task before it is done. */
export const cancelTask = queryRoute({
  id: "cancelTask",
  method: "delete",
  path: "/v1/tasks/:taskId",
  summary: "End a task; what it has moved stays",
  scope: "redrive",
  query: noQuery,
  requestHeaders: [idempotencyKey],
  replies: {
    200: {
      description: "The task as it ended",
      schema: TaskReply,
      headers: ["Idempotency-Replayed"],
    },
  },
  errors: ["task-not-found", ...adminErrors],
});
