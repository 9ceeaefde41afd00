import { runSeed } from "../run-seed.ts";
import type { SeedJob, SeedReport } from "./seed-job.ts";

/** Runs one job in this process. `print` takes the lines of its trace, where somebody reads them. */
export async function runJob(
  job: SeedJob,
  print: ((line: string) => void) | null,
): Promise<SeedReport> {
  const before = process.cpuUsage();
  const { seed, swarm } = job;
  const result = await runSeed(seed, swarm === undefined ? { print } : { print, swarm });
  const { user, system } = process.cpuUsage(before);
  return { job, result, cpuMicros: user + system };
}
