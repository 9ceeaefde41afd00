import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { redriveIdsMax } from "./limits.ts";
import { readQueueName } from "./queue-name.ts";
import { readRedriveFilter, type RedriveFilter, writeRedriveFilter } from "./redrive-filter.ts";
import { optional, readChoice, readOptional } from "./wire.ts";

/** What a task is. */
export type TaskState = (typeof taskStates)[number];

const taskStates = ["running", "done", "cancelled"] as const;

/** A redrive that pulses carry on. Times are microseconds. */
export interface RedriveTask {
  /** From 1, in the order of their beginnings. */
  readonly number: number;
  readonly queue: string;
  readonly incarnation: number;
  readonly filter: RedriveFilter;
  /** The queue to which messages go; null is the same. */
  readonly target: { readonly queue: string; readonly incarnation: number } | null;
  /** Messages a second. */
  readonly rate: number;
  readonly startedAt: number;
  /** Null while it runs. */
  endedAt: number | null;
  state: TaskState;
  /** Messages that are meant, as far as they were counted. */
  matched: number;
  moved: number;
  /** Numbers of death: up to which matches were counted, to look at next, and to stop before. */
  countedTo: number;
  next: number;
  readonly end: number;
  /** Of a filter by ids the numbers of their deaths, ascending, that are still to be moved. */
  deaths: readonly number[] | null;
  /** Until when the time was used for messages at the rate. */
  pacedTo: number;
}

/** Writes the task; its one spelling. */
export function writeTask(writer: ByteWriter, task: RedriveTask): void {
  writer.u64(task.number).string(task.queue).u32(task.incarnation);
  writeRedriveFilter(writer, task.filter);
  optional(writer, task.target, ({ queue, incarnation }) => writer.string(queue).u32(incarnation));
  writer.u32(task.rate).u64(task.startedAt);
  optional(writer, task.endedAt, (endedAt) => writer.u64(endedAt));
  writer.u8(taskStates.indexOf(task.state)).u64(task.matched).u64(task.moved);
  writer.u64(task.countedTo).u64(task.next).u64(task.end);
  optional(writer, task.deaths, (deaths) => {
    writer.u32(deaths.length);
    for (const death of deaths) writer.u64(death);
  });
  writer.u64(task.pacedTo);
}

/** Reads what writeTask wrote. Throws DecodeError. */
export function readTask(reader: ByteReader): RedriveTask {
  return {
    number: reader.u64(),
    queue: readQueueName(reader),
    incarnation: reader.u32(),
    filter: readRedriveFilter(reader),
    target: readOptional(reader, () => ({
      queue: readQueueName(reader),
      incarnation: reader.u32(),
    })),
    rate: reader.u32(),
    startedAt: reader.u64(),
    endedAt: readOptional(reader, () => reader.u64()),
    state: readChoice(reader, taskStates),
    matched: reader.u64(),
    moved: reader.u64(),
    countedTo: reader.u64(),
    next: reader.u64(),
    end: reader.u64(),
    deaths: readOptional(reader, () => readDeaths(reader)),
    pacedTo: reader.u64(),
  };
}

function readDeaths(reader: ByteReader): readonly number[] {
  const count = reader.count(redriveIdsMax);
  const deaths: number[] = [];
  for (let index = 0; index < count; index++) deaths.push(reader.u64());
  return deaths;
}

/** A task as reads show it. Times are in milliseconds since 1970. */
export interface TaskView {
  readonly number: number;
  readonly queue: string;
  readonly state: TaskState;
  /** Dead letters that are meant, as far as they were counted. */
  readonly matched: number;
  /** Whether `matched` may still grow, because not all were counted. */
  readonly counting: boolean;
  readonly moved: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** Whether the task runs and has not counted all dead letters that it may move. */
export function isCounting({ state, countedTo, end }: RedriveTask): boolean {
  return state === "running" && countedTo < end;
}

/** The task as reads show it. */
export function viewTask(task: RedriveTask): TaskView {
  const { number, queue, state, matched, moved, startedAt, endedAt } = task;
  return {
    number,
    queue,
    state,
    matched,
    counting: isCounting(task),
    moved,
    startedAtMs: Math.floor(startedAt / 1_000),
    endedAtMs: endedAt === null ? null : Math.floor(endedAt / 1_000),
  };
}

/** Writes the view; its one spelling. */
export function writeTaskView(writer: ByteWriter, view: TaskView): void {
  writer.u64(view.number).string(view.queue).u8(taskStates.indexOf(view.state));
  writer.u64(view.matched).bool(view.counting).u64(view.moved).u64(view.startedAtMs);
  optional(writer, view.endedAtMs, (endedAtMs) => writer.u64(endedAtMs));
}

/** Reads what writeTaskView wrote. Throws DecodeError. */
export function readTaskView(reader: ByteReader): TaskView {
  return {
    number: reader.u64(),
    queue: readQueueName(reader),
    state: readChoice(reader, taskStates),
    matched: reader.u64(),
    counting: reader.bool(),
    moved: reader.u64(),
    startedAtMs: reader.u64(),
    endedAtMs: readOptional(reader, () => reader.u64()),
  };
}
