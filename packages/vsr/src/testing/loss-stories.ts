/** Openings and ends of scenarios in which a member loses its disk: rule S11. */
import { expect } from "vitest";
import type { Rig } from "./rig.ts";
import { request, startedRig } from "./stories.ts";

/** When disks are lost, in milliseconds since 1970; the incarnation of the new one in seconds. */
export const lossMs = 900_000;
export const newLife = lossMs / 1_000;

/** Everybody is back: one view, one history, nobody barred. */
export function expectWhole(rig: Rig, count: number, items: readonly string[]): void {
  for (let index = 0; index < count; index++) {
    const { view, barredView, status, isDiskLost } = rig.replica(index);
    expect({ index, status, isDiskLost }).toEqual({ index, status: "normal", isDiskLost: false });
    expect(view).toBeGreaterThanOrEqual(barredView);
    expect(rig.executed(index)).toEqual(items);
  }
}

/** A cluster in view 1 with `x` executed by all. */
export function rigWithX(voterCount: number): Rig {
  const rig = startedRig(voterCount);
  request(rig, 1, 1, "x");
  rig.settle();
  rig.elapse(6);
  return rig;
}

/** A member loses its disk, and starts on a new one at this time. */
export function loseDisk(rig: Rig, index: number, wallMs: number = lossMs): void {
  rig.member(index).loseDisk(wallMs);
  rig.restart(index);
}
