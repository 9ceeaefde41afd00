/** Runs many seeds and says what they found. */
import type { SimulateOptions } from "./command-line.ts";
import { runJob } from "./jobs/run-job.ts";
import type { SeedJob, SeedReport } from "./jobs/seed-job.ts";
import { type PoolOptions, runJobs } from "./jobs/worker-pool.ts";
import { Tally } from "./tally.ts";

/** Whoever waits hears from us this often, in milliseconds. */
const progressMs = 10_000;

/** Where lines go: results to `say`; failures and progress to `complain`. */
export interface Output {
  say(line: string): void;
  complain(line: string): void;
}

/** Runs the seeds and returns the exit code. `pool` replaces how the worker processes are run. */
export async function simulate(
  options: SimulateOptions,
  output: Output,
  pool: Omit<PoolOptions, "processes" | "onReport"> = {},
): Promise<number> {
  const tally = new Tally();
  const onReport = (report: SeedReport): void => {
    tally.add(report);
    const { seed, verdict, checker, message } = report.result;
    if (verdict !== "passed") output.complain(`seed ${seed}: ${verdict} (${checker}): ${message}`);
  };
  if (options.isTraced) onReport(await runJob({ seed: options.seed }, (line) => output.say(line)));
  else {
    const progress = setInterval(
      () => output.complain(tally.progressOf(options.count)),
      progressMs,
    );
    await runJobs(jobsOf(options), { ...pool, processes: options.jobs, onReport });
    clearInterval(progress);
  }
  for (const line of tally.summary()) output.say(line);
  return tally.exitCode;
}

function* jobsOf({ seed, count }: SimulateOptions): Generator<SeedJob> {
  for (let next = seed; next < seed + count; next++) yield { seed: next };
}
