import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

describe("L7 an idle primary keeps its view", () => {
  it("because every heartbeat is answered by CommitOk", () => {
    const rig = startedRig(3);
    rig.elapse(500);
    expect(rig.replica(1)).toMatchObject({ view: 1, status: "normal" });
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("also with one backup of two", () => {
    const rig = startedRig(3);
    rig.crash(0);
    rig.elapse(300);
    expect(rig.replica(1).acting).not.toBeNull();
  });
});

describe("L7 a primary without acknowledgements of a quorum abdicates", () => {
  it("stops Prepare, Commit and reads, and votes", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    rig.elapse(110);
    expect(rig.replica(1)).toMatchObject({ acting: null, view: 1 });
    const commits = rig.network.sent({ from: 1, command: "commit" }).length;
    request(rig, 1, 1, "x");
    rig.read(1);
    rig.elapse(50);
    expect(rig.network.sent({ from: 1, command: "commit" })).toHaveLength(commits);
    expect(rig.replica(1).log.headOp).toBe(1);
    expect(rig.gateway.answers("notPrimary")).toHaveLength(1);
    expect(rig.gateway.lastRead).toBeNull();
    const votes = rig.network.sent({ from: 1, command: "startViewChange", view: 2 });
    expect(votes.length).toBeGreaterThan(0);
  });

  it("is not kept up by a learner's or its own voice", () => {
    const rig = startedRig(5);
    for (const index of [2, 3, 4]) rig.cut(1, index);
    rig.elapse(110);
    expect(rig.replica(1).acting).toBeNull();
  });
});

describe("L7 everything is repeated until it is superseded", () => {
  it("PrepareOk, because Commit names the op that is wanted", () => {
    const rig = startedRig(3);
    rig.cut(1, 2);
    rig.network.hold({ from: 0, command: "prepareOk" });
    request(rig, 1, 1, "x");
    rig.settle();
    rig.drop({ from: 0, command: "prepareOk" });
    rig.network.release();
    expect(rig.gateway.outcomes).toEqual([]);
    rig.elapse(6);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });

  it("Prepare, because a Commit above the log makes a backup fetch", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "prepare" });
    request(rig, 1, 1, "x");
    rig.settle();
    rig.drop({ command: "prepare" });
    rig.network.release();
    rig.elapse(12);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });

  it("DoViewChange and StartView", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.network.hold({ command: "doViewChange" });
    electBy(rig, 0, 2);
    rig.drop({ command: "doViewChange" });
    rig.network.release();
    rig.network.hold({ command: "startView" });
    rig.elapse(15);
    expect(rig.replica(2).acting).not.toBeNull();
    rig.drop({ command: "startView" });
    rig.network.release();
    rig.elapse(20);
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "normal" });
  });

  it("StartView, also to one that hears nothing but the answer to its DoViewChange", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.network.hold({ command: "startView" });
    electBy(rig, 0, 2);
    rig.drop({ command: "startView" });
    rig.network.release();
    rig.network.cut({ from: 2, command: "commit" });
    rig.elapse(20);
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "normal" });
  });

  it("votes, while the primary is silent", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.network.hold({ command: "startViewChange" });
    rig.timeOut(0);
    rig.timeOut(2);
    rig.drop({ command: "startViewChange" });
    rig.network.release();
    rig.elapse(15);
    expect(rig.replica(2).acting).not.toBeNull();
  });

  it("GetState and GetEntries, another peer each time", () => {
    const rig = startedRig(5);
    rig.isolate(0);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.heal();
    rig.network.hold({ from: 0, command: "getEntries" });
    rig.elapse(70);
    const asked = rig.network.sent({ from: 0, command: "getEntries" }).map(({ to }) => to);
    expect(asked.slice(0, 4)).toEqual([1, 2, 3, 4]);
  });

  it("a view change whose primary is dead as well, with the next view", () => {
    const rig = startedRig(5);
    rig.crash(1);
    rig.crash(2);
    rig.elapse(400);
    expect(rig.replica(3).acting).not.toBeNull();
    expect(rig.replica(3).view).toBe(3);
  });

  it("never two DoViewChange of one view that differ", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "startView" });
    rig.crash(1);
    electBy(rig, 0, 2);
    rig.elapse(40);
    const sent = rig.network.sent({ from: 0, command: "doViewChange", view: 2 });
    expect(sent.length).toBeGreaterThan(1);
    for (const packet of sent) {
      expect(messageIn(packet, "doViewChange")).toEqual(sent[0]?.message);
    }
  });
});
