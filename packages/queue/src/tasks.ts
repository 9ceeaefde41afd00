import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import { taskKeptMs, tasksMax } from "./limits.ts";
import { readTask, type RedriveTask, type TaskState, writeTask } from "./task.ts";

/** The tasks of the last 24 h, by number. Few and short: they lie beside the pages, not in them. */
export class Tasks {
  private readonly byNumber = new Map<number, RedriveTask>();
  /** Those that run, in the order of their beginnings: pulses carry them on. */
  private readonly runningOnes = new Set<RedriveTask>();
  /** Those that have ended, in the order of their ends. */
  private readonly ended = new Set<RedriveTask>();
  private nextNumber = 1;

  get count(): number {
    return this.byNumber.size;
  }

  find(number: number): RedriveTask | undefined {
    return this.byNumber.get(number);
  }

  /** Those that run, the oldest first. */
  get running(): ReadonlySet<RedriveTask> {
    return this.runningOnes;
  }

  /** Begins a task. */
  begin(task: Omit<RedriveTask, "number">): RedriveTask {
    const begun: RedriveTask = { ...task, number: this.nextNumber };
    this.nextNumber += 1;
    this.byNumber.set(begun.number, begun);
    this.runningOnes.add(begun);
    return begun;
  }

  /** Ends a task that runs. */
  end(task: RedriveTask, state: Exclude<TaskState, "running">, now: number): void {
    task.state = state;
    task.endedAt = now;
    task.deaths = null;
    this.runningOnes.delete(task);
    this.ended.add(task);
  }

  /** Whether a task ended so long ago that it is to be forgotten. */
  isDue(now: number): boolean {
    const [oldest] = this.ended;
    return oldest !== undefined && isOver(oldest, now);
  }

  /** Forgets what has ended 24 h ago. */
  expire(now: number): void {
    for (const task of this.ended) {
      if (!isOver(task, now)) break;
      this.ended.delete(task);
      this.byNumber.delete(task.number);
    }
  }

  /** Writes all; their one spelling. */
  write(writer: ByteWriter): void {
    writer.u64(this.nextNumber).u32(this.byNumber.size);
    for (const task of this.byNumber.values()) writeTask(writer, task);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader): void {
    this.nextNumber = reader.u64();
    const count = reader.count(tasksMax);
    for (let index = 0; index < count; index++) {
      const task = readTask(reader);
      if (this.byNumber.has(task.number)) throw new DecodeError("a task twice");
      this.byNumber.set(task.number, task);
      if (task.state === "running") this.runningOnes.add(task);
    }
    const ended = [...this.byNumber.values()].filter(({ endedAt }) => endedAt !== null);
    for (const task of ended.toSorted(byEnd)) this.ended.add(task);
  }
}

function isOver({ endedAt }: RedriveTask, now: number): boolean {
  return endedAt !== null && endedAt + taskKeptMs * 1_000 <= now;
}

// Of two that ended in the same op the older one first, whatever came first: no one can tell.
function byEnd(left: RedriveTask, right: RedriveTask): number {
  return (left.endedAt ?? 0) - (right.endedAt ?? 0) || left.number - right.number;
}
