import { describe, expect, it } from "vitest";
import { leftBehind, settledTicks, work } from "./testing/left-behind.ts";
import { loseDisk } from "./testing/loss-stories.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

describe("S6 a linearizable read is never stale", () => {
  it("waits until StartView.op is committed in this view, though a quorum confirms at once", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    // Nobody but the dead primary knows that op 2 is committed.
    rig.crash(1);
    rig.network.hold({ to: 2, command: "prepareOk" });
    electBy(rig, 0, 2);
    rig.read(2);
    rig.settle();
    expect(rig.network.sent({ to: 2, command: "commitOk", view: 2 }).length).toBeGreaterThan(0);
    expect(rig.gateway.answers("readReply")).toEqual([]);
    rig.network.release();
    rig.settle();
    expect(rig.gateway.lastRead).toBe("x");
  });

  it("is not confirmed by the answer to a heartbeat that was sent before it arrived", () => {
    const rig = startedRig(3);
    rig.settle();
    rig.network.hold({ to: 1, command: "commitOk" });
    rig.tick(1, 5);
    rig.settle();
    rig.network.hold({ from: 1, command: "commit" });
    rig.read(1);
    rig.deliver({ to: 1, command: "commitOk" });
    rig.settle();
    expect(rig.gateway.answers("readReply")).toEqual([]);
    rig.network.release();
    rig.settle();
    expect(rig.gateway.lastRead).toBe("");
  });

  it("is not answered by a primary that the others have left", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    electBy(rig, 0, 2);
    request(rig, 2, 1, "new");
    rig.settle();
    rig.read(1);
    rig.elapse(60);
    expect(rig.gateway.answers("readReply")).toEqual([]);
    rig.elapse(60);
    expect(rig.gateway.lastRead).toBeNull();
  });

  it("is confirmed only by replicas that are normal in this view", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "startView" });
    rig.crash(1);
    electBy(rig, 0, 2);
    rig.read(2);
    rig.settle();
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1 });
    expect(rig.network.sent({ from: 0, command: "commitOk", view: 2 })).toEqual([]);
    expect(rig.gateway.answers("readReply")).toEqual([]);
  });

  it("sees everything that was committed when it arrived", () => {
    const rig = startedRig(3);
    rig.disk(1).hold("append");
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.replica(1)).toMatchObject({ commit: 2, executed: 1 });
    rig.read(1);
    rig.settle();
    expect(rig.gateway.answers("readReply")).toEqual([]);
    rig.disk(1).release();
    rig.settle();
    expect(rig.gateway.lastRead).toBe("x");
  });

  it("is answered on an idle cluster whose primary holds nothing above a fetched state", () => {
    const rig = leftBehind(3, 20);
    rig.network.heal();
    rig.elapse(settledTicks);
    rig.crash(1);
    while (rig.replica(0).acting === null) electBy(rig, 0, 2);
    const { base, headOp } = rig.replica(0).log;
    expect({ base: base.op, head: headOp }).toEqual({ base: 20, head: 20 });
    rig.read(0);
    rig.settle();
    expect(rig.gateway.lastRead).toBe(rig.executed(2).join(","));
  });

  it("is answered on an idle cluster though the PrepareOk of StartView.op was lost", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.elapse(6);
    rig.crash(1);
    rig.network.hold({ to: 2, command: "prepareOk" });
    electBy(rig, 0, 2);
    rig.drop({ to: 2, command: "prepareOk" });
    expect(rig.replica(2)).toMatchObject({ commit: 2, executed: 2 });
    rig.read(2);
    rig.settle();
    expect(rig.gateway.answers("readReply")).toEqual([]);
    rig.network.release();
    rig.elapse(20);
    expect(rig.gateway.lastRead).toBe("x");
  });

  it("needs no confirmation when a stale answer is wanted, and names its op", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.read(0, "stale");
    expect(rig.gateway.lastRead).toBe("");
    expect(rig.gateway.answers("readReply").at(-1)).toMatchObject({ op: 1, view: 1 });
  });

  it("is answered by nobody who has not opened its state, however stale it may be", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 5);
    rig.elapse(30);
    rig.crash(0);
    rig.restart(0);
    rig.disk(0).hold("read-blocks");
    rig.elapse(1);
    // Its state machine holds nothing yet: the answer would be that there is nothing.
    rig.read(0, "stale");
    expect(rig.gateway.lastRead).toBeNull();
    rig.disk(0).release();
    rig.elapse(30);
    rig.read(0, "stale");
    expect(rig.gateway.lastRead).toBe("job 1,job 2,job 3,job 4,job 5");
    rig.isolate(2);
    loseDisk(rig, 2);
    rig.read(2, "stale");
    expect(rig.gateway.lastRead).toBeNull();
  });

  it("finds room also while another gateway reads without end", () => {
    const rig = startedRig(3, { options: { readsWaitingMax: 8 } });
    rig.settle();
    rig.network.hold({ command: "commitOk" });
    for (let reads = 0; reads < 20; reads++) rig.read(1);
    rig.read(1, "linearizable", 1);
    const [greedy, modest] = rig.gateways.map((gateway) => gateway.answers("readReply").length);
    expect([greedy, modest]).toEqual([20 - 4, 0]);
    rig.network.release();
    rig.settle();
    expect(rig.gateways[1]?.lastRead).toBe("");
  });
});
