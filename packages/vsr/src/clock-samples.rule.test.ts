import { describe, expect, it } from "vitest";
import { defaultOptions } from "./options.ts";
import type { Rig } from "./testing/rig.ts";
import { request, startedRig } from "./testing/stories.ts";

const tolerance = defaultOptions.skewMicrosMax / 2;
const hourMicros = 3_600_000_000;
/** Time enough for a heartbeat of each primary on the way. */
const roundTicks = 4 * defaultOptions.heartbeatTicks;

function primaryOf(rig: Rig, members: readonly number[]): number | undefined {
  return members.find((index) => rig.replica(index).acting !== null);
}

describe("L4 a primary whose clock is apart from the others' hands over", () => {
  it.each([2 * tolerance, -2 * tolerance])(
    "by %i microseconds, at its next heartbeat",
    (micros) => {
      const rig = startedRig(3);
      rig.setClockAhead(1, micros);
      rig.elapse(roundTicks);
      expect(rig.alarms(1)).toEqual(["clock-apart"]);
      expect(rig.network.sent({ from: 1, command: "stepDown", view: 1 })).toHaveLength(2);
      expect(rig.replica(2).acting).not.toBeNull();
      expect(rig.replica(1)).toMatchObject({ view: 2, status: "normal" });
    },
  );

  it("before it prepares with that time again", () => {
    const rig = startedRig(3);
    rig.setClockAhead(1, 2 * tolerance);
    rig.elapse(roundTicks);
    request(rig, 1, 1, "x");
    expect(rig.gateway.answers("notPrimary")).toHaveLength(1);
    request(rig, 2, 1, "x");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });

  it("and keeps the lead while it is within the tolerance", () => {
    const rig = startedRig(3);
    rig.setClockAhead(1, tolerance - 1);
    rig.elapse(roundTicks);
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("by the median: one backup whose clock is wrong changes nothing", () => {
    const rig = startedRig(3);
    rig.setClockAhead(0, hourMicros);
    rig.elapse(roundTicks);
    expect(rig.replica(1).acting).not.toBeNull();
    const five = startedRig(5);
    for (const index of [0, 2]) five.setClockAhead(index, -hourMicros / 4);
    five.elapse(roundTicks);
    expect(five.replica(1).acting).not.toBeNull();
  });
});

describe("L4 two clocks that disagree, and nobody else is up", () => {
  it("leave the lead with the one that is behind, whose entries nobody refuses", () => {
    const rig = startedRig(3);
    rig.crash(2);
    rig.setClockAhead(1, hourMicros);
    rig.elapse(1_000);
    expect(primaryOf(rig, [0, 1])).toBe(0);
    const { view } = rig.replica(0);
    request(rig, 0, 1, "x");
    rig.settle();
    rig.elapse(200);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    expect(rig.replica(0)).toMatchObject({ view });
  });
});

describe("L4 a sample counts only while it says something", () => {
  it("not when the heartbeat was longer on its way than the tolerance", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "commitOk" });
    rig.elapse(defaultOptions.heartbeatTicks);
    rig.network.release();
    rig.setClockAhead(1, 2 * tolerance);
    rig.settle();
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("not when the clock went back meanwhile", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "commitOk" });
    rig.elapse(defaultOptions.heartbeatTicks);
    rig.network.release();
    rig.setClockAhead(1, -2 * tolerance);
    rig.settle();
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("not of a member that has been silent since", () => {
    const rig = startedRig(5);
    rig.elapse(roundTicks);
    for (const index of [0, 2]) rig.crash(index);
    rig.setClockAhead(1, 2 * tolerance);
    rig.elapse(defaultOptions.heartbeatTicks);
    expect(rig.replica(1).acting).not.toBeNull();
    rig.elapse(defaultOptions.abdicateTicks);
    expect(rig.replica(1).acting).toBeNull();
  });

  it("not of fewer than a quorum: then the backups' refusals stand alone", () => {
    const rig = startedRig(5);
    rig.isolate(3);
    rig.isolate(4);
    rig.crash(2);
    rig.setClockAhead(1, hourMicros);
    rig.elapse(roundTicks);
    expect(rig.replica(1).acting).not.toBeNull();
  });
});
