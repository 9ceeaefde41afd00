/** How the gateway of a test brings dead letters back. */
import {
  ApiError,
  formatTime,
  type Held,
  parseTime,
  redrive,
  redriveRateDefault,
} from "@quorate/contract";
import { utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  groupIdHash,
  parseMessageId,
  parseTaskId,
  type RedriveFilter,
  taskIdText,
  type TaskView,
} from "@quorate/queue";
import { jsonAnswer } from "./test-answer.ts";
import { bodyShape, checked, type TestCall } from "./test-call.ts";
import type { TestMachine } from "./test-machine.ts";

type RedriveBody = Held<NonNullable<typeof redrive.body>>;

/** `POST …/redrive`. */
export function redriveSome(machine: TestMachine, call: TestCall): Response {
  const body = checked(bodyShape(redrive), call.body);
  const { rate = redriveRateDefault, target = null, dryRun = false } = body;
  const queue = call.params["queue"] ?? "";
  const filter = filterOf(body);
  if (dryRun) {
    const matched = countDead(machine, queue, filter);
    return jsonAnswer(call, 200, { taskId: null, matched, coord: machine.coord() });
  }
  const { task } = machine.execute({ type: "redrive", queue, filter, rate, target }, "task");
  const { number, matched } = task;
  return jsonAnswer(call, 202, { taskId: taskIdText(number), matched, coord: machine.coord() });
}

/** `GET /v1/tasks/{id}`. */
export function showTask(machine: TestMachine, call: TestCall): Response {
  return taskAnswer(machine, call, taskOf(machine, call));
}

/** `DELETE /v1/tasks/{id}`. */
export function cancelTask(machine: TestMachine, call: TestCall): Response {
  const { number } = taskOf(machine, call);
  return taskAnswer(machine, call, machine.execute({ type: "cancel-task", number }, "task").task);
}

function countDead(machine: TestMachine, queue: string, filter: RedriveFilter): number {
  let matched = 0;
  let from = 0;
  for (;;) {
    const { count } = machine.ask({ type: "count-dead", queue, filter, from }, "dead-count");
    if (count === null) throw new ApiError("queue-not-found");
    matched += count.matched;
    if (count.next === null) return matched;
    from = count.next;
  }
}

function filterOf({ filter }: RedriveBody): RedriveFilter {
  const { ids, reason, groupId, errorType, from, to } = filter;
  return {
    ids: ids === undefined ? null : ids.map((id) => parseMessageId(id) ?? { op: 0, index: 0 }),
    reason: reason ?? null,
    groupHash: groupId === undefined ? null : groupIdHash(sha256, utf8Encode(groupId)),
    errorType: errorType ?? null,
    fromMs: from === undefined ? null : parseTime(from),
    toMs: to === undefined ? null : parseTime(to),
  };
}

function taskOf(machine: TestMachine, { params }: TestCall): TaskView {
  const number = parseTaskId(params["taskId"] ?? "") ?? 0;
  const { task } = machine.ask({ type: "get-task", number }, "task");
  if (task === null) throw new ApiError("task-not-found");
  return task;
}

function taskAnswer(machine: TestMachine, call: TestCall, task: TaskView): Response {
  const { number, queue, state, matched, moved, startedAtMs, endedAtMs } = task;
  return jsonAnswer(call, 200, {
    taskId: taskIdText(number),
    queue,
    kind: "redrive",
    state,
    matched,
    moved,
    startedAt: formatTime(startedAtMs),
    endedAt: endedAtMs === null ? null : formatTime(endedAtMs),
    coord: machine.coord(),
  });
}
