/**
 * Runs jobs in several processes and hands out what they found in the order of the jobs, so that
 * nobody can tell from the results how many processes there were.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { heapOptionsFor } from "@quorate/runtime";
import type { RunResult } from "../run/run-seed.ts";
import { untoldRun } from "../run/untold-run.ts";
import { isSeedReport, type SeedJob, type SeedReport } from "./seed-job.ts";

/** A run that takes longer than this has met an endless loop, even on a busy machine. */
export const runMillisMax = 300_000;

/** The checker of a run whose process died or had to be ended. */
export const lostProcess = "process";

export interface PoolOptions {
  /** Processes, at least 1. */
  readonly processes: number;
  /** Called once for each job, in the order of the jobs. */
  readonly onReport: (report: SeedReport) => void;
  /** The program that a worker runs. */
  readonly program?: string;
  /** Replaces `runMillisMax`. */
  readonly millisMax?: number;
}

/** A worker makes and drops buffers as a replica does. */
const workerOptions = [...process.execArgv, ...heapOptionsFor(process.versions.node)];

const workerProgram = fileURLToPath(new URL("./worker.ts", import.meta.url));

/**
 * Runs all jobs; each is taken from the source when a worker is free. A worker that dies, or that
 * is ended because its run takes too long, has found a crash, and another one takes its place.
 */
export async function runJobs(jobs: Iterable<SeedJob>, options: PoolOptions): Promise<void> {
  const source = numbered(jobs);
  const inOrder = new InOrder(options.onReport);
  const lanes = Array.from({ length: options.processes }, () => runLane(source, inOrder, options));
  await Promise.all(lanes);
}

type NumberedJob = readonly [number: number, job: SeedJob];

function* numbered(jobs: Iterable<SeedJob>): Generator<NumberedJob> {
  let number = 0;
  for (const job of jobs) yield [number++, job];
}

/** Reports that came early wait for those before them. */
class InOrder {
  private readonly onReport: (report: SeedReport) => void;
  private readonly early = new Map<number, SeedReport>();
  private next = 0;

  constructor(onReport: (report: SeedReport) => void) {
    this.onReport = onReport;
  }

  add(number: number, report: SeedReport): void {
    this.early.set(number, report);
    for (let due = this.early.get(this.next); due !== undefined; due = this.early.get(this.next)) {
      this.early.delete(this.next++);
      this.onReport(due);
    }
  }
}

/** One worker after the other, until there is no job left. */
async function runLane(
  source: Generator<NumberedJob>,
  inOrder: InOrder,
  options: PoolOptions,
): Promise<void> {
  let worker: ChildProcess | null = null;
  for (let next = source.next(); next.done !== true; next = source.next()) {
    const [number, job] = next.value;
    worker ??= fork(options.program ?? workerProgram, {
      serialization: "advanced",
      execArgv: workerOptions,
    });
    const report = await reportOf(worker, job, options.millisMax ?? runMillisMax);
    if (report.isWorkerGone) worker = null;
    inOrder.add(number, report.report);
  }
  if (worker !== null) await ended(worker);
}

interface LaneReport {
  readonly report: SeedReport;
  readonly isWorkerGone: boolean;
}

/** What the worker says of the job, or what its death says. */
function reportOf(worker: ChildProcess, job: SeedJob, millisMax: number): Promise<LaneReport> {
  return new Promise((resolve) => {
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      worker.kill("SIGKILL");
    }, millisMax);
    const finish = (report: SeedReport, isWorkerGone: boolean): void => {
      clearTimeout(limit);
      worker.off("message", onMessage).off("exit", onExit).off("error", onError);
      resolve({ report, isWorkerGone });
    };
    const onMessage = (message: unknown): void => {
      if (isSeedReport(message)) finish(message, false);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const why = isLate ? `took longer than ${millisMax} ms` : `lost its process (${how})`;
      finish(crashOf(job, `the run ${why}`), true);
    };
    const onError = (error: Error): void => finish(crashOf(job, error.message), true);
    worker.on("message", onMessage).on("exit", onExit).on("error", onError);
    worker.send(job);
  });
}

function ended(worker: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    worker.once("exit", () => resolve());
    worker.disconnect();
  });
}

function crashOf(job: SeedJob, message: string): SeedReport {
  const result: RunResult = {
    ...untoldRun,
    seed: job.seed,
    verdict: "crash",
    checker: lostProcess,
    message,
  };
  return { job, result, cpuMicros: 0 };
}
