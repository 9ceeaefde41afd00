/** Pausing and resuming a queue's sending or receiving. */
import * as z from "zod";
import { Coord } from "./names.ts";
import { Paused } from "./queues.ts";
import { adminErrors, idempotencyKey, route } from "./route.ts";
import { oneOf, optional } from "./shape.ts";
import { object } from "./shape-object.ts";
import { cutText } from "./cut-text.ts";

const what = oneOf("send", "receive");

const replies = {
  200: {
    description: "What is paused now; to repeat it changes nothing",
    schema: z.strictObject({ paused: Paused, coord: Coord }).meta({ id: "PausedReply" }),
    headers: ["Idempotency-Replayed"],
  },
} as const;

/** Pauses sending or receiving. */
export const pauseQueue = route({
  id: "pauseQueue",
  method: "post",
  path: "/v1/queues/:queue/pause",
  summary: "Refuse new messages, or give none out; settling goes on",
  scope: "manage",
  body: object({
    what,
    reason: optional(cutText("reason"), "Why, for whoever looks at the queue"),
  }),
  requestHeaders: [idempotencyKey],
  replies,
  errors: ["queue-not-found", ...adminErrors],
});

/** Lets it go on. */
export const resumeQueue = route({
  id: "resumeQueue",
  method: "post",
  path: "/v1/queues/:queue/resume",
  summary: "Let sending or receiving go on",
  scope: "manage",
  body: object({
    what,
    reason: optional(cutText("reason"), "Why, for whoever looks at the queue"),
  }),
  requestHeaders: [idempotencyKey],
  replies,
  errors: ["queue-not-found", ...adminErrors],
});
