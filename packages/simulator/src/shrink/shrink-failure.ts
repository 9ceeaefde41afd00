/** Shrinks a failing seed in worker processes, and says how to see what is left of it. */
import { Prng } from "@quorate/prelude";
import type { SeedJob } from "../jobs/seed-job.ts";
import { type PoolOptions, runJobs } from "../jobs/worker-pool.ts";
import { argumentsOf, type Plan } from "../run/plan.ts";
import type { RunResult } from "../run/run-seed.ts";
import { shrinking, type Smallest } from "./shrink.ts";
import { drawSwarm } from "../run/swarm.ts";

/** Real time that shrinking one failure may take, in milliseconds. */
const shrinkMillisMax = 60_000;

/** Runs ever smaller plans of the seed. `pool` replaces how the worker process is run. */
export async function shrinkFailure(
  failure: RunResult,
  plan: Plan,
  pool: Partial<PoolOptions>,
): Promise<Smallest> {
  const { seed } = failure;
  const deadlineMs = performance.now() + shrinkMillisMax;
  const isSpent = (): boolean => performance.now() > deadlineMs;
  const search = shrinking(failure, drawSwarm(new Prng(seed).fork()), plan, isSpent);
  let smallest: Smallest = { plan, result: failure, runs: 0 };
  let result = failure;
  // One process: the next plan follows from what the last one came to.
  function* jobs(): Generator<SeedJob> {
    for (let next = search.next(result); ; next = search.next(result)) {
      if (next.done === true) {
        smallest = next.value;
        return;
      }
      yield { seed, plan: next.value };
    }
  }
  const onReport: PoolOptions["onReport"] = (report) => {
    result = report.result;
  };
  await runJobs(jobs(), { millisMax: shrinkMillisMax, ...pool, processes: 1, onReport });
  return smallest;
}

/** What a person reads of it. */
export function shrunkLines(before: RunResult, { plan, result, runs }: Smallest): string[] {
  const faults = `${before.happened.length} faults shrunk to ${result.happened.length}`;
  const options = argumentsOf(plan);
  return [
    `seed ${before.seed}: ${faults} in ${runs} runs: ${result.verdict} (${result.checker}): ${result.message}`,
    `again: npm run simulate -- --seed ${before.seed}${options === "" ? "" : ` ${options}`} --trace`,
  ];
}
