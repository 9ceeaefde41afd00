/** Taking away: a message, what is in some states, a queue. */
import * as z from "zod";
import { idCharsMax } from "./limits.ts";
import { Coord, Count } from "./names.ts";
import { adminErrors, idempotencyKey, queryRoute, route } from "./route.ts";
import { described, list, oneOf, optional, text } from "./shape.ts";
import { object } from "./shape-object.ts";

/** What can be purged; `ready` are the blocked ones too. */
const purgedStates = ["ready", "scheduled", "leased", "dead"] as const;

const forced = oneOf("true", "false");

/** Takes away everything in some states. */
export const purge = route({
  id: "purgeQueue",
  method: "post",
  path: "/v1/queues/:queue/purge",
  summary: "Take away all messages in these states; leases end as purged",
  scope: "purge",
  body: object({
    states: described(
      list(oneOf(...purgedStates), { limit: "states", entriesMax: purgedStates.length }),
      "`ready` are the blocked ones too",
    ),
    confirm: described(text({ limit: "confirm", charsMax: idCharsMax }), "The queue's name again"),
  }),
  requestHeaders: [idempotencyKey],
  replies: {
    200: {
      description: "How many messages are gone",
      headers: ["Idempotency-Replayed"],
      schema: z.strictObject({ removed: Count, coord: Coord }).meta({ id: "Purged" }),
    },
  },
  errors: ["purge-denied", "queue-not-found", ...adminErrors],
});

/** Deletes one message. */
export const deleteMessage = queryRoute({
  id: "deleteMessage",
  method: "delete",
  path: "/v1/queues/:queue/messages/:messageId",
  summary: "Delete a message; force also one that is leased",
  scope: "manage",
  query: object({ force: optional(forced, "Also one that is leased (false)") }),
  requestHeaders: [idempotencyKey],
  replies: { 204: { description: "Gone", schema: null, headers: ["Idempotency-Replayed"] } },
  errors: ["queue-not-found", "message-not-found", "message-leased", ...adminErrors],
});

/** Deletes a queue with everything in it. */
export const deleteQueue = queryRoute({
  id: "deleteQueue",
  method: "delete",
  path: "/v1/queues/:queue",
  summary: "Delete a queue; force also one that holds messages",
  scope: "manage",
  query: object({ force: optional(forced, "Also one that holds messages (false)") }),
  requestHeaders: [idempotencyKey],
  replies: { 204: { description: "Gone", schema: null, headers: ["Idempotency-Replayed"] } },
  errors: ["delete-denied", "queue-not-found", "queue-not-empty", ...adminErrors],
});
