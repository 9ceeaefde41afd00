/** What is asked of a worker process, and what it answers. */
import type { Plan } from "../run/plan.ts";
import type { RunResult } from "../run/run-seed.ts";

/** One run, as data: it travels to another process. */
export interface SeedJob {
  readonly seed: number;
  /** What is kept of what the seed would draw. */
  readonly plan: Plan;
}

/** A finished run and what it cost. */
export interface SeedReport {
  readonly job: SeedJob;
  readonly result: RunResult;
  /** Time of all cores that the run took, in microseconds. */
  readonly cpuMicros: number;
}

/** Whether a message from the parent process is a job: nobody else sends any. */
export function isSeedJob(message: unknown): message is SeedJob {
  return typeof message === "object" && message !== null && "seed" in message;
}

/** Whether a message from a worker is a report: a worker sends nothing else. */
export function isSeedReport(message: unknown): message is SeedReport {
  return typeof message === "object" && message !== null && "result" in message;
}
