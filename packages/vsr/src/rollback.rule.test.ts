/** S12: an old disk that is put back, as far as anybody can know of it. */
import { describe, expect, it } from "vitest";
import { work } from "./testing/left-behind.ts";
import { loseDisk, rigWithX } from "./testing/loss-stories.ts";
import type { Rig } from "./testing/rig.ts";
import type { DiskBackup } from "./testing/rig-disk.ts";
import { electBy, startedRig } from "./testing/stories.ts";

/** A new link between two members: each tells the other what it remembers of it. */
function link(rig: Rig, one: number, other: number): void {
  rig.step(one, { kind: "link-up", peer: { kind: "replica", index: other } });
  rig.step(other, { kind: "link-up", peer: { kind: "replica", index: one } });
  rig.settle();
}

function putBack(rig: Rig, index: number, backup: DiskBackup): void {
  rig.crash(index);
  rig.disk(index).putBack(backup);
  rig.restart(index);
}

describe("S12: a disk that was put back to an earlier time", () => {
  it("is found out by the primary of a newer view, who has a PrepareOk of it", () => {
    const rig = startedRig(3);
    const backup = rig.disk(0).backup();
    rig.crash(1);
    electBy(rig, 0, 2);
    work(rig, 1, 2, 2);
    putBack(rig, 0, backup);
    expect(rig.stops(0)).toEqual([]);
    link(rig, 0, 2);
    expect(rig.stops(0)).toEqual(["rolled-back"]);
  });

  it("is found out by whoever has collected its DoViewChange of a newer view", () => {
    const rig = startedRig(3);
    const backup = rig.disk(0).backup();
    rig.crash(1);
    electBy(rig, 0, 2);
    expect(rig.replica(2).acting).not.toBeNull();
    putBack(rig, 0, backup);
    link(rig, 0, 2);
    expect(rig.stops(0)).toEqual(["rolled-back"]);
  });

  it("is found out by every peer that heard of a checkpoint of its", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    const backup = rig.disk(0).backup();
    rig.network.cut({ to: 0, command: "checkpoint" });
    work(rig, 1, 4);
    rig.elapse(30);
    putBack(rig, 0, backup);
    link(rig, 0, 2);
    expect(rig.stops(0)).toEqual(["rolled-back"]);
  });

  it("is found out after a restart of the peer, as far as its superblock remembers", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    const backup = rig.disk(0).backup();
    work(rig, 1, 8);
    rig.elapse(30);
    rig.restart(1);
    putBack(rig, 0, backup);
    link(rig, 0, 1);
    expect([...rig.stops(0), ...rig.alarms(0)]).not.toEqual([]);
  });

  it("is not found out when the only one that could know is down", () => {
    const rig = startedRig(3);
    const backup = rig.disk(0).backup();
    work(rig, 1, 3);
    rig.crash(1);
    putBack(rig, 0, backup);
    link(rig, 0, 2);
    expect([...rig.stops(0), ...rig.alarms(0)]).toEqual([]);
  });
});

describe("S12: a disk that was put back after its member had been readmitted", () => {
  it("is found out by what this life of it has signed, beside which a former one is remembered", () => {
    const rig = rigWithX(3);
    electBy(rig, 0, 2);
    loseDisk(rig, 0);
    rig.elapse(300);
    expect(rig.replica(0)).toMatchObject({ view: 4, status: "normal" });
    const backup = rig.disk(0).backup();
    // Replica 0 comes to view 5 by its StartView alone: replica 2 has only its former DoViewChange.
    rig.isolate(0);
    electBy(rig, 1, 2);
    rig.network.heal();
    rig.elapse(20);
    work(rig, 2, 4, 2);
    putBack(rig, 0, backup);
    link(rig, 0, 2);
    expect(rig.stops(0)).toEqual(["rolled-back"]);
  });
});

describe("S12 and L5: a log that is only too short, within the last view", () => {
  it("has an uncertain head, and promises nothing until it is installed whole", () => {
    const rig = startedRig(3);
    const backup = rig.disk(0).backup();
    work(rig, 1, 3);
    putBack(rig, 0, backup);
    rig.network.cut({ to: 0, command: "recoveryResponse" });
    link(rig, 0, 1);
    expect(rig.alarms(0)).toEqual(["tail-forgotten"]);
    expect(rig.disk(0).superblock.isHeadUncertain).toBe(true);
    rig.network.take({});
    rig.restart(0);
    expect(rig.replica(0)).toMatchObject({ status: "recovering" });
    rig.crash(1);
    rig.elapse(300);
    expect(rig.network.sent({ from: 0, command: "doViewChange", view: 2 })).toEqual([]);
    rig.restart(1);
    rig.network.heal();
    rig.elapse(400);
    expect(rig.replica(0)).toMatchObject({ status: "normal", executed: 4, isHeadUncertain: false });
    expect(rig.stops(0)).toEqual([]);
  });
});

describe("S12 and S5: a log that turns out too short while it is installed", () => {
  it("promises nothing when that write has completed", () => {
    const rig = startedRig(3);
    const backup = rig.disk(0).backup();
    rig.crash(1);
    electBy(rig, 0, 2);
    work(rig, 1, 2, 2);
    putBack(rig, 0, backup);
    rig.disk(0).hold("write-superblock");
    rig.elapse(20);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "follow", state: "adopted" });
    rig.network.hold({ to: 0 });
    link(rig, 0, 2);
    rig.network.take({ to: 0, command: "prepare" });
    rig.deliver({ to: 0, command: "remembered" });
    expect(rig.alarms(0)).toEqual(["tail-forgotten"]);
    rig.completeAll(0);
    rig.disk(0).release();
    rig.completeAll(0);
    expect(rig.replica(0)).toMatchObject({ status: "recovering", isHeadUncertain: true });
    rig.network.release();
    rig.elapse(60);
    expect(rig.replica(0)).toMatchObject({ status: "normal", executed: 3, isHeadUncertain: false });
  });
});

describe("S12 and S5: a log that turns out too short while its view is changed", () => {
  /** Replica 0 forgot ops of the view before, and is told so on its way to this one. */
  function toldWhileItMoves(view: 2 | 3): Rig {
    const former = view - 1;
    const other = 3 - former;
    const rig = startedRig(3);
    if (former === 2) electBy(rig, 0, 2);
    const backup = rig.disk(0).backup();
    work(rig, 1, 3, former);
    putBack(rig, 0, backup);
    rig.network.take({});
    rig.isolate(former);
    rig.disk(0).hold("write-superblock");
    electBy(rig, 0, other);
    expect(rig.replica(0)).toMatchObject({ view, lastNormalView: former });
    rig.network.heal();
    rig.step(former, { kind: "link-up", peer: { kind: "replica", index: 0 } });
    rig.deliver({ from: former, to: 0, command: "remembered" });
    expect(rig.replica(0)).toMatchObject({ status: "recovering", isHeadUncertain: true });
    rig.disk(0).release();
    rig.completeAll(0);
    return rig;
  }

  it("sends no DoViewChange when that write has completed", () => {
    const rig = toldWhileItMoves(2);
    expect(rig.network.sent({ from: 0, command: "doViewChange", view: 2 })).toEqual([]);
  });

  it("starts no view as its primary", () => {
    const rig = toldWhileItMoves(3);
    expect(rig.replica(0).collected.size).toBe(1);
    expect(rig.replica(0)).toMatchObject({ fetch: null, isHeadUncertain: true });
    rig.elapse(400);
    expect(rig.network.sent({ from: 0, command: "startView", view: 3 })).toEqual([]);
    expect(rig.replica(0)).toMatchObject({ status: "normal", executed: 4 });
  });
});

describe("S12: a disk that was not put back", () => {
  it("is left in peace after a crash that lost an unsynced Prepare", () => {
    const rig = startedRig(3);
    rig.disk(0).hold("append");
    work(rig, 1, 2);
    rig.restart(0);
    link(rig, 0, 1);
    link(rig, 0, 2);
    expect(rig.stops(0)).toEqual([]);
  });

  it("is left in peace after a legal cut of an uncommitted suffix", () => {
    const rig = startedRig(3);
    rig.network.hold({ to: 0, command: "prepare" });
    rig.network.hold({ to: 2, command: "prepare" });
    rig.isolate(1);
    work(rig, 1, 1);
    expect(rig.replica(1).log.headOp).toBe(2);
    rig.network.take({});
    electBy(rig, 0, 2);
    rig.network.heal();
    rig.network.release();
    rig.elapse(60);
    expect(rig.replica(1).log.headOp).toBe(1);
    rig.restart(1);
    for (const peer of [0, 2]) link(rig, 1, peer);
    expect(rig.stops(1)).toEqual([]);
  });

  it("is left in peace when its head rotted: that is known, and mended by S5", () => {
    const rig = startedRig(3);
    work(rig, 1, 3);
    rig.restart(0, { unreadableFrom: 3 });
    link(rig, 0, 1);
    expect(rig.stops(0)).toEqual([]);
    rig.elapse(60);
    expect(rig.replica(0)).toMatchObject({ status: "normal", executed: 4 });
  });

  it("does not stop for what another member, or another life of its disk, has signed", () => {
    const rig = startedRig(3);
    const other = rig.sign(2, 9, { command: "startViewChange" });
    const former = rig.sign(0, 9, { command: "startViewChange" }, 7);
    for (const statement of [other, former]) {
      rig.inject(0, 1, rig.sign(1, 1, { command: "remembered", statements: [statement] }));
    }
    expect(rig.stops(0)).toEqual([]);
    expect(rig.ignored(0).filter((reason) => reason === "proof not valid")).toHaveLength(2);
  });
});
