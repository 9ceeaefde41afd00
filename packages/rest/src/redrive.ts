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
import { administer } from "./administer.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import { authorize } from "./authorize.ts";
import type { Call, Serve } from "./call.ts";
import { ask, type Consistency, type Conversation, type Coord } from "./conversation.ts";
import type { Host } from "./host.ts";

type RedriveCall = Call<Held<typeof redrive.body & object>>;

/** `POST …/redrive`, `GET` and `DELETE /v1/tasks/{id}`. */
export function serveRedrive(serve: Serve, host: Host): void {
  serve(redrive, (call) => redriveSome(host, call));
  serve(getTask, (call) => get(call));
  serve(cancelTask, (call) => cancel(host, call));
}

function* redriveSome(host: Host, call: RedriveCall): Conversation<Answer> {
  const { queue, body, principal } = call;
  const { rate = redriveRateDefault, target = null } = body;
  if (target !== null) authorize(principal, "redrive", target);
  const filter = filterOf(host, body.filter);
  if (body.dryRun === true) {
    if (target !== null) yield* refuseMissing(target);
    return yield* count(queue, filter);
  }
  const { outcome, coord, headers } = yield* administer(
    host,
    call,
    { type: "redrive", queue, filter, rate, target },
    // A second one would also take what has died in the meantime.
    { expects: "task", isRepeatable: false },
  );
  const { number, matched, counting } = outcome.task;
  return jsonAnswer(202, { taskId: taskIdText(number), matched, counting, coord }, headers);
}

function* refuseMissing(queue: string): Conversation<void> {
  const { answer } = yield* ask({ type: "get-queue", queue }, { expects: "queue" });
  if (answer.view === null) throw new ApiError("queue-not-found");
}

function filterOf(
  { sha256, text }: Host,
  { ids, reason, groupId, errorType, from, to }: RedriveCall["body"]["filter"],
): RedriveFilter {
  return {
    // What was never given out is no letter's id.
    ids: ids === undefined ? null : ids.map((id) => parseMessageId(id) ?? { op: 0, index: 0 }),
    reason: reason ?? null,
    groupHash: groupId === undefined ? null : groupIdHash(sha256, text.encode(groupId)),
    errorType: errorType ?? null,
    fromMs: from === undefined ? null : parseTime(from),
    toMs: to === undefined ? null : parseTime(to),
  };
}

/** Counts part by part; the coordinate is the last part's. */
function* count(queue: string, filter: RedriveFilter): Conversation<Answer> {
  let matched = 0;
  let from = 0;
  for (;;) {
    const question = { type: "count-dead", queue, filter, from } as const;
    const { answer, coord } = yield* ask(question, { expects: "dead-count" });
    if (answer.count === null) throw new ApiError("queue-not-found");
    matched += answer.count.matched;
    if (answer.count.next === null) {
      return jsonAnswer(200, { taskId: null, matched, counting: false, coord });
    }
    from = answer.count.next;
  }
}

function* get(call: Call<never, Held<typeof getTask.query>>): Conversation<Answer> {
  const { task, coord } = yield* find(call, "read", call.query.consistency);
  return taskAnswer(task, coord);
}

function* cancel(host: Host, call: Call<never>): Conversation<Answer> {
  const { task } = yield* find(call, "redrive");
  const { outcome, coord, headers } = yield* administer(
    host,
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
function* find(
  { params, principal }: Call<never>,
  action: "read" | "redrive",
  consistency?: Consistency,
): Conversation<{ readonly task: TaskView; readonly coord: Coord }> {
  const number = parseTaskId(params["taskId"] ?? "");
  const question = { type: "get-task", number: number ?? 0 } as const;
  const { answer, coord } = yield* ask(question, { expects: "task", consistency });
  const { task } = answer;
  const mayKnow = (of: string) =>
    mayAct(principal.scopes, "read", of) || mayAct(principal.scopes, "redrive", of);
  if (task === null || !mayKnow(task.queue)) throw new ApiError("task-not-found");
  authorize(principal, action, task.queue);
  return { task, coord };
}

function taskAnswer(
  { number, queue, state, matched, counting, moved, startedAtMs, endedAtMs }: TaskView,
  coord: Coord,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = {
    taskId: taskIdText(number),
    queue,
    kind: "redrive",
    state,
    matched,
    counting,
    moved,
    startedAt: formatTime(startedAtMs),
    endedAt: endedAtMs === null ? null : formatTime(endedAtMs),
    coord,
  };
  return jsonAnswer(200, body, headers);
}
