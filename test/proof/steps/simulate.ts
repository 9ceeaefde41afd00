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
  /** What the simulator said of those that failed: seed, checker and message, and how to see it. */
  failures: string[];
  hours: number;
}

/** The lines of the simulator that tell a failure. */
const failureLine = /^(?:seed \d+: |again: ).*$/gm;
/** A failure that tells a whole stack is cut: its seed tells it again. */
const failureCharactersMax = 400;

async function simulate(effort: Effort): Promise<readonly Figure[]> {
  const seedsNeeded = shareOf(seedsMin, effort);
  const hoursNeeded = simulatedHoursMin * effort.share;
  const found: Found = { seeds: 0, failed: 0, failures: [], hours: 0 };
  const isEnough = (): boolean => found.seeds >= seedsNeeded && found.hours >= hoursNeeded;
  let seed = seedBase + effort.random.next() * 1_000;
  let msPerSeed = callMs / seedsAtFirst;
  for (;;) {
    const untilMs = isEnough() ? effort.deadlineMs : effort.lastMs;
    const count = seedsIn(Math.min(callMs, untilMs - performance.now()), msPerSeed);
    if (count === 0 || found.failed > 0) break;
    const { tookMs } = await runSeeds(seed, count, found);
    msPerSeed = tookMs / count;
    seed += count;
  }
  return [
    amount("fresh simulator seeds", found.seeds, seedsNeeded),
    amount("simulated hours", found.hours, hoursNeeded),
    none("seeds with a violation", found.failed, found.failures),
  ];
}

function seedsIn(ms: number, msPerSeed: number): number {
  return Math.max(0, Math.floor(ms / msPerSeed));
}

async function runSeeds(seed: number, count: number, found: Found): Promise<{ tookMs: number }> {
  const range = ["--seed", String(seed), "--count", String(count)];
  // Those that failed once are run once, and are not fresh.
  const isFirst = found.seeds === 0;
  const args = [program, ...range, ...(isFirst ? ["--regressions"] : [])];
  const { output, tookMs } = await runCommand({ program: process.execPath, args }, "echo");
  const { passed, failed } = lineCounts(output);
  found.seeds += Math.min(count, passed + failed);
  found.failed += failed;
  for (const [line] of output.matchAll(failureLine)) {
    found.failures.push(line.slice(0, failureCharactersMax));
  }
  found.hours += Number(/^\d+ seeds, ([\d.]+) simulated hours/m.exec(output)?.[1] ?? 0);
  return { tookMs };
}

/** See the file. */
export const simulator: ProofStep = {
  name: "simulate",
  what: "fresh seeds of the simulator",
  minutes: 9,
  run: simulate,
};
