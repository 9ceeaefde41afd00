/**
 * `npm run proof`: the second program of tests. Long trials with fresh seeds, and a table of what
 * they had to reach and what was measured. Ends with `N passed, N failed`, one for each figure.
 */
import { constants } from "node:os";
import { Prng } from "@quorate/prelude";
import { exitCodes } from "@quorate/scripts/src/exit-codes.ts";
import { runToExit } from "@quorate/scripts/src/failure.ts";
import { formatDuration } from "@quorate/scripts/src/run-command.ts";
import { formatCounts } from "@quorate/scripts/src/test-report.ts";
import { broken, type Figure, missesOf, tableOf } from "./figures.ts";
import { fullRunMinutes, parseProofOptions, type ProofOptions } from "./options.ts";
import type { ProofStep } from "./step.ts";
import { proofSteps } from "./steps.ts";

const msPerMinute = 60_000;

/** A machine of half the speed has the time to do what it must; what is not done then is void. */
const patience = 2;

async function runSteps(options: ProofOptions): Promise<readonly Figure[]> {
  const share = options.minutes / fullRunMinutes;
  const random = new Prng(options.seed);
  const steps = proofSteps.map((step) => ({ step, random: random.fork() }));
  const chosen = steps.filter(({ step }) => options.only?.includes(step.name) ?? true);
  const figures: Figure[] = [];
  let deadlineMs = performance.now();
  const lastMs = deadlineMs + options.minutes * patience * msPerMinute;
  for (const { step, random: own } of chosen) {
    deadlineMs += step.minutes * share * msPerMinute;
    const begin = performance.now();
    console.log(`\n── ${step.name}: ${step.what}`);
    figures.push(...(await figuresOf(step, { share, random: own, deadlineMs, lastMs })));
    console.log(`${step.name}: ${formatDuration(performance.now() - begin)}`);
  }
  return figures;
}

/** A step that fails is a figure that is missed; the others still run. */
async function figuresOf(
  step: ProofStep,
  effort: Parameters<ProofStep["run"]>[0],
): Promise<readonly Figure[]> {
  try {
    return await step.run(effort);
  } catch (error) {
    console.error(error);
    return [broken(step.name, error)];
  }
}

/**
 * A signal ends the program at once, and with it, by the rig's own hooks, every process that it
 * started. Programs that are run as commands are told by whoever runs them.
 */
function endOnSignals(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(128 + constants.signals[name]);
    });
  }
}

await runToExit(async () => {
  const names = proofSteps.map(({ name }) => name);
  const options = parseProofOptions(process.argv.slice(2), names);
  endOnSignals();
  const { minutes, seed } = options;
  const again = `the same again: --minutes ${minutes} --seed ${seed}`;
  console.log(`proof of ${minutes} minutes; ${again}`);
  const figures = await runSteps(options);
  const passed = figures.filter(({ verdict }) => verdict === "met").length;
  const counts = { passed, failed: figures.length - passed, skipped: 0 };
  const lines = [tableOf(figures), missesOf(figures).join("\n"), again, formatCounts(counts)];
  console.log(`\n${lines.filter((line) => line !== "").join("\n\n")}`);
  return counts.failed === 0 ? exitCodes.ok : exitCodes.failed;
});
