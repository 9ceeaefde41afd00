/** Fresh seeds of the simulator, as many as the time allows. */
import { runCommand } from "@quorate/scripts/src/run-command.ts";
import { lineCounts } from "@quorate/scripts/src/test-report.ts";
import { amount, type Figure, none } from "../figures.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";

const program = "packages/simulator/src/main.ts";

/** What a full run must reach. */
const seedsMin = 2_000;
const simulatedHoursMin = 100;

/** Fresh seeds lie above those that `npm test` runs and that tests name, below 2^50. */
const seedBase = 1_000_000;

/** The first call; later ones are sized by its speed. */
const seedsAtFirst = 50;
/** One call of the program: short enough that the end is near the deadline. */
const callMs = 30_000;

/** What calls of the simulator found, together. */
interface Found {
  seeds: number;
  failed: number;
  hours: number;
}

async function simulate(effort: Effort): Promise<readonly Figure[]> {
  const { random, deadlineMs } = effort;
  const found: Found = { seeds: 0, failed: 0, hours: 0 };
  let seed = seedBase + random.next() * 1_000;
  let msPerSeed = callMs / seedsAtFirst;
  do {
    const count = seedsIn(Math.min(callMs, deadlineMs - performance.now()), msPerSeed);
    const { tookMs } = await runSeeds(seed, count, found);
    msPerSeed = tookMs / count;
    seed += count;
  } while (found.failed === 0 && performance.now() + msPerSeed < deadlineMs);
  return [
    amount("fresh simulator seeds", found.seeds, shareOf(seedsMin, effort)),
    amount("simulated hours", found.hours, simulatedHoursMin * effort.share),
    none("seeds with a violation", found.failed),
  ];
}

function seedsIn(ms: number, msPerSeed: number): number {
  return Math.max(1, Math.floor(ms / msPerSeed));
}

async function runSeeds(seed: number, count: number, found: Found): Promise<{ tookMs: number }> {
  const args = [program, "--seed", String(seed), "--count", String(count)];
  const { output, tookMs } = await runCommand({ program: process.execPath, args }, "echo");
  const { passed, failed } = lineCounts(output);
  found.seeds += passed + failed;
  found.failed += failed;
  found.hours += Number(/^\d+ seeds, ([\d.]+) simulated hours/m.exec(output)?.[1] ?? 0);
  return { tookMs };
}

/** See the file. */
export const simulator: ProofStep = {
  name: "simulate",
  what: "fresh seeds of the simulator",
  minutes: 13,
  run: simulate,
};
