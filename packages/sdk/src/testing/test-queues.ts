/** How the gateway of a test makes, configures and reads queues. */
import {
  ApiError,
  deleteQueue,
  formatTime,
  getQueue,
  listQueues,
  pageEntriesDefault,
  pauseQueue,
  purge,
  putQueue,
} from "@quorate/contract";
import type { PutPrecondition, QueueView } from "@quorate/queue";
import { emptyAnswer, jsonAnswer } from "./test-answer.ts";
import { bodyShape, checked, type TestCall } from "./test-call.ts";
import type { TestMachine } from "./test-machine.ts";

/** `PUT /v1/queues/{q}`. */
export function put(machine: TestMachine, call: TestCall): Response {
  const config = checked(bodyShape(putQueue), call.body);
  const queue = call.params["queue"] ?? "";
  const precondition = preconditionOf(call);
  // Its effect is put together by gateways, and nobody tests a program by it.
  if (checked(putQueue.query, call.query).dryRun === "true") {
    throw new ApiError("request-invalid", { detail: "A test's cluster has no dryRun." });
  }
  const operation = { type: "put-queue", queue, config, precondition } as const;
  const { created, view } = machine.execute(operation, "queue-put");
  return queueAnswer(machine, call, { status: created ? 201 : 200, view });
}

/** `GET /v1/queues/{q}`. */
export function get(machine: TestMachine, call: TestCall): Response {
  checked(getQueue.query, call.query);
  const { view } = machine.ask({ type: "get-queue", queue: call.params["queue"] ?? "" }, "queue");
  if (view === null) throw new ApiError("queue-not-found");
  return queueAnswer(machine, call, { status: 200, view });
}

/** `GET /v1/queues`. The cursor is the last name of the page. */
export function list(machine: TestMachine, call: TestCall): Response {
  const { prefix = "", cursor = "", limit } = checked(listQueues.query, call.query);
  const after = cursor === "" ? "" : atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  const { views, more } = machine.ask(
    { type: "list-queues", prefix, after, limit: Number(limit ?? pageEntriesDefault) },
    "queues",
  );
  const last = views.at(-1);
  const next = last === undefined ? "" : btoa(last.name).replaceAll("+", "-").replaceAll("/", "_");
  return jsonAnswer(call, 200, {
    queues: views.map((view) => described(machine, view)),
    ...(more && last !== undefined ? { cursor: next.replaceAll("=", "") } : {}),
    coord: machine.coord(),
  });
}

function queueAnswer(
  machine: TestMachine,
  call: TestCall,
  { status, view }: { readonly status: number; readonly view: QueueView },
): Response {
  const etag = `"${view.incarnation}.${view.version}"`;
  return jsonAnswer(
    call,
    status,
    { ...described(machine, view), coord: machine.coord() },
    { etag },
  );
}

/** Rates and consumers are what a gateway has seen, and this one looks at nothing. */
function described(machine: TestMachine, { name, config, stats, paused }: QueueView) {
  const { oldestReadyAtMs, ...counts } = stats;
  const rates = { enqueued: 0, dequeued: 0, settled: 0, expired: 0, redelivered: 0 };
  const oldestReadyAgeMs = oldestReadyAtMs === null ? null : machine.nowMs() - oldestReadyAtMs;
  return {
    name,
    config,
    stats: {
      ...counts,
      oldestReadyAgeMs,
      rates: { ...rates, source: "gateway" },
      consumers: 0,
    },
    paused: pausedOf(paused),
  };
}

/** `POST …/pause` and `…/resume`. */
export function setPause(machine: TestMachine, call: TestCall, isPause: boolean): Response {
  const { what, reason = null } = checked(bodyShape(pauseQueue), call.body);
  const queue = call.params["queue"] ?? "";
  const pause = isPause ? { by: call.principal, reason } : null;
  const outcome = machine.execute({ type: "pause-queue", queue, what, pause }, "queue-paused");
  return jsonAnswer(call, 200, { paused: pausedOf(outcome.paused), coord: machine.coord() });
}

function pausedOf({ send, receive }: QueueView["paused"]) {
  return { send: pauseOf(send), receive: pauseOf(receive) };
}

function pauseOf(pause: QueueView["paused"]["send"]) {
  return pause === null ? null : { by: pause.by, at: formatTime(pause.atMs), reason: pause.reason };
}

/** `POST …/purge`. */
export function purgeStates(machine: TestMachine, call: TestCall): Response {
  const { states, confirm } = checked(bodyShape(purge), call.body);
  const queue = call.params["queue"] ?? "";
  if (confirm !== queue)
    throw new ApiError("request-invalid", { detail: "/confirm: not the name." });
  const { removed } = machine.execute({ type: "purge", queue, states }, "purged");
  return jsonAnswer(call, 200, { removed, coord: machine.coord() });
}

/** `DELETE /v1/queues/{q}`. */
export function remove(machine: TestMachine, call: TestCall): Response {
  const force = checked(deleteQueue.query, call.query).force === "true";
  const queue = call.params["queue"] ?? "";
  machine.execute({ type: "delete-queue", queue, force }, "queue-deleted");
  return emptyAnswer(call);
}

function preconditionOf({ headers }: TestCall): PutPrecondition {
  const match = headers.get("if-match");
  if (headers.get("if-none-match") !== null) return { kind: "absent" };
  if (match === null) return { kind: "none" };
  if (match === "*") return { kind: "match-any" };
  const [, incarnation, version] = /^"(\d{1,9})\.(\d{1,9})"$/.exec(match) ?? [];
  if (incarnation === undefined || version === undefined) throw new ApiError("etag-mismatch");
  return { kind: "match", incarnation: Number(incarnation), version: Number(version) };
}
