import fc from "fast-check";
import { test } from "vitest";
import { ghostsPerOperationMax, groupFrontMax } from "./limits.ts";
import { ModelRun, type ModelRunOptions } from "./testing/model-run.ts";

const stepsPerRun = 800;
/** All five together compare 128,000 operations, unless the machine is too slow for that. */
const timeMsMax = 6_500;

function compare(numRuns: number, options: ModelRunOptions): void {
  const seeds = fc.integer({ min: 0 });
  fc.assert(
    fc.property(seeds, (seed) => new ModelRun(seed, options).run(stepsPerRun)),
    { numRuns, interruptAfterTimeLimit: timeMsMax, markInterruptAsFailure: false },
  );
}

const plain = { ghostsMax: ghostsPerOperationMax, frontMax: groupFrontMax, groups: 4 };

test("the machine answers what the contract's plain model answers, operation by operation", () => {
  compare(45, plain);
});

test("so it does without groups while it frees one purged message an operation", () => {
  compare(25, { ...plain, ghostsMax: 1, groups: 0 });
});

test("and with groups, whose heads and followers a purge takes long before they are freed", () => {
  compare(30, { ...plain, ghostsMax: 1 });
});

test("and with one long group, in which messages die behind its front", () => {
  compare(30, { ghostsMax: 1, frontMax: 3, groups: 1 });
});

test("and with messages that die, come back elsewhere, are popped, and deleted by their ids", () => {
  compare(30, { ...plain, removesMuch: true });
});
