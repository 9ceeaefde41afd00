/** Ending a lease, or moving its end. */
import * as z from "zod";
import { cutText } from "./cut-text.ts";
import { dequeueId, leaseMs } from "./dequeue.ts";
import { batchEntriesMax, idCharsMax, progressBytesMax, retryDelayMsMax } from "./limits.ts";
import { Coord, Count, LeaseId, MessageId, Time } from "./names.ts";
import { Problem } from "./problem.ts";
import { mutationErrors, type Route, route } from "./route.ts";
import {
  beyond,
  boolean,
  type Held,
  integer,
  invalid,
  isObject,
  json,
  list,
  oneOf,
  optional,
  type Shape,
  text,
} from "./shape.ts";
import { object } from "./shape-object.ts";
import { utf8Length } from "./utf8-length.ts";

/** The five verbs. */
export const settleActions = ["ack", "nack", "release", "reject", "extend"] as const;

/** See `settleActions`. */
export type SettleAction = (typeof settleActions)[number];

const delayMs = integer({ limit: "delayMs", min: 0, max: retryDelayMsMax });
const reason = cutText("reason");
const failure = object({
  type: optional(
    text({ limit: "error.type", charsMax: idCharsMax }),
    "Its kind, by which a redrive can choose",
  ),
  message: optional(cutText("error.message"), "What went wrong; cut at 1 KiB"),
});

/** Any JSON value whose text is at most progressBytesMax bytes. */
const progress: Shape<unknown> = {
  schema: json.schema,
  holds: (value, faults): value is unknown => {
    if (utf8Length(JSON.stringify(value)) <= progressBytesMax) return true;
    const detail = `expected at most ${progressBytesMax} bytes of JSON`;
    return beyond(faults, { detail, limit: "progressBytes", max: progressBytesMax });
  },
};

/** What each verb may say. */
const said = {
  ack: {},
  nack: {
    error: optional(failure, "Kept with the message"),
    delayMs: optional(delayMs, "How long it waits (as the queue's backoff says)"),
  },
  release: { delayMs: optional(delayMs, "How long nobody gets it (0)") },
  reject: {
    error: optional(failure, "Kept with the message"),
    reason: optional(reason, "Why; kept with the message, cut at 1 KiB"),
  },
  extend: {
    leaseMs: optional(leaseMs, "How long from now (the queue's leaseMsDefault)"),
    progress: optional(
      progress,
      "How far the work is, for operators; replaces what was said before",
    ),
  },
} as const;

// Any text: one that is no lease id is a lease that nobody knows (404), not a bad request.
const lease: Shape<string> = {
  schema: z.string(),
  holds: (value, faults): value is string =>
    typeof value === "string" || invalid(faults, "expected a string"),
};

const entries = {
  ack: object({ leaseId: lease, action: oneOf("ack"), ...said.ack }),
  nack: object({ leaseId: lease, action: oneOf("nack"), ...said.nack }),
  release: object({ leaseId: lease, action: oneOf("release"), ...said.release }),
  reject: object({ leaseId: lease, action: oneOf("reject"), ...said.reject }),
  extend: object({ leaseId: lease, action: oneOf("extend"), ...said.extend }),
} as const;

/** One entry of a settle batch. */
export type Settlement = { readonly [A in SettleAction]: Held<(typeof entries)[A]> }[SettleAction];

const settlement: Shape<Settlement> = {
  schema: z.union(settleActions.map((action) => entries[action].schema)),
  holds: (value, faults): value is Settlement => {
    const named = isObject(value) ? value["action"] : undefined;
    const action = settleActions.find((known) => known === named);
    if (action !== undefined) return entries[action].holds(value, faults);
    return isObject(value)
      ? invalid(faults, `expected one of ${settleActions.join(", ")}`, "/action")
      : invalid(faults, "expected an object");
  },
};

const settled = {
  leaseId: z.string(),
  state: z.enum(["ready", "scheduled", "leased", "done", "dead"]),
  alreadySettled: z.boolean(),
  late: z.boolean(),
  leaseUntil: Time.nullable(),
} as const;

const SettledOne = z.strictObject({ ...settled, coord: Coord }).meta({ id: "Settled" });

const SettledMany = z
  .strictObject({
    results: z.array(
      z.union([
        z.strictObject({ ...settled, status: z.int() }),
        z.strictObject({ leaseId: z.string(), status: z.int(), problem: Problem }),
      ]),
    ),
    summary: z.strictObject({ ok: Count, failed: Count }),
    coord: Coord,
  })
  .meta({ id: "SettledMany" });

const Extended = z
  .strictObject({
    extended: z.array(z.strictObject({ leaseId: LeaseId, leaseUntil: Time })),
    lost: z.array(
      z.strictObject({
        leaseId: LeaseId,
        messageId: MessageId.nullable(),
        reason: z.string(),
      }),
    ),
    coord: Coord,
  })
  .meta({ id: "Extended" });

const refusals = ["queue-not-found", "lease-unknown", "lease-lost", "already-settled"] as const;

/** Settles many leases in one op. */
export const settle = route({
  id: "settle",
  method: "post",
  path: "/v1/queues/:queue/settle",
  summary: "Settle up to 1,000 leases; 200 even if all failed",
  scope: "dequeue",
  body: object({
    settlements: list(settlement, { limit: "settlements", entriesMax: batchEntriesMax }),
    atomic: optional(boolean, "All or none (false)"),
  }),
  replies: { 200: { description: "A result for each lease", schema: SettledMany } },
  errors: [...refusals, ...mutationErrors],
});

function settleRoute<B>(action: SettleAction, body: Shape<B>, summary: string): Route<B> {
  return route({
    id: `${action}Lease`,
    method: "post",
    path: `/v1/queues/:queue/leases/:leaseId/${action}`,
    summary,
    scope: "dequeue",
    body,
    replies: { 200: { description: "Settled", schema: SettledOne } },
    errors: [...refusals, ...mutationErrors],
  });
}

/** The routes that settle one lease, by verb. */
export const settleOne = {
  ack: settleRoute("ack", object(said.ack), "The message is done"),
  nack: settleRoute("nack", object(said.nack), "Handling failed: try again after a while"),
  release: settleRoute("release", object(said.release), "Give back without counting a failure"),
  reject: settleRoute("reject", object(said.reject), "Dead at once, no retry"),
  extend: settleRoute("extend", object(said.extend), "Move the lease's end, tell progress"),
} as const;

/** Extends whatever a dequeue still holds. */
export const extendDequeue = route({
  id: "extendDequeue",
  method: "post",
  path: "/v1/queues/:queue/extend",
  summary: "Extend all leases that a dequeueId still holds",
  scope: "dequeue",
  body: object({ dequeueId, leaseMs }),
  replies: { 200: { description: "What was extended and what is lost", schema: Extended } },
  errors: ["queue-not-found", "lease-unknown", ...mutationErrors],
});
