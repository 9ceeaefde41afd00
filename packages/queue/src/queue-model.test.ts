import fc from "fast-check";
import { test } from "vitest";
import { ghostsPerOperationMax } from "./limits.ts";
import { ModelRun, type ModelRunOptions } from "./testing/model-run.ts";

const stepsPerRun = 800;
/** All three together compare 104,000 operations, unless the machine is too slow for that. */
const timeMsMax = 6_500;

function compare(numRuns: number, options: ModelRunOptions): void {
  const seeds = fc.integer({ min: 0 });
  fc.assert(
    fc.property(seeds, (seed) => new ModelRun(seed, options).run(stepsPerRun)),
    { numRuns, interruptAfterTimeLimit: timeMsMax, markInterruptAsFailure: false },
  );
}

test("the machine answers what the contract's plain model answers, operation by operation", () => {
  compare(55, { ghostsMax: ghostsPerOperationMax, hasGroups: true });
}, 60_000);

test("so it does without groups while it frees one purged message an operation", () => {
  compare(35, { ghostsMax: 1, hasGroups: false });
}, 60_000);

test("and with groups, whose heads and followers a purge takes long before they are freed", () => {
  compare(40, { ghostsMax: 1, hasGroups: true });
}, 60_000);
