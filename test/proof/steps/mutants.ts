/** The tester is tested: the simulator must find each bug that is written into the sources. */
import { runCommand } from "@quorate/scripts/src/run-command.ts";
import { lineCounts } from "@quorate/scripts/src/test-report.ts";
import { amount, type Figure, none } from "../figures.ts";
import type { ProofStep } from "../step.ts";

const program = "packages/simulator/src/main.ts";

/** By the seeds that found them last, and by a hunt where such a seed finds nothing any more. */
const args = [program, "--mutants", "--remembered"];

async function run(): Promise<readonly Figure[]> {
  const { output } = await runCommand({ program: process.execPath, args }, "echo");
  const { passed, failed } = lineCounts(output);
  return [amount("mutants found", passed, 1), none("mutants not found", failed)];
}

/** See the file. */
export const mutants: ProofStep = {
  name: "mutants",
  what: "known bugs, written into the sources, which the simulator must find",
  minutes: 4,
  run,
};
