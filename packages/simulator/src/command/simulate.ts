/** Runs many seeds and says what they found. */
import type { SimulateOptions } from "./command-line.ts";
import { runJob } from "../jobs/run-job.ts";
import type { SeedJob, SeedReport } from "../jobs/seed-job.ts";
import { lostProcess, type PoolOptions, runJobs } from "../jobs/worker-pool.ts";
import type { Plan } from "../run/plan.ts";
import { readRegressions } from "../run/regressions.ts";
import type { RunResult } from "../run/run-seed.ts";
import { shrinkFailure, shrunkLines } from "../shrink/shrink-failure.ts";
import { Tally } from "./tally.ts";

/** Whoever waits hears from us this often, in milliseconds. */
const progressMs = 10_000;

/** Where lines go: results to `say`; failures and progress to `complain`. */
export interface Output {
  say(line: string): void;
  complain(line: string): void;
}

/** Replaces how the worker processes are run. */
type PoolChanges = Pick<Partial<PoolOptions>, "program" | "millisMax">;

/** Runs the seeds and returns the exit code. `pool` replaces how the worker processes are run. */
export async function simulate(
  options: SimulateOptions,
  output: Output,
  pool: PoolChanges = {},
): Promise<number> {
  const tally = new Tally();
  const onReport = (report: SeedReport): void => {
    tally.add(report);
    const { seed, verdict, checker, message } = report.result;
    if (verdict !== "passed") output.complain(`seed ${seed}: ${verdict} (${checker}): ${message}`);
  };
  if (options.isTraced) {
    const { seed, plan } = options;
    onReport(await runJob({ seed, plan }, (line) => output.say(line)));
  } else {
    const seeds = seedsOf(options);
    const progress = setInterval(() => output.complain(tally.progressOf(seeds.size)), progressMs);
    await runJobs(jobsOf(seeds, options.plan), { ...pool, processes: options.jobs, onReport });
    clearInterval(progress);
    await shrink(tally.firstFailure, options, output, pool);
  }
  for (const line of tally.summary()) output.say(line);
  return tally.exitCode;
}

/** A run whose process died would take this one's time, and perhaps its process, again and again. */
async function shrink(
  failure: RunResult | null,
  { plan }: SimulateOptions,
  output: Output,
  pool: PoolChanges,
): Promise<void> {
  if (failure === null || failure.checker === lostProcess) return;
  const smallest = await shrinkFailure(failure, plan, pool);
  for (const line of shrunkLines(failure, smallest)) output.complain(line);
}

/** The seeds that are run, in order, each once: those that failed once come first. */
export function seedsOf({ seed, count, hasRegressions }: SimulateOptions): ReadonlySet<number> {
  const seeds = new Set(hasRegressions ? readRegressions().map((each) => each.seed) : []);
  for (let next = seed; next < seed + count; next++) seeds.add(next);
  return seeds;
}

function* jobsOf(seeds: ReadonlySet<number>, plan: Plan): Generator<SeedJob> {
  for (const seed of seeds) yield { seed, plan };
}
