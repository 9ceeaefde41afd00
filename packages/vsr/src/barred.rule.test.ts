import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { expectWhole, loseDisk, rigWithX } from "./testing/loss-stories.ts";
import type { Rig } from "./testing/rig.ts";
import { logOf, request } from "./testing/stories.ts";

/** Member 0 of three is readmitted in view 1 and barred; nobody hears that it is. */
function barredInViewOne(): Rig {
  const rig = rigWithX(3);
  rig.network.cut({ from: 0, command: "commitOk" });
  loseDisk(rig, 0);
  rig.elapse(40);
  expect(rig.replica(0)).toMatchObject({ view: 1, status: "normal", isDiskLost: false });
  expect(rig.replica(0).barredView).toBe(3);
  expect(rig.executed(0)).toEqual(["x"]);
  return rig;
}

describe("S11 a barred replica, until the second view after its readmission", () => {
  it("acknowledges nothing in the view of its readmission", () => {
    const rig = barredInViewOne();
    const acknowledged = { from: 0, command: "prepareOk" } as const;
    const before = rig.network.sent(acknowledged).length;
    rig.isolate(2);
    request(rig, 1, 2, "y");
    rig.elapse(50);
    expect(logOf(rig, 0).at(-1)).toBe("4@1");
    expect(rig.network.sent(acknowledged)).toHaveLength(before);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });

  it("confirms no linearizable read", () => {
    const rig = barredInViewOne();
    rig.network.heal();
    rig.isolate(2);
    rig.network.hold({ from: 1, command: "stepDown" });
    rig.read(1);
    rig.elapse(60);
    expect(rig.gateway.answers("readReply").every(({ answer }) => answer === null)).toBe(true);
  });

  it("votes for no view but that one, and sends no DoViewChange below it", () => {
    const rig = barredInViewOne();
    rig.crash(1);
    rig.elapse(300);
    expect(rig.replica(2)).toMatchObject({ view: 1 });
    rig.restart(1);
    rig.network.heal();
    rig.elapse(300);
    expectWhole(rig, 3, ["x"]);
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 2 })).toEqual([]);
    expect(rig.network.sent({ from: 0, command: "doViewChange", view: 2 })).toEqual([]);
  });

  it("is barred by its disk: a restart does not forget it", () => {
    const rig = barredInViewOne();
    rig.crash(0);
    rig.restart(0);
    rig.elapse(5);
    expect(rig.replica(0)).toMatchObject({ view: 1, status: "normal" });
    expect(rig.replica(0).barredView).toBe(3);
    rig.isolate(2);
    request(rig, 1, 2, "y");
    rig.elapse(50);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });

  it("is voted past at once as primary", () => {
    const rig = rigWithX(3);
    loseDisk(rig, 2);
    rig.elapse(30);
    expect(rig.network.sent({ from: 2, command: "stepDown", view: 2 }).length).toBeGreaterThan(0);
    expect(rig.network.sent({ from: 2, command: "startView", view: 2 })).toEqual([]);
    expect(rig.replica(0)).toMatchObject({ view: 3, status: "normal" });
    expect(rig.replica(0).acting).not.toBeNull();
  });

  it("moves the cluster no further than that, and not if it was never readmitted", () => {
    const rig = rigWithX(3);
    const lie = { command: "commitOk", nonce: 1, stored: rig.replica(0).commit } as const;
    rig.inject(1, 0, rig.sign(0, 1, { ...lie, clockMicros: 0, isBarred: true }));
    expect(rig.replica(1).acting).not.toBeNull();
    loseDisk(rig, 0);
    rig.elapse(100);
    expectWhole(rig, 3, ["x"]);
    expect(rig.replica(0).view).toBe(3);
    const again = rig.sign(2, 3, { ...lie, clockMicros: 0, isBarred: true });
    rig.inject(0, 2, again);
    expect(rig.replica(0).acting).not.toBeNull();
  });
});

/**
 * Member 2's vote for view 2 reaches 0 alone, which moves there, sends its DoViewChange to 2, votes
 * for view 3 and loses its disk: all of it is on its way while 1 and 2 are still in view 1.
 */
function lostAfterMoving(): Rig {
  const rig = rigWithX(3);
  rig.network.hold({ from: 0, command: "doViewChange" });
  rig.network.hold({ from: 0, command: "startViewChange" });
  rig.network.hold({ from: 0, command: "viewProof" });
  rig.timeOut(2);
  rig.drop({ from: 2, to: 1, command: "startViewChange" });
  rig.timeOut(0);
  rig.deliver({ from: 2, to: 0, command: "startViewChange", view: 2 });
  rig.completeAll(0);
  expect(rig.network.waiting({ from: 0, to: 2, command: "doViewChange", view: 2 })).toHaveLength(1);
  rig.timeOut(0);
  expect(rig.network.waiting({ from: 0, command: "startViewChange", view: 3 })).toHaveLength(2);
  loseDisk(rig, 0);
  return rig;
}

describe("S11 what the old disk has said stays on its way", () => {
  it("and does no harm: a vote for v + 2 and a DoViewChange of v + 1 are the most", () => {
    const rig = lostAfterMoving();
    rig.elapse(4);
    request(rig, 1, 2, "y");
    rig.elapse(40);
    rig.network.release();
    rig.elapse(300);
    request(rig, rig.replica(0).view % 3, 2, "y");
    rig.elapse(6);
    expect(rig.gateway.outcomes.at(-1)).toBe("y@2");
    expectWhole(rig, 3, ["x", "y"]);
  });

  it("and the new one must not acknowledge in v: view v + 1 may start without what it holds", () => {
    const rig = lostAfterMoving();
    rig.network.hold({ from: 1, to: 2, command: "commit" });
    rig.network.hold({ from: 0, command: "commitOk" });
    rig.elapse(15);
    expect(rig.replica(0)).toMatchObject({ view: 1, status: "normal" });
    const before = rig.gateway.outcomes.length;
    rig.network.hold({ from: 1, to: 2 });
    request(rig, 1, 2, "y");
    rig.settle();
    expect(logOf(rig, 0).at(-1)).toBe("4@1");
    // The new disk holds `y` and so does the primary: two of three, and still not committed.
    expect(rig.gateway.outcomes).toHaveLength(before);
    rig.isolate(1);
    const old = present(rig.network.sent({ from: 0, to: 2, command: "doViewChange", view: 2 })[0]);
    const vote = present(
      rig.network.sent({ from: 0, to: 2, command: "startViewChange", view: 2 })[0],
    );
    rig.inject(2, 0, vote.bytes);
    rig.completeAll(2);
    rig.inject(2, 0, old.bytes);
    rig.completeAll(2);
    expect(rig.replica(2)).toMatchObject({ view: 2 });
    rig.network.heal();
    rig.network.release();
    rig.elapse(400);
    expect(rig.executed(0)).toEqual(rig.executed(2));
    expect(rig.executed(1)).toEqual(rig.executed(2));
  });

  it("and is refused from the member itself once its readmission is executed: rule A6", () => {
    const rig = rigWithX(3);
    loseDisk(rig, 0);
    rig.elapse(100);
    const old = rig.sign(0, 4, { command: "startViewChange" });
    rig.inject(2, 0, old);
    expect(rig.member(2).refused).toEqual(["incarnation"]);
  });
});
