import { asView } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { Rig } from "./testing/rig.ts";
import { electBy, register, request, startedRig } from "./testing/stories.ts";

describe("S4 permission to prepare is volatile", () => {
  it("lets nobody prepare in view 0: a cluster's first act is the view change to 1", () => {
    const rig = new Rig(3);
    for (const index of [0, 1, 2]) register(rig, index);
    expect(rig.gateway.answers("notPrimary")).toHaveLength(3);
    expect(rig.network.sent({ command: "prepare" })).toEqual([]);
    rig.elapse(2);
    expect(rig.replica(1)).toMatchObject({ view: 1, status: "normal" });
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("retires a restarted primary: its first life's entry cannot meet a second one", () => {
    const rig = startedRig(3);
    rig.disk(1).hold("append");
    request(rig, 1, 1, "x");
    rig.deliver({ from: 1, to: 0, command: "prepare" });
    rig.completeAll(0);
    rig.crash(1);
    rig.network.take({ from: 1 });
    rig.restart(1);
    const before = rig.network.sent({ from: 1, command: "prepare" }).length;
    request(rig, 1, 1, "y");
    rig.settle();
    expect(rig.gateway.answers("notPrimary")).toHaveLength(1);
    expect(rig.network.sent({ from: 1, command: "prepare" })).toHaveLength(before);
    rig.elapse(100);
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("lets a retired primary say nothing of its view, but vote at once", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.restart(1);
    const said = rig.network.sent({ from: 1 }).length;
    rig.read(1);
    rig.tick(1);
    const since = rig.network.sent({ from: 1 }).slice(said);
    expect(rig.gateway.lastRead).toBeNull();
    expect(since.filter(({ command }) => command === "startViewChange")).toHaveLength(2);
    expect(since.every(({ command }) => ["startViewChange", "viewProof"].includes(command))).toBe(
      true,
    );
  });

  it("lets a restarted primary of a view that has not started go on collecting", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.network.hold({ command: "doViewChange" });
    electBy(rig, 0, 2);
    rig.crash(2);
    rig.restart(2);
    rig.network.release();
    rig.elapse(20);
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal" });
    expect(rig.replica(2).acting).not.toBeNull();
  });

  it("moves a cluster of one to another view on restart", () => {
    const rig = startedRig(1);
    request(rig, 0, 1, "a");
    rig.settle();
    const { view } = rig.replica(0);
    rig.crash(0);
    rig.restart(0);
    rig.elapse(1);
    expect(rig.replica(0).view).toBe(asView(view + 1));
    expect(rig.executed(0)).toEqual(["a"]);
  });
});
