/**
 * `npm run simulate -- --seed S --count N`: runs N seeds from S on and says what they found.
 *
 * Exit codes: 0 all passed, 1 usage, 127 a crash, 128 no progress, 129 a safety violation.
 */
import { parseArgs } from "node:util";
import { type RunResult, runSeed, type Verdict } from "./run-seed.ts";

const exitCodes: Record<Verdict, number> = { passed: 0, crash: 127, liveness: 128, safety: 129 };
const usageExitCode = 1;

interface Options {
  readonly seed: number;
  readonly count: number;
  readonly isTraced: boolean;
}

function optionsFrom(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "1" },
      trace: { type: "boolean", default: false },
    },
  });
  const [seed, count] = [Number(values.seed), Number(values.count)];
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError("--seed is a whole number");
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError("--count is at least 1");
  return { seed, count, isTraced: values.trace };
}

async function simulate({ seed, count, isTraced }: Options): Promise<number> {
  const print = isTraced ? (line: string): void => console.log(line) : null;
  const failed: RunResult[] = [];
  let undecided = 0;
  let [virtualMicros, operations] = [0, 0];
  const startedMs = performance.now();
  for (let next = seed; next < seed + count; next++) {
    const result = await runSeed(next, { print });
    virtualMicros += result.virtualMicros;
    operations += result.operations;
    if (result.isUndecided) undecided += 1;
    if (result.verdict !== "passed") {
      failed.push(result);
      console.error(`seed ${next}: ${result.verdict} (${result.checker}): ${result.message}`);
    }
    if (count === 1) console.log(`trace digest ${result.traceDigest}, ${result.events} events`);
  }
  const elapsedMs = performance.now() - startedMs;
  console.log(summaryOf(count, virtualMicros, operations, elapsedMs));
  if (undecided > 0) console.log(`${undecided} histories undecided: the search gave up`);
  console.log(`${count - failed.length} passed, ${failed.length} failed`);
  return Math.max(0, ...failed.map(({ verdict }) => exitCodes[verdict]));
}

function summaryOf(count: number, virtualMicros: number, operations: number, ms: number): string {
  const seconds = virtualMicros / 1_000_000;
  const hours = (seconds / 3_600).toFixed(2);
  const speed = ((seconds * 1_000) / ms).toFixed(0);
  const rate = (operations / seconds).toFixed(0);
  return `${count} seeds, ${hours} simulated hours at ${speed} x real time, ${rate} acknowledged operations per simulated second`;
}

async function main(): Promise<number> {
  try {
    return await simulate(optionsFrom(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    console.error(`simulate: ${error.message}`);
    console.error("usage: npm run simulate -- [--seed S] [--count N] [--trace]");
    return usageExitCode;
  }
}

process.exitCode = await main();
