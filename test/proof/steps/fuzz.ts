/** What nobody may act on, thrown at real processes: the tests of test/fuzz, with larger numbers. */
import { runVitest } from "@quorate/scripts/src/run-vitest.ts";
import { amount, type Figure, none } from "../figures.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";

const framesMin = 100_000;
const requestsMin = 20_000;

/** Seeds of the fuzz tests are whole numbers above 0. */
const seedBound = 1_000_000_000;

async function run(effort: Effort): Promise<readonly Figure[]> {
  const frames = shareOf(framesMin, effort);
  const requests = shareOf(requestsMin, effort);
  const { failed, output } = await runVitest(["fuzz"], {
    QUORATE_FUZZ_SEED: String(1 + effort.random.below(seedBound)),
    QUORATE_FUZZ_FRAMES: String(frames),
    QUORATE_FUZZ_REQUESTS: String(requests),
  });
  const ofFrames = /(\d+) frames, (\d+) accepted, (\d+) crashes/.exec(output);
  const ofRequests = /(\d+) requests, (\d+) accepted, (\d+) failures, (\d+) crashes/.exec(output);
  return [
    amount("fuzzed frames", numberIn(ofFrames, 1), frames),
    none("fuzzed frames: accepted", numberIn(ofFrames, 2)),
    none("fuzzed frames: crashes", numberIn(ofFrames, 3)),
    amount("fuzzed requests", numberIn(ofRequests, 1), requests),
    none("fuzzed requests: accepted, and had to be refused", numberIn(ofRequests, 2)),
    none("fuzzed requests: answered 5xx, but a deliberate 503", numberIn(ofRequests, 3)),
    none("fuzzed requests: crashes", numberIn(ofRequests, 4)),
    none("fuzz: tests failed", failed),
  ];
}

/** A number of the line that a test printed; 0 without that line, and then the amount is void. */
function numberIn(told: RegExpExecArray | null, group: number): number {
  return Number(told?.[group] ?? 0);
}

/** See the file. */
export const fuzz: ProofStep = {
  name: "fuzz",
  what: "frames and HTTP requests that must be refused, from strangers and a lying member",
  minutes: 3,
  run,
};
