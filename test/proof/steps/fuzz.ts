/** What nobody may act on, thrown at real processes: the tests of test/fuzz, with larger numbers. */
import { runVitest } from "@quorate/scripts/src/run-vitest.ts";
import { amount, type Figure, none } from "../figures.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";

const framesMin = 100_000;

/** Seeds of the fuzz tests are whole numbers above 0. */
const seedBound = 1_000_000_000;

async function run(effort: Effort): Promise<readonly Figure[]> {
  const frames = shareOf(framesMin, effort);
  const { failed, output } = await runVitest("fuzz", {
    QUORATE_FUZZ_SEED: String(1 + effort.random.below(seedBound)),
    QUORATE_FUZZ_FRAMES: String(frames),
  });
  const told = /(\d+) frames, (\d+) accepted, (\d+) crashes/.exec(output);
  return [
    amount("fuzzed frames", Number(told?.[1] ?? 0), frames),
    none("fuzzed frames accepted", Number(told?.[2] ?? 0)),
    none("crashes by them", Number(told?.[3] ?? 0)),
    none("fuzz tests failed", failed),
  ];
}

/** See the file. */
export const fuzz: ProofStep = {
  name: "fuzz",
  what: "frames that must be refused, from strangers and from a member that lies",
  minutes: 4,
  run,
};
