import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import { logOf, register, request, startedRig } from "./testing/stories.ts";

describe("VRR §4.1, before the steps", () => {
  it("a message of an older view is dropped", () => {
    const rig = startedRig(3);
    const stored = rig.replica(0).commit;
    const late = rig.sign(0, 0, {
      command: "commitOk",
      nonce: 99,
      stored,
      clockMicros: 0,
      isBarred: false,
    });
    rig.inject(1, 0, late);
    expect(rig.replica(1).acting?.confirmed[0]).toBeLessThan(99);
  });

  it("replicas take part only in status normal", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "startView" });
    rig.crash(2);
    rig.restart(2, { unreadableFrom: 1 });
    request(rig, 1, 1, "x");
    rig.deliver({ to: 2, command: "prepare" });
    expect(rig.ignored(2).at(-1)).toBe("not normal");
    expect(rig.replica(2).log.headOp).toBe(0);
  });
});

describe("VRR §4.1 step 1: the client sends its request to the primary", () => {
  it("and any other replica says that it is not the primary, and prepares nothing", () => {
    const rig = startedRig(3);
    request(rig, 0, 1, "x");
    rig.settle();
    expect(rig.gateway.answers("notPrimary")).toMatchObject([{ view: 1 }]);
    expect(rig.replica(0).log.headOp).toBe(1);
  });
});

describe("VRR §4.1 step 2: the primary looks at the client table", () => {
  it("drops a request whose number is not larger than the last one", () => {
    const rig = startedRig(3);
    for (const number of [1, 2]) {
      request(rig, 1, number, `${number}`);
      rig.settle();
    }
    request(rig, 1, 1, "1");
    rig.settle();
    expect(rig.replica(1).log.headOp).toBe(3);
    expect(rig.gateway.outcomes).toEqual(["1@1", "2@2"]);
  });

  it("sends the stored reply again when it is the last one and has been executed", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    request(rig, 1, 1, "x");
    expect(rig.gateway.outcomes).toEqual(["x@1", "x@1"]);
    expect(rig.replica(1).log.headOp).toBe(2);
  });
});

describe("VRR §4.1 step 3: the primary gives the request its place", () => {
  it("advances op, appends to the log and sends Prepare with view, op and commit to all", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    expect(rig.replica(1).log.headOp).toBe(2);
    const prepares = rig.network.waiting({ from: 1, command: "prepare", view: 1 });
    expect(prepares.map(({ to }) => to)).toEqual([0, 2]);
    for (const packet of prepares) {
      expect(messageIn(packet, "prepare")).toMatchObject({ header: { op: 2, view: 1 }, commit: 1 });
    }
  });

  it("does not touch the client table before the request is committed", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    const session = present(rig.replica(1).clientTable.find(rig.gateway.session));
    expect(session.number).toBe(0);
    rig.settle();
    expect(session.number).toBe(1);
  });

  it("merges the requests that wait while others are in flight into one Prepare (§6.1)", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 1 } });
    for (const label of ["a", "b", "c", "d"]) register(rig, 1, label);
    rig.settle();
    expect(rig.replica(1).log.headOp).toBe(3);
    expect(rig.replica(1).clientTable.size).toBe(5);
  });
});

describe("VRR §4.1 step 4: a backup accepts in order", () => {
  it("takes no entry before it has all earlier ones, and fetches what it missed", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "a");
    request(rig, 1, 2, "b");
    rig.network.hold({ from: 0, command: "getEntries" });
    const [first] = rig.network.waiting({ to: 0, command: "prepare" });
    const { bytes } = present(rig.network.waiting({ to: 0, command: "prepare" })[1]);
    rig.network.take({ to: 0, command: "prepare" });
    rig.inject(0, 1, bytes);
    expect(rig.ignored(0).at(-1)).toBe("gap");
    expect(rig.replica(0).log.headOp).toBe(1);
    rig.inject(0, 1, present(first).bytes);
    rig.inject(0, 1, bytes);
    rig.network.release();
    rig.settle();
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1", "3@1"]);
  });

  it("answers PrepareOk when the entry and all before it are on its disk, not before", () => {
    const rig = startedRig(3);
    rig.disk(0).hold("append");
    request(rig, 1, 1, "x");
    rig.deliver({ to: 0, command: "prepare" });
    expect(rig.network.waiting({ from: 0, command: "prepareOk" })).toEqual([]);
    rig.complete(0, "append");
    const [promise] = rig.network.waiting({ from: 0, to: 1, command: "prepareOk", view: 1 });
    expect(messageIn(present(promise), "prepareOk").op).toBe(2);
  });

  it("takes a Prepare that arrives twice once", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.duplicate({ to: 0, command: "prepare" });
    rig.settle();
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1"]);
    expect(rig.ignored(0)).toContain("already held");
  });
});

describe("VRR §4.1 step 5: the primary commits", () => {
  it("waits for a quorum of different replicas, then executes and replies", () => {
    const rig = startedRig(5);
    request(rig, 1, 1, "x");
    rig.completeAll(1);
    rig.deliver({ to: 0, command: "prepare" });
    rig.completeAll(0);
    rig.deliver({ from: 0, command: "prepareOk" });
    expect(rig.gateway.outcomes).toEqual([]);
    rig.deliver({ to: 4, command: "prepare" });
    rig.completeAll(4);
    rig.deliver({ from: 4, command: "prepareOk" });
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    expect(rig.gateway.answers("reply")).toMatchObject([{ view: 1, number: 1, op: 2 }]);
  });

  it("executes all earlier operations first", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 4 } });
    for (const number of [1, 2, 3]) request(rig, 1, number, `${number}`);
    rig.completeAll(1);
    for (const packet of rig.network.take({ to: 0, command: "prepare" })) {
      rig.inject(0, 1, packet.bytes);
    }
    rig.completeAll(0);
    const promises = rig.network.take({ from: 0, command: "prepareOk" });
    rig.inject(1, 0, present(promises.at(-1)).bytes);
    expect(rig.executed(1)).toEqual(["1", "2", "3"]);
    expect(rig.gateway.outcomes).toEqual(["1@1", "2@2", "3@3"]);
  });
});

describe("VRR §4.1 steps 6 and 7: the backups learn of the commit", () => {
  it("step 6: with the next Prepare", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.executed(0)).toEqual([]);
    request(rig, 1, 2, "y");
    rig.settle();
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("step 6: with a Commit when there is no next request", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.tick(1, 5);
    const [commit] = rig.network.waiting({ to: 0, command: "commit" });
    expect(messageIn(present(commit), "commit")).toMatchObject({ commit: 2, head: { op: 2 } });
    rig.settle();
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("step 7: a backup waits until it has the operation and all before it on disk", () => {
    const rig = startedRig(3);
    rig.disk(0).hold("append");
    request(rig, 1, 1, "x");
    rig.elapse(6);
    expect(rig.replica(0)).toMatchObject({ commit: 2, executed: 1 });
    rig.disk(0).release();
    rig.settle();
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("step 7: every replica keeps the result in its client table, and only the primary replies", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    const results = [0, 1, 2].map((index) => {
      const session = rig.replica(index).clientTable.find(rig.gateway.session);
      return [session?.number, session?.results];
    });
    expect(results[1]?.[0]).toBe(1);
    expect(new Set(results.map((each) => String(each))).size).toBe(1);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });
});

describe("VRR §4.4: what differs between replicas is decided by the primary and logged", () => {
  it("time and random are the same everywhere", () => {
    const rig = startedRig(3);
    rig.setClockAhead(0, -5_000_000);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    const [one, two, three] = [0, 1, 2].map((index) => rig.machine(index).contexts);
    expect(one).toEqual(two);
    expect(two).toEqual(three);
    expect(one?.[0]?.random).toHaveLength(16);
  });

  it("a pulse is ordered like a request, when the primary's state machine wants one", () => {
    const rig = startedRig(3);
    const due = rig.replica(1).log.timestampOfHead() + 1;
    for (const index of [0, 1, 2]) rig.machine(index).pulseAtMicros = due;
    rig.elapse(6);
    expect([0, 1, 2].map((index) => rig.executed(index))).toEqual([
      ["pulse"],
      ["pulse"],
      ["pulse"],
    ]);
    expect(rig.replica(1).log.headOp).toBe(2);
  });
});
