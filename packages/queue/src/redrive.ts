import { countMeant, type DeathSpan, isMeant, nextDeath, spanOf } from "./dead-filter.ts";
import {
  deadLettersExaminedMax,
  redriveRetryMicros,
  redriveStepsPerSecond,
  tasksMax,
  tasksRunningMax,
} from "./limits.ts";
import { revive } from "./message-death.ts";
import { fitsInto, moveInto } from "./move-message.ts";
import type { CancelTask, Redrive } from "./operation.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { RedriveFilter } from "./redrive-filter.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";
import { isCounting, type RedriveTask, viewTask } from "./task.ts";

const secondMicros = 1_000_000;

/** `redrive`: begins a task that brings dead letters back; pulses carry it on. */
export function redrive(state: QueueState, operation: Redrive): Uint8Array {
  const queue = state.queue(operation.queue);
  const target = operation.target === null ? queue : state.queue(operation.target);
  if (queue === undefined || target === undefined) return refuse({ code: "queue-not-found" });
  if (state.tasks.count >= tasksMax) {
    return refuse({ code: "rate-limited", limit: "tasksMax", max: tasksMax });
  }
  if (state.tasks.running.size >= tasksRunningMax) {
    return refuse({ code: "rate-limited", limit: "tasksRunningMax", max: tasksRunningMax });
  }
  const filter = ownFilter(operation.filter);
  const span = spanOf(state, queue, operation.filter);
  const { matched, next } = countMeant(state, queue, filter, {
    span,
    from: span.first,
    max: deadLettersExaminedMax,
  });
  const task = state.tasks.begin({
    queue: queue.name,
    incarnation: queue.incarnation,
    filter,
    target: target === queue ? null : { queue: target.name, incarnation: target.incarnation },
    rate: operation.rate,
    startedAt: state.now,
    endedAt: null,
    state: "running",
    matched,
    moved: 0,
    countedTo: next ?? span.end,
    next: span.first,
    end: span.end,
    deaths: span.only,
    pacedTo: state.now,
  });
  if (matched === 0 && next === null) state.tasks.end(task, "done", state.now);
  return encodeOutcome({ type: "task", task: viewTask(task) });
}

/** Ends a task before it is done: what is moved stays. One that has ended stays as it ended. */
export function cancelTask(state: QueueState, operation: CancelTask): Uint8Array {
  const task = state.tasks.find(operation.number);
  if (task === undefined) return refuse({ code: "task-not-found" });
  if (task.state === "running") state.tasks.end(task, "cancelled", state.now);
  return encodeOutcome({ type: "task", task: viewTask(task) });
}

/**
 * Carries the tasks on that run, each in its turn: looks at `max` dead letters at most, to move them
 * or, with what that leaves of a task's share, to count those that are not counted yet.
 */
export function carryOnTasks(state: QueueState, max: number): void {
  const { running } = state.tasks;
  if (running.size === 0) return;
  const share = Math.ceil(max / running.size);
  let left = max;
  for (const task of running) {
    if (left === 0) return;
    const most = Math.min(share, left);
    const looked = carryOn(state, task, most);
    left -= looked + countOn(state, task, most - looked);
  }
}

/** Whether a pulse at this time would carry a task on. */
export function isTaskDue(state: QueueState, now: number): boolean {
  for (const task of state.tasks.running) {
    if (isCounting(task)) return true;
    const step = Math.max(1, Math.floor(task.rate / redriveStepsPerSecond));
    if (allowanceOf(task, now) >= step) return true;
  }
  return false;
}

// Returns how many dead letters were looked at.
function carryOn(state: QueueState, task: RedriveTask, max: number): number {
  const queue = state.queueIn(task.queue, task.incarnation);
  const target =
    task.target === null ? queue : state.queueIn(task.target.queue, task.target.incarnation);
  if (queue === undefined || target === undefined) {
    state.tasks.end(task, "cancelled", state.now);
    return 0;
  }
  const span = spanLeftOf(task);
  const allowance = allowanceOf(task, state.now);
  let looked = 0;
  let moved = 0;
  for (; looked < max; looked++) {
    const death = nextDeath(queue, span, task.next);
    if (death < 0) {
      finish(state, task, moved);
      return looked;
    }
    if (moved === allowance) break;
    const message = queue.deaths.get(death);
    const isWanted = isMeant(state, message, task.filter);
    if (isWanted && target !== queue && !fitsInto(state, target, message)) {
      // The target has no room: it is asked again a little later, and its time is not saved up.
      note(task, moved);
      task.pacedTo = state.now + redriveRetryMicros;
      return looked + 1;
    }
    task.next = death + 1;
    if (!isWanted) continue;
    if (death >= task.countedTo) task.matched += 1;
    if (target === queue) revive(state, queue, message);
    else moveInto(state, { from: queue, to: target }, message);
    moved += 1;
  }
  pace(state, task, moved);
  return looked;
}

// Returns how many dead letters were looked at, at most.
function countOn(state: QueueState, task: RedriveTask, max: number): number {
  const queue = state.queueIn(task.queue, task.incarnation);
  if (queue === undefined || max === 0 || !isCounting(task)) return 0;
  const from = Math.max(task.next, task.countedTo);
  const { matched, next } = countMeant(state, queue, task.filter, {
    span: spanLeftOf(task),
    from,
    max,
  });
  task.matched += matched;
  task.countedTo = next ?? task.end;
  return max;
}

function spanLeftOf({ next, end, deaths, filter }: RedriveTask): DeathSpan {
  return { first: next, end, only: deaths, reason: filter.reason };
}

function finish(state: QueueState, task: RedriveTask, moved: number): void {
  note(task, moved);
  state.tasks.end(task, "done", state.now);
}

// A letter that was leased when the task began, and came back in time, is moved with the others.
function note(task: RedriveTask, moved: number): void {
  task.moved += moved;
  task.matched = Math.max(task.matched, task.moved);
}

// What was not used of the time stays for the next pulse, also what is too short for one message.
function pace(state: QueueState, task: RedriveTask, moved: number): void {
  note(task, moved);
  const since = Math.max(task.pacedTo, state.now - secondMicros);
  task.pacedTo = since + Math.floor((moved * secondMicros) / task.rate);
}

// How many messages the rate allows by now: of an outage those of one second.
function allowanceOf(task: RedriveTask, now: number): number {
  const passed = Math.min(Math.max(0, now - task.pacedTo), secondMicros);
  return Math.floor((passed * task.rate) / secondMicros);
}

// What of the filter still has to be asked, in bytes of its own.
function ownFilter(filter: RedriveFilter): RedriveFilter {
  return { ...filter, ids: null, groupHash: filter.groupHash?.slice() ?? null };
}

function refuse(refusal: Refusal): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index: null });
}
