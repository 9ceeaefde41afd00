import { present } from "@quorate/prelude";
import {
  asOp,
  operationsPerEntryMax,
  operationsPerRequestMax,
  requestBodyBytesMax,
  sessionsMax,
} from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { electBy, logOf, register, request, startedRig } from "./testing/stories.ts";

describe("A4 a session is the place of its registration in the log", () => {
  it("so two registrations in one entry are two sessions", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 1 } });
    rig.network.hold({ command: "prepareOk" });
    register(rig, 1, "one");
    register(rig, 1, "two");
    register(rig, 1, "three");
    rig.network.release();
    rig.settle();
    const sessions = rig.gateway.answers("registered").slice(-3);
    expect(sessions.map(({ session }) => session)).toEqual([
      { op: 2, index: 0 },
      { op: 3, index: 0 },
      { op: 3, index: 1 },
    ]);
  });

  it("is registered once, however often the gateway asks", () => {
    const rig = startedRig(3);
    const { session } = rig.gateway;
    register(rig, 1, "session");
    register(rig, 1, "session");
    rig.settle();
    expect(rig.gateway.answers("registered")).toHaveLength(3);
    expect(rig.gateway.session).toEqual(session);
    expect(rig.replica(1).clientTable.size).toBe(1);
    expect(rig.replica(1).log.headOp).toBe(1);
  });

  it("is registered once across a view change", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "prepareOk" });
    register(rig, 1, "two");
    rig.settle();
    rig.crash(1);
    electBy(rig, 0, 2);
    register(rig, 2, "two");
    rig.network.release();
    rig.settle();
    rig.elapse(6);
    expect(rig.replica(2).clientTable.size).toBe(2);
    const answers = rig.gateway.answers("registered").slice(1);
    expect(new Set(answers.map(({ session }) => session.op))).toEqual(new Set([2]));
  });
});

describe("A4 a request is executed once", () => {
  it("and answered again with the stored outcome when it is sent again", () => {
    const rig = startedRig(3);
    for (let times = 0; times < 3; times++) {
      request(rig, 1, 1, "x");
      rig.settle();
    }
    expect(rig.gateway.outcomes).toEqual(["x@1", "x@1", "x@1"]);
    expect(rig.executed(1)).toEqual(["x"]);
  });

  it("while it is in flight it is not prepared twice", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "prepareOk" });
    for (let times = 0; times < 3; times++) request(rig, 1, 1, "x");
    rig.settle();
    expect(logOf(rig, 1)).toHaveLength(2);
    expect(rig.ignored(1).slice(-2)).toEqual(["already in the log", "already in the log"]);
  });

  it("also when StartView brought it and the gateway asks the new primary again", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "prepareOk" });
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    electBy(rig, 0, 2);
    request(rig, 2, 1, "x");
    rig.network.release();
    rig.settle();
    request(rig, 2, 1, "x");
    rig.elapse(6);
    expect(new Set(rig.gateway.outcomes)).toEqual(new Set(["x@1"]));
    expect([0, 2].map((index) => rig.executed(index))).toEqual([["x"], ["x"]]);
  });

  it("its number names one request: another one under it has no effect", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    request(rig, 1, 1, "another");
    rig.settle();
    expect(rig.ignored(1).at(-1)).toBe("request number used for another request");
    request(rig, 1, 2, "y");
    rig.settle();
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.ignored(1).at(-1)).toBe("already executed");
    expect(rig.executed(1)).toEqual(["x", "y"]);
    expect(rig.gateway.outcomes).toEqual(["x@1", "y@2"]);
  });
});

describe("A4 a session is its gateway's and can be evicted", () => {
  it("refuses the session of another gateway", () => {
    const rig = startedRig(3);
    const stranger = present(rig.gateways[1]);
    rig.ask(1, stranger.request(1, ["stolen"], rig.gateway.session), 1);
    rig.settle();
    expect(rig.ignored(1).at(-1)).toBe("session of another gateway");
    expect(rig.executed(1)).toEqual([]);
  });

  it("answers `evicted` for a session that is gone, and executes nothing", () => {
    const rig = startedRig(3);
    rig.ask(1, rig.gateway.request(1, ["x"], { op: asOp(1), index: 9 }));
    rig.settle();
    expect(rig.gateway.answers("evicted")).toMatchObject([{ session: { op: 1, index: 9 } }]);
    expect(rig.executed(1)).toEqual([]);
  });

  it("makes room for a new session at the cost of the one that is idle for longest", () => {
    const rig = startedRig(1, { options: { requestsWaitingMax: 2 * sessionsMax } });
    const { session } = rig.gateway;
    for (let count = 0; count < sessionsMax; count++) register(rig, 0, `session ${count}`);
    rig.settle();
    expect(rig.replica(0).clientTable.size).toBe(sessionsMax);
    rig.ask(0, rig.gateway.request(1, ["x"], session));
    rig.settle();
    expect(rig.gateway.answers("evicted")).toMatchObject([{ session }]);
    expect(rig.executed(0)).toEqual([]);
  });
});

describe("A4 overload is answered at once", () => {
  it("and the request that was refused is not executed", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 1, requestsWaitingMax: 1 } });
    rig.network.hold({ command: "prepareOk" });
    for (const number of [1, 2, 3]) request(rig, 1, number, `${number}`);
    expect(rig.gateway.answers("overloaded")).toMatchObject([{ number: 3 }]);
    rig.network.release();
    rig.settle();
    expect(rig.executed(1)).toEqual(["1", "2"]);
  });

  it("and a gateway that sends without end leaves room for the others", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 1, requestsWaitingMax: 6 } });
    const [greedy, modest] = [present(rig.gateways[0]), present(rig.gateways[1])];
    rig.ask(1, modest.register("modest"), 1);
    rig.settle();
    rig.network.hold({ command: "prepareOk" });
    for (let number = 1; number <= 20; number++) request(rig, 1, number, `greedy ${number}`);
    // One is in flight, and half of what may wait is taken.
    expect(greedy.answers("overloaded")).toHaveLength(20 - 1 - 3);
    rig.ask(1, modest.request(1, ["modest"], modest.session), 1);
    expect(modest.answers("overloaded")).toEqual([]);
    rig.network.release();
    rig.settle();
    expect(modest.outcomes).toEqual(["modest@5"]);
  });

  it("and bytes are shared like requests", () => {
    const options = { preparesInFlightMax: 1, requestBytesWaitingMax: 6_000 };
    const rig = startedRig(3, { options });
    const [greedy, modest] = [present(rig.gateways[0]), present(rig.gateways[1])];
    rig.ask(1, modest.register("modest"), 1);
    rig.settle();
    rig.network.hold({ command: "prepareOk" });
    const large = "x".repeat(1_000);
    for (let number = 1; number <= 9; number++) request(rig, 1, number, large);
    expect(greedy.answers("overloaded").length).toBeGreaterThan(0);
    rig.ask(1, modest.request(1, [large], modest.session), 1);
    expect(modest.answers("overloaded")).toEqual([]);
  });

  it("and an entry has no more operations than are executed in one go", () => {
    const rig = startedRig(3, { options: { preparesInFlightMax: 1 } });
    rig.network.hold({ command: "prepareOk" });
    request(rig, 1, 1, "first");
    const many = Array.from({ length: operationsPerRequestMax }, () => "x");
    for (let number = 2; number <= 7; number++) {
      rig.ask(1, rig.gateway.request(number, many, rig.gateway.session));
    }
    rig.network.release();
    rig.settle();
    const executedAt = rig.replica(1).executed;
    // The first, four that share an entry, and the other two.
    expect(executedAt).toBe(1 + 3);
    expect(rig.executed(1)).toHaveLength(1 + 6 * operationsPerRequestMax);
    expect(4 * operationsPerRequestMax).toBe(operationsPerEntryMax);
  });
});

describe("A4 the largest request", () => {
  /** Of the body of a request with one operation: session, number, count and length. */
  const fieldsBytes = 28;

  it.each([1, 3])("of %i replicas has its place in an entry, which everybody can read", (count) => {
    const rig = startedRig(count);
    request(rig, 1 % count, 1, "x".repeat(requestBodyBytesMax - fieldsBytes));
    rig.settle();
    expect(rig.executed(1 % count)).toHaveLength(1);
    expect(rig.member(1 % count).refused).toEqual([]);
  });

  it.each([1, 3])("of %i replicas is no larger: one byte more is not admitted", (count) => {
    const rig = startedRig(count);
    request(rig, 1 % count, 1, "x".repeat(requestBodyBytesMax - fieldsBytes + 1));
    rig.settle();
    expect(rig.member(1 % count).refused).toEqual(["body-size"]);
    expect(logOf(rig, 1 % count)).toEqual(["1@1"]);
  });
});
