/** Stories of a replica that was cut off while the others freed what it lacks. */
import { expect } from "vitest";
import type { Rig } from "./rig.ts";
import { request, startedRig } from "./stories.ts";

/** Long enough for heartbeats, questions that go unanswered and what follows. */
export const settledTicks = 150;

/** Requests `first` to `last` of the only session. */
export function work(rig: Rig, first: number, last: number, primary = 1): void {
  for (let number = first; number <= last; number++) {
    request(rig, primary, number, `job ${number}`);
    rig.elapse(1);
  }
}

/**
 * Replica 0 was cut off while the others executed and freed far more than it holds. The log ends at
 * `headOp`; of the default the newest checkpoint lies one below.
 */
export function leftBehind(voterCount = 3, headOp = 21): Rig {
  const rig = startedRig(voterCount, { checkpointOps: 4 });
  work(rig, 1, 2);
  rig.elapse(10);
  rig.isolate(0);
  // The first op is the registration of the session.
  work(rig, 3, headOp - 1);
  rig.elapse(30);
  expect(rig.replica(1).log.base.op).toBeGreaterThan(rig.replica(0).log.headOp);
  return rig;
}

export function expectCaughtUp(rig: Rig, index: number, other: number): void {
  expect(rig.replica(index)).toMatchObject({ status: "normal", fetch: null, load: null });
  expect(rig.executed(index)).toEqual(rig.executed(other));
  expect(rig.replica(index).log.storedOp).toBe(rig.replica(other).log.storedOp);
}
