/** `npm run bench`: our own figures, from a cluster of its own. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Cluster, startCluster } from "@quorate/test-workspace/integration/rig/cluster.ts";
import { failover, startToServing } from "./failover.ts";
import { mainJob } from "./main-job.ts";
import type { Measurement, Outcome } from "./measurement.ts";
import { type BenchOptions, parseBenchOptions, UsageError } from "./options.ts";
import { monotonicMicros, profilingEnvironment, topFunctions } from "./profile.ts";
import { loadNow, processors, tableOf, writeReport } from "./report.ts";
import { sdk } from "./sdk.ts";
import { throughput } from "./throughput.ts";

const measurements: readonly Measurement[] = [
  startToServing,
  ...throughput,
  sdk,
  failover,
  mainJob,
];
const resultsFolder = join(import.meta.dirname, "..", "results");

/** SIGKILLs, and starts, of which the median is told. */
const failoverKills = 10;

const usageExitCode = 64;

async function run(options: BenchOptions): Promise<void> {
  const { only, seconds, messages, kills, profileFolder } = options;
  const chosen = measurements.filter(({ name }) => only === null || only.includes(name));
  const loadBefore = loadNow();
  console.log(`starting a cluster of three (load average ${loadBefore.toFixed(1)}) …`);
  const cluster = await startForBench(profileFolder);
  const outcomes: Outcome[] = [];
  let fromMicros = 0;
  let toMicros = 0;
  try {
    await cluster.client("admin", 1).put("/v1/queues/bench", {});
    const effort = {
      seconds,
      kills: failoverKills,
      mainJobKills: kills,
      mainJobMessages: messages,
    };
    fromMicros = monotonicMicros();
    for (const measurement of chosen) {
      const { name, what } = measurement;
      console.log(`${name}: ${what} …`);
      outcomes.push({ name, ...(await measurement.measure(cluster, effort)) });
    }
    toMicros = monotonicMicros();
  } finally {
    await cluster.stop();
  }
  const loadAfter = loadNow();
  const whatOf = (name: string): string => chosen.find((each) => each.name === name)?.what ?? "";
  console.log(`\n${tableOf(outcomes, whatOf)}`);
  console.log(`\nload average ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`);
  const at = new Date().toISOString();
  const report = { at, node: process.version, cpus: processors(), loadBefore, loadAfter, seconds };
  console.log(writeReport(resultsFolder, { ...report, outcomes }));
  if (profileFolder !== null) {
    const span = { fromMicros, toMicros };
    for (const { id } of cluster.processes) {
      console.log(topFunctions(resolve(profileFolder, id), span));
    }
  }
}

function startForBench(profileFolder: string | null): Promise<Cluster> {
  if (profileFolder === null) return startCluster();
  const folder = resolve(profileFolder);
  mkdirSync(folder, { recursive: true });
  return startCluster({ environment: (id) => profilingEnvironment(folder, id) });
}

try {
  const names = measurements.map(({ name }) => name);
  await run(parseBenchOptions(process.argv.slice(2), names));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = usageExitCode;
}
