import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

/** Replicas 1 and 2 have committed `a` to `d`; replica 0 has op 1 and hears of view 2. */
function behindAtStartOfView2(): Rig {
  const rig = startedRig(3);
  rig.isolate(0);
  for (const [index, operation] of ["a", "b", "c", "d"].entries()) {
    request(rig, 1, index + 1, operation);
    rig.settle();
  }
  rig.crash(1);
  rig.restart(1);
  rig.timeOut(1);
  rig.timeOut(2);
  rig.network.heal();
  rig.network.hold({ to: 1, command: "startView" });
  rig.network.hold({ from: 0, command: "getEntries" });
  rig.settle();
  return rig;
}

describe("S2 lastNormalView moves only when every body up to StartView.op is on disk", () => {
  it("leaves it alone while a backup still fetches, so that its short log cannot win", () => {
    const rig = behindAtStartOfView2();
    expect(rig.disk(0).superblock).toMatchObject({ view: 2, lastNormalView: 1, head: { op: 1 } });
    rig.crash(2);
    rig.crash(0);
    rig.restart(0);
    rig.network.take({});
    rig.network.release();
    electBy(rig, 0, 1);
    rig.elapse(50);
    expect(rig.replica(0).acting).not.toBeNull();
    expect(rig.executed(0)).toEqual(["a", "b", "c", "d"]);
  });

  it("acknowledges nothing in the view before that", () => {
    const rig = behindAtStartOfView2();
    rig.elapse(20);
    expect(rig.replica(0).view).toBe(2);
    expect(rig.network.sent({ from: 0, command: "prepareOk", view: 2 })).toEqual([]);
    rig.network.release();
    rig.elapse(50);
    const promised = rig.network.sent({ from: 0, command: "prepareOk", view: 2 });
    expect(promised.map((packet) => messageIn(packet, "prepareOk").op)).toContain(5);
  });

  it("binds the new primary: its StartView follows its bodies and its superblock", () => {
    const rig = startedRig(3);
    rig.network.cut({ to: 2 });
    request(rig, 1, 1, "a");
    rig.settle();
    rig.network.heal();
    rig.crash(1);
    rig.timeOut(0);
    rig.timeOut(2);
    rig.disk(2).hold("repair");
    rig.settle();
    expect(rig.replica(2)).toMatchObject({ view: 2, lastNormalView: 1, status: "view-change" });
    rig.disk(2).release();
    rig.disk(2).hold("write-superblock");
    rig.settle();
    expect(rig.replica(2).status).toBe("view-change");
    expect(rig.network.sent({ command: "startView", view: 2 })).toEqual([]);
    rig.disk(2).release();
    rig.settle();
    expect(rig.network.sent({ command: "startView", view: 2 })).toHaveLength(2);
    expect(rig.executed(2)).toEqual(["a"]);
  });

  it("does not take the completion of an older repair for the one that it waits for", () => {
    const rig = startedRig(3);
    rig.network.cut({ to: 0 });
    request(rig, 1, 1, "a");
    rig.settle();
    // Replica 0 writes op 2 of view 1 beside its log, because view 2 starts with it.
    rig.crash(1);
    rig.restart(1);
    rig.timeOut(1);
    rig.timeOut(2);
    rig.settle();
    rig.network.heal();
    rig.disk(0).hold("repair");
    rig.elapse(30);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "follow", state: "bodies" });
    // View 3 asks for op 3 as well; the disk then completes what was begun for view 2.
    rig.network.cut({ to: 0 });
    request(rig, 2, 2, "b");
    rig.settle();
    rig.network.heal();
    rig.network.take({});
    rig.crash(2);
    rig.restart(2);
    rig.timeOut(2);
    rig.timeOut(1);
    rig.settle();
    rig.elapse(10);
    expect(rig.replica(0).fetch).toMatchObject({ state: "bodies" });
    rig.complete(0, "repair");
    rig.complete(0, "repair");
    expect(rig.replica(0)).toMatchObject({ lastNormalView: 1, fetch: { state: "bodies" } });
    rig.disk(0).release();
    rig.elapse(30);
    expect(rig.executed(0)).toEqual(["a", "b"]);
  });
});

describe("S3 on open the log is what the superblock names, and of the last normal view above it", () => {
  it("does not resurrect a suffix that a view change has cut, though it still chains", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    request(rig, 1, 1, "cut");
    request(rig, 1, 2, "cut too");
    rig.settle();
    expect(rig.replica(1).log.storedOp).toBe(3);
    electBy(rig, 0, 2);
    rig.network.heal();
    rig.elapse(20);
    expect(rig.replica(1)).toMatchObject({ view: 2, status: "normal" });
    rig.isolate(1);
    request(rig, 2, 1, "kept");
    rig.settle();
    rig.network.heal();
    rig.crash(2);
    rig.crash(1);
    rig.restart(1);
    expect(rig.replica(1).log.headOp).toBe(1);
    electBy(rig, 0, 1);
    expect(rig.executed(0)).toEqual(["kept"]);
  });

  it("ends the log at the head that the DoViewChange named, whatever the disk finished later", () => {
    const rig = startedRig(3);
    rig.disk(0).hold("append");
    request(rig, 1, 1, "late");
    rig.deliver({ from: 1, to: 0, command: "prepare" });
    rig.isolate(1);
    rig.network.hold({ command: "startView" });
    electBy(rig, 0, 2);
    rig.disk(0).release();
    rig.settle();
    rig.crash(0);
    rig.restart(0);
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1 });
    expect(rig.replica(0).log.headOp).toBe(1);
    rig.elapse(20);
    const [first, ...others] = rig.network.sent({ from: 0, command: "doViewChange", view: 2 });
    expect(others.length).toBeGreaterThan(0);
    for (const { bytes } of others) expect(bytes).toEqual(first?.bytes);
  });

  it("keeps what was appended in the last normal view after the superblock was written", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "a");
    rig.settle();
    expect(rig.disk(0).superblock.head.op).toBe(0);
    rig.crash(0);
    rig.restart(0);
    expect(rig.replica(0).log.headOp).toBe(2);
  });
});
