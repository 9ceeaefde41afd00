/** Rule L7 over links on which an answer takes longer than a question waits at first. */
import { describe, expect, it } from "vitest";
import { expectCaughtUp, leftBehind, work } from "./testing/left-behind.ts";
import type { Packet } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { startedRig } from "./testing/stories.ts";

const answers = ["newState", "entries", "blocks"] as const;
/** Longer than a question waits at first (`fetchTicks`). */
const delayTicks = 30;

/** Answers reach replica 0 only after a while, for so many whiles; all else is as fast as ever. */
function elapseSlowly(rig: Rig, whiles: number): void {
  for (const command of answers) rig.network.hold({ to: 0, command });
  let due: readonly Packet[] = [];
  for (let count = 0; count < whiles; count++) {
    rig.elapse(delayTicks);
    for (const { from, bytes } of due) rig.inject(0, from, bytes);
    due = answers.flatMap((command) => rig.network.take({ to: 0, command }));
  }
}

describe("L7: a replica whose peers' answers take longer than a question waits at first", () => {
  it("fetches the entries that it missed", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    work(rig, 1, 3);
    rig.network.heal();
    elapseSlowly(rig, 20);
    expectCaughtUp(rig, 0, 1);
  });

  it("takes a state over", () => {
    const rig = leftBehind();
    rig.network.heal();
    elapseSlowly(rig, 60);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(0);
  });

  it("takes a state over from one peer alone", () => {
    const rig = leftBehind();
    rig.crash(2);
    rig.network.heal();
    elapseSlowly(rig, 100);
    expectCaughtUp(rig, 0, 1);
  });
});
