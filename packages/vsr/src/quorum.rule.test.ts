import { describe, expect, it } from "vitest";
import { electBy, request, startedRig } from "./testing/stories.ts";

describe("S1 f + 1 is not the quorum at even n", () => {
  it("commits nothing on one replica of two", () => {
    const rig = startedRig(2);
    rig.isolate(1);
    request(rig, 1, 1, "alone");
    rig.settle();
    expect(rig.replica(1).log.storedOp).toBe(2);
    expect(rig.replica(1).commit).toBe(1);
    expect(rig.gateway.outcomes).toEqual([]);
  });

  it("starts no view with one replica of two", () => {
    const rig = startedRig(2);
    rig.isolate(0);
    electBy(rig, 0);
    expect(rig.replica(0).view).toBe(1);
  });

  it("lets neither half of four commit or start a view", () => {
    const rig = startedRig(4);
    for (const one of [0, 1]) for (const other of [2, 3]) rig.cut(one, other);
    request(rig, 1, 1, "half");
    electBy(rig, 2, 3);
    expect(rig.replica(0).log.storedOp).toBe(2);
    expect(rig.replica(1).commit).toBe(1);
    expect([rig.replica(2).view, rig.replica(3).view]).toEqual([1, 1]);
    expect(rig.gateway.outcomes).toEqual([]);
  });

  it("commits and starts views with three of four", () => {
    const rig = startedRig(4);
    rig.isolate(1);
    electBy(rig, 0, 2, 3);
    request(rig, 2, 1, "three");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["three@1"]);
  });
});
