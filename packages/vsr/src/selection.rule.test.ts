import { asOp, asView } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { doViewChangeOf, entryOf } from "@quorate/proof/testing";
import { messageIn } from "./testing/in-flight.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

describe("S9 nothing is committed because it is old", () => {
  it("replaces own entries off the selected chain, however far below its head", () => {
    const rig = startedRig(3, { pipelineMax: 3, options: { preparesInFlightMax: 3 } });
    rig.isolate(1);
    for (const number of [1, 2, 3]) request(rig, 1, number, `X${number}`);
    rig.settle();
    expect(logOf(rig, 1)).toEqual(["1@1", "2@1", "3@1", "4@1"]);
    electBy(rig, 0, 2);
    for (let number = 1; number <= 9; number++) {
      request(rig, 2, number, `op ${number + 1}`);
      rig.settle();
    }
    // Views 3 and 4: replica 1 hears of the second only, as its primary.
    electBy(rig, 0);
    rig.crash(2);
    rig.restart(2);
    electBy(rig, 2, 0);
    rig.crash(0);
    rig.restart(0);
    rig.timeOut(0);
    rig.timeOut(2);
    rig.settle();
    expect(rig.replica(0).view).toBe(4);
    rig.network.heal();
    rig.elapse(30);
    expect(rig.replica(1)).toMatchObject({ view: 4, status: "normal" });
    expect(rig.executed(1)).toEqual(rig.executed(0));
    expect(rig.executed(1)).toEqual(Array.from({ length: 9 }, (_, index) => `op ${index + 2}`));
  });

  it("sends Prepare N only while N - commit <= pipelineMax", () => {
    const rig = startedRig(3, { pipelineMax: 2, options: { preparesInFlightMax: 100 } });
    rig.isolate(1);
    for (const number of [1, 2, 3, 4]) request(rig, 1, number, `${number}`);
    rig.settle();
    expect(rig.replica(1).log.headOp).toBe(3);
    rig.network.heal();
    rig.elapse(20);
    expect(rig.executed(1)).toEqual(["1", "2", "3", "4"]);
  });

  it("takes the commit from the DoViewChanges alone", () => {
    const rig = startedRig(3, { pipelineMax: 4, options: { preparesInFlightMax: 4 } });
    rig.network.hold({ command: "prepareOk" });
    for (const number of [1, 2, 3, 4]) request(rig, 1, number, `${number}`);
    rig.settle();
    rig.crash(1);
    electBy(rig, 0, 2);
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal", commit: 1 });
    expect(rig.executed(2)).toEqual([]);
    rig.network.release();
    rig.elapse(10);
    expect(rig.executed(2)).toEqual(["1", "2", "3", "4"]);
  });
});

describe("S10 a corrupt entry is not an absent one", () => {
  it("waits for the last holder when the only copy in sight is corrupt", () => {
    const rig = startedRig(3);
    rig.isolate(2);
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    rig.network.heal();
    rig.crash(1);
    rig.crash(0);
    rig.restart(0, { corrupt: [2] });
    rig.elapse(500);
    expect(rig.replica(2).view).toBeGreaterThan(4);
    expect(rig.alarms(2)).toEqual(["entry-held-by-nobody"]);
    expect([rig.replica(0), rig.replica(2)].every(({ acting }) => acting === null)).toBe(true);
    rig.restart(1);
    rig.elapse(500);
    expect([0, 1, 2].map((index) => rig.executed(index))).toEqual([["x"], ["x"], ["x"]]);
  });

  it("cuts it when a nack quorum proves that nobody else acknowledged it", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    request(rig, 1, 1, "alone");
    rig.settle();
    rig.network.heal();
    rig.crash(1);
    rig.restart(1, { corrupt: [2] });
    expect(logOf(rig, 1)).toEqual(["1@1", "2@1 corrupt"]);
    rig.network.hold({ from: 0, command: "doViewChange" });
    electBy(rig, 1, 2);
    rig.elapse(12);
    expect(rig.alarms(2)).toEqual(["entry-held-by-nobody"]);
    expect(rig.replica(2).acting).toBeNull();
    rig.deliver({ from: 0, command: "doViewChange" });
    rig.settle();
    expect(rig.replica(2).acting).not.toBeNull();
    expect(logOf(rig, 2)).toEqual(["1@1"]);
  });

  it("mends a rotten body from a peer while the replica stays normal", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    rig.crash(0);
    rig.restart(0, { corrupt: [2] });
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1 corrupt"]);
    rig.elapse(10);
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1"]);
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("acknowledges nothing above an entry that it cannot read", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    rig.crash(0);
    rig.network.hold({ from: 0, command: "getEntries" });
    rig.restart(0, { corrupt: [2] });
    const before = rig.network.sent({ from: 0, command: "prepareOk" }).length;
    request(rig, 1, 2, "y");
    rig.elapse(10);
    expect(rig.replica(0).log.headOp).toBe(3);
    expect(rig.network.sent({ from: 0, command: "prepareOk" })).toHaveLength(before);
    rig.network.release();
    rig.elapse(60);
    expect(rig.executed(0)).toEqual(["x", "y"]);
  });
});

describe("S10 what is found to be corrupt during a transfer", () => {
  it("is not forgotten when the log of the view is adopted", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    rig.isolate(0);
    request(rig, 1, 2, "y");
    rig.settle();
    rig.network.heal();
    rig.crash(0);
    rig.restart(0);
    rig.disk(0).rot(2);
    rig.disk(0).hold("read");
    rig.network.hold({ from: 0, command: "getEntries" });
    rig.elapse(6);
    rig.crash(1);
    electBy(rig, 0, 2);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "follow", state: "bodies" });
    rig.complete(0, "read");
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1 corrupt"]);
    rig.deliver({ from: 0, to: 2, command: "getEntries" });
    rig.settle();
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1 corrupt", "3@1"]);
    const promised = rig.network.sent({ from: 0, command: "prepareOk", view: 2 });
    expect(promised.map((packet) => messageIn(packet, "prepareOk").op)).toEqual([1]);
    rig.disk(0).release();
    rig.network.release();
    rig.elapse(60);
    expect(rig.executed(0)).toEqual(["x", "y"]);
  });
});

describe("A3 contradictions stop the view change", () => {
  it("starts no view on two entries at one (last normal view, op)", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    const { log } = rig.replica(0);
    const parent = log.positionAt(asOp(1));
    const first = { header: log.slotAt(1)?.header, hash: parent.hash };
    const rival = entryOf({ parent, view: 1, timestampMicros: log.timestampOfHead() });
    const header = first.header ?? rival.header;
    const lie = doViewChangeOf([{ header, hash: parent.hash, body: rival.body }, rival], 1);
    rig.network.hold({ from: 0, command: "doViewChange" });
    rig.network.hold({ from: 1, command: "doViewChange" });
    electBy(rig, 0, 2);
    rig.inject(2, 0, rig.sign(0, 2, lie));
    expect(rig.alarms(2)).toEqual(["conflicting-do-view-changes"]);
    rig.settle();
    expect(rig.replica(2)).toMatchObject({ acting: null, lastNormalView: 1 });
  });

  it("starts no view on a commit above every log", () => {
    const rig = startedRig(3);
    const { log } = rig.replica(0);
    const entry = entryOf({ parent: log.positionAt(asOp(0)), view: 1, timestampMicros: 1 });
    const header = log.slotAt(1)?.header ?? entry.header;
    const known = { header, hash: log.head.hash, body: entry.body };
    rig.network.hold({ command: "doViewChange" });
    electBy(rig, 0, 2);
    rig.inject(2, 0, rig.sign(0, 2, doViewChangeOf([known], 1, { commit: 9 })));
    expect(rig.alarms(2)).toEqual(["commit-above-the-log"]);
    expect(rig.replica(2).lastNormalView).toBe(asView(1));
  });
});
