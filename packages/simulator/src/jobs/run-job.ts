import { Prng } from "@quorate/prelude";
import { planned } from "../run/plan.ts";
import { runSeed } from "../run/run-seed.ts";
import { drawSwarm } from "../run/swarm.ts";
import type { SeedJob, SeedReport } from "./seed-job.ts";

/** Runs one job in this process. `print` takes the lines of its trace, where somebody reads them. */
export async function runJob(
  job: SeedJob,
  print: ((line: string) => void) | null,
): Promise<SeedReport> {
  const before = process.cpuUsage();
  const { seed, plan } = job;
  const swarm = planned(drawSwarm(new Prng(seed).fork()), plan);
  const result = await runSeed(seed, { print, swarm });
  const { user, system } = process.cpuUsage(before);
  return { job, result, cpuMicros: user + system };
}
