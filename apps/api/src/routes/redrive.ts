/** Bringing dead letters back, and the tasks that do it. */
import {
  ApiError,
  cancelTask,
  formatTime,
  getTask,
  type Held,
  mayAct,
  parseTime,
  redrive,
  redriveRateDefault,
} from "@quorate/contract";
import {
  groupIdHash,
  parseMessageId,
  parseTaskId,
  type RedriveFilter,
  taskIdText,
  type TaskView,
} from "@quorate/queue";
import type { Coord } from "@quorate/session";
import { administer } from "../administer.ts";
import { type Answer, jsonAnswer } from "../answer.ts";
import { authorize } from "../authorize.ts";
import type { Call } from "../call.ts";
import { ask } from "../cluster-call.ts";
import { clusterMsMax } from "../limits.ts";
import { mount, type Mounting } from "../mount.ts";
import type { Gateway } from "./gateway.ts";

type RedriveCall = Call<Held<typeof redrive.body & object>>;

/** Serves `POST …/redrive`, `GET` and `DELETE /v1/tasks/{id}`. */
export function mountRedrive(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, redrive, (call) => redriveSome(gateway, call));
  mount(mounting, getTask, (call) => get(gateway, call));
  mount(mounting, cancelTask, (call) => cancel(gateway, call));
}

async function redriveSome(gateway: Gateway, call: RedriveCall): Promise<Answer> {
  const { queue, body, principal } = call;
  const { rate = redriveRateDefault, target = null } = body;
  if (target !== null) authorize(principal, "redrive", target);
  const filter = filterOf(gateway, body.filter);
  if (body.dryRun === true) {
    if (target !== null) await refuseMissing(gateway, target);
    return count(gateway, queue, filter);
  }
  const { outcome, coord, headers } = await administer(
    gateway,
    call,
    { type: "redrive", queue, filter, rate, target },
    // A second one would also take what has died in the meantime.
    { expects: "task", isRepeatable: false },
  );
  const { number, matched } = outcome.task;
  return jsonAnswer(202, { taskId: taskIdText(number), matched, coord }, headers);
}

async function refuseMissing({ client }: Gateway, queue: string): Promise<void> {
  const { answer } = await ask(client, { type: "get-queue", queue }, { expects: "queue" });
  if (answer.view === null) throw new ApiError("queue-not-found");
}

function filterOf(
  { sha256 }: Gateway,
  { ids, reason, groupId, errorType, from, to }: RedriveCall["body"]["filter"],
): RedriveFilter {
  return {
    // What was never given out is no letter's id.
    ids: ids === undefined ? null : ids.map((id) => parseMessageId(id) ?? { op: 0, index: 0 }),
    reason: reason ?? null,
    groupHash: groupId === undefined ? null : groupIdHash(sha256, Buffer.from(groupId)),
    errorType: errorType ?? null,
    fromMs: from === undefined ? null : parseTime(from),
    toMs: to === undefined ? null : parseTime(to),
  };
}

/** Counts part by part, as long as a call may take; the coordinate is the last part's. */
async function count(
  { client, nowMs }: Gateway,
  queue: string,
  filter: RedriveFilter,
): Promise<Answer> {
  const endMs = nowMs() + clusterMsMax;
  let matched = 0;
  let from = 0;
  for (;;) {
    const question = { type: "count-dead", queue, filter, from } as const;
    const { answer, coord } = await ask(client, question, { expects: "dead-count" });
    if (answer.count === null) throw new ApiError("queue-not-found");
    matched += answer.count.matched;
    if (answer.count.next === null) return jsonAnswer(200, { taskId: null, matched, coord });
    from = answer.count.next;
    if (nowMs() >= endMs) throw new ApiError("overloaded", { retryAfterMs: 1000 });
  }
}

async function get(
  gateway: Gateway,
  call: Call<never, Held<typeof getTask.query>>,
): Promise<Answer> {
  const { task, coord } = await find(gateway, call, "read", call.query.consistency);
  return taskAnswer(task, coord);
}

async function cancel(gateway: Gateway, call: Call<never>): Promise<Answer> {
  const { task } = await find(gateway, call, "redrive");
  const { outcome, coord, headers } = await administer(
    gateway,
    call,
    { type: "cancel-task", number: task.number },
    { expects: "task", isRepeatable: true },
  );
  return taskAnswer(outcome.task, coord, headers);
}

/**
 * The task of the path. To who may neither read nor redrive its queue there is no such task, so
 * that nobody learns which there are.
 */
async function find(
  { client }: Gateway,
  { params, principal }: Call<never>,
  action: "read" | "redrive",
  consistency: "linearizable" | "stale" = "linearizable",
): Promise<{ readonly task: TaskView; readonly coord: Coord }> {
  const number = parseTaskId(params["taskId"] ?? "");
  const question = { type: "get-task", number: number ?? 0 } as const;
  const { answer, coord } = await ask(client, question, { expects: "task", consistency });
  const { task } = answer;
  const mayKnow = (of: string) =>
    mayAct(principal.scopes, "read", of) || mayAct(principal.scopes, "redrive", of);
  if (task === null || !mayKnow(task.queue)) throw new ApiError("task-not-found");
  authorize(principal, action, task.queue);
  return { task, coord };
}

function taskAnswer(
  { number, queue, state, matched, moved, startedAtMs, endedAtMs }: TaskView,
  coord: Coord,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = {
    taskId: taskIdText(number),
    queue,
    kind: "redrive",
    state,
    matched,
    moved,
    startedAt: formatTime(startedAtMs),
    endedAt: endedAtMs === null ? null : formatTime(endedAtMs),
    coord,
  };
  return jsonAnswer(200, body, headers);
}
