import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

describe("VRR §4.2 step 1: a replica notices the need for a view change", () => {
  it("by its own timer, and says StartViewChange for its view + 1 to all", () => {
    const rig = startedRig(3);
    rig.tick(0, 59);
    expect(rig.network.sent({ command: "startViewChange", view: 2 })).toEqual([]);
    rig.timeOut(0);
    const votes = rig.network.waiting({ from: 0, command: "startViewChange", view: 2 });
    expect(votes.map(({ to }) => to)).toEqual([1, 2]);
  });

  it("moves its view and its status on a quorum of votes (our deviation: not before)", () => {
    const rig = startedRig(3);
    rig.timeOut(0);
    expect(rig.replica(0)).toMatchObject({ view: 1, status: "normal" });
    rig.timeOut(2);
    rig.deliver({ from: 2, to: 0, command: "startViewChange" });
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "view-change", lastNormalView: 1 });
  });

  it("sooner when the primary's link has closed", () => {
    const rig = startedRig(3);
    rig.step(0, { kind: "link-down", peer: { kind: "replica", index: 1 } });
    rig.tick(0, 10);
    expect(rig.network.waiting({ from: 0, command: "startViewChange" })).toHaveLength(2);
  });

  it("not because another link has closed", () => {
    const rig = startedRig(3);
    rig.step(0, { kind: "link-down", peer: { kind: "replica", index: 2 } });
    rig.step(0, { kind: "link-down", peer: { kind: "gateway", index: 1 } });
    rig.tick(0, 10);
    expect(rig.network.waiting({ from: 0, command: "startViewChange" })).toEqual([]);
  });
});

describe("VRR §4.2 step 2: DoViewChange", () => {
  it("goes to the new primary with the log's end, last normal view, op and commit", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    rig.timeOut(0);
    rig.timeOut(2);
    rig.deliver({ from: 2, to: 0, command: "startViewChange" });
    rig.completeAll(0);
    const sent = rig.network.waiting({ from: 0, command: "doViewChange" });
    expect(sent.map(({ to }) => to)).toEqual([2]);
    const change = messageIn(present(sent[0]), "doViewChange");
    expect(change).toMatchObject({ lastNormalView: 1, head: { op: 2 }, commit: 1 });
    expect(change.headers.map(({ header, state }) => [header.op, state])).toEqual([
      [1, "present"],
      [2, "present"],
    ]);
  });

  it("carries a bounded part of the log: the last pipelineMax headers (§5.3)", () => {
    const rig = startedRig(3, { pipelineMax: 3 });
    for (let number = 1; number <= 6; number++) {
      request(rig, 1, number, `${number}`);
      rig.settle();
    }
    rig.crash(1);
    electBy(rig, 0, 2);
    const [packet] = rig.network.sent({ from: 0, command: "doViewChange", view: 2 });
    const { headers } = messageIn(present(packet), "doViewChange");
    expect(headers.map(({ header }) => header.op)).toEqual([5, 6, 7]);
  });

  it("leaves only when the view is durable (§8.2)", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.timeOut(0);
    rig.timeOut(2);
    rig.disk(0).hold("write-superblock");
    rig.settle();
    expect(rig.replica(0).view).toBe(2);
    rig.tick(0, 30);
    expect(rig.network.sent({ from: 0, command: "doViewChange", view: 2 })).toEqual([]);
    rig.disk(0).release();
    rig.settle();
    expect(rig.network.sent({ from: 0, command: "doViewChange", view: 2 })).toHaveLength(1);
  });
});

describe("VRR §4.2 step 3: the new primary selects", () => {
  it("waits for a quorum of DoViewChanges, its own included", () => {
    const rig = startedRig(5);
    rig.crash(1);
    rig.network.hold({ command: "doViewChange" });
    electBy(rig, 0, 2, 3, 4);
    rig.deliver({ from: 0, command: "doViewChange" });
    rig.settle();
    expect(rig.replica(2).acting).toBeNull();
    rig.deliver({ from: 3, command: "doViewChange" });
    rig.settle();
    expect(rig.replica(2).acting).not.toBeNull();
  });

  it("counts one of each sender, and only those of its view", () => {
    const rig = startedRig(5);
    rig.crash(1);
    rig.network.hold({ command: "doViewChange" });
    electBy(rig, 0, 2, 3, 4);
    for (let times = 0; times < 3; times++) rig.duplicate({ from: 0, command: "doViewChange" });
    const [packet] = rig.network.waiting({ from: 3, command: "doViewChange" });
    const change = messageIn(present(packet), "doViewChange");
    rig.inject(2, 3, rig.sign(3, 7, change));
    rig.inject(2, 4, rig.sign(4, 1, { ...change }));
    rig.settle();
    expect(rig.replica(2).collected.size).toBe(2);
    expect(rig.replica(2).acting).toBeNull();
  });

  it("takes the log of the largest last normal view, though another is longer", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 4 } });
    rig.isolate(1);
    for (const number of [1, 2, 3]) request(rig, 1, number, `lost ${number}`);
    rig.settle();
    electBy(rig, 0, 2);
    request(rig, 2, 1, "kept");
    rig.settle();
    rig.network.heal();
    rig.network.hold({ to: 1, command: "startView" });
    rig.crash(2);
    rig.elapse(300);
    expect(logOf(rig, 0)).toEqual(["1@1", "2@2"]);
    expect(rig.executed(0)).toEqual(["kept"]);
  });

  it("of two with the same last normal view the longer one", () => {
    const rig = startedRig(3);
    rig.isolate(2);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    rig.network.heal();
    electBy(rig, 0, 2);
    expect(logOf(rig, 2)).toEqual(["1@1", "2@1"]);
  });

  it("its commit is the largest that any of them knows, not the winner's", () => {
    const rig = startedRig(3);
    // Replica 0 has both operations, replica 2 has the first and knows that it is committed.
    rig.network.hold({ from: 0, command: "prepareOk" });
    rig.network.hold({ to: 0, command: "commit" });
    rig.network.hold({ from: 2, command: "getEntries" });
    request(rig, 1, 1, "a");
    request(rig, 1, 2, "b");
    const [first] = rig.network.take({ to: 2, command: "prepare" });
    rig.inject(2, 1, present(first).bytes);
    rig.settle();
    rig.tick(1, 5);
    rig.settle();
    rig.crash(1);
    expect(rig.replica(0)).toMatchObject({ commit: 1, log: { headOp: 3 } });
    expect(rig.replica(2)).toMatchObject({ commit: 2, log: { headOp: 2 } });
    rig.network.take({});
    rig.network.release();
    electBy(rig, 0, 2);
    expect(rig.replica(2).startHead).toMatchObject({ op: 3 });
    const [packet] = rig.network.sent({ from: 2, command: "startView", view: 2 });
    expect(messageIn(present(packet), "startView")).toMatchObject({ commit: 2, head: { op: 3 } });
  });
});

describe("VRR §4.2 steps 4 and 5: the view starts", () => {
  it("step 4: the primary executes what is committed, replies, and takes requests", () => {
    const rig = startedRig(3);
    rig.network.hold({ to: 1, command: "prepareOk" });
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    electBy(rig, 0, 2);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    request(rig, 2, 2, "y");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1", "y@2"]);
    expect(rig.gateway.answers("reply").at(-1)).toMatchObject({ view: 2 });
  });

  it("step 5: the others take its log, acknowledge what is not committed, execute to its commit", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.heal();
    rig.crash(1);
    electBy(rig, 0, 2);
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "normal", lastNormalView: 2 });
    const promises = rig.network.sent({ from: 0, command: "prepareOk", view: 2 });
    expect(promises.map((packet) => messageIn(packet, "prepareOk").op)).toEqual([2]);
    rig.tick(2, 5);
    rig.settle();
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("§8.1: who has entered the view change acknowledges nothing to the old primary", () => {
    const rig = startedRig(3);
    rig.disk(0).hold("append");
    request(rig, 1, 1, "x");
    rig.deliver({ to: 0, command: "prepare" });
    rig.timeOut(0);
    rig.timeOut(2);
    rig.deliver({ from: 2, to: 0, command: "startViewChange" });
    rig.complete(0, "append");
    expect(rig.network.sent({ from: 0, command: "prepareOk", view: 1 })).toHaveLength(1);
    expect(rig.network.sent({ from: 0, command: "prepareOk", view: 2 })).toEqual([]);
  });

  it("a view change that fails is followed by another, with a longer timeout", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.network.cut({ command: "doViewChange" });
    rig.elapse(400);
    const views = new Set(
      rig.network.sent({ from: 0, command: "startViewChange" }).map(({ view }) => view),
    );
    expect(views.size).toBeGreaterThan(2);
    rig.network.heal();
    rig.elapse(400);
    expect([0, 2].some((index) => rig.replica(index).acting !== null)).toBe(true);
  });
});
