import { asOp } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import type { Rig } from "./testing/rig.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

/** Replicas 1 and 0 have committed `x` at op 2; replica 0 restarts and cannot read op 2. */
function uncertainAfterAcknowledging(): Rig {
  const rig = startedRig(3);
  rig.isolate(2);
  request(rig, 1, 1, "x");
  rig.settle();
  rig.network.heal();
  expect(rig.gateway.outcomes).toEqual(["x@1"]);
  rig.crash(0);
  rig.restart(0, { unreadableFrom: 2 });
  return rig;
}

const promises = ["startViewChange", "prepareOk", "doViewChange"] as const;

function promisesOf(rig: Rig, index: number): number {
  return promises.reduce((sum, command) => {
    return sum + rig.network.sent({ from: index, command }).length;
  }, 0);
}

describe("S5 an uncertain head promises nothing", () => {
  it("is not ended by a stored StartView of its own view", () => {
    const rig = uncertainAfterAcknowledging();
    const startView = rig.network.sent({ from: 1, to: 0, command: "startView" })[0];
    rig.inject(0, 1, startView?.bytes ?? new Uint8Array(0));
    rig.settle();
    expect(rig.replica(0)).toMatchObject({ status: "recovering", isHeadUncertain: true });
    expect(rig.ignored(0)).toContain("already installed");
  });

  it("is not ended by the StartView of the view that its superblock names, even if new to it", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    rig.network.hold({ command: "startView" });
    electBy(rig, 0, 2);
    expect(rig.disk(0).superblock).toMatchObject({ view: 2, lastNormalView: 1 });
    rig.crash(0);
    rig.restart(0, { unreadableFrom: 2 });
    rig.deliver({ from: 2, to: 0, command: "startView" });
    rig.settle();
    expect(rig.replica(0)).toMatchObject({ status: "recovering", isHeadUncertain: true });
    expect(rig.ignored(0)).toContain("head uncertain");
  });

  it("is not ended by a log of which more is said to be committed than it holds", () => {
    const rig = uncertainAfterAcknowledging();
    rig.network.cut({ to: 0, command: "recoveryResponse" });
    const { commit, identity } = rig.replica(0);
    const head = rig.replica(1).log.head;
    const lie = { nonce: identity.bootNonce, head, commit: asOp(1_000) };
    rig.inject(0, 1, rig.sign(1, 1, { command: "recoveryResponse", ...lie }));
    rig.settle();
    // Its DoViewChange would say so in every view to come, and no log could be selected.
    expect(rig.replica(0)).toMatchObject({ status: "recovering", commit });
    expect(rig.ignored(0)).toContain("beyond the log");
    rig.network.heal();
    rig.elapse(20);
    expect(rig.replica(0)).toMatchObject({ status: "normal", commit: head.op });
  });

  it("sends no vote, PrepareOk or DoViewChange, so that nobody is elected without op 2", () => {
    const rig = uncertainAfterAcknowledging();
    const before = promisesOf(rig, 0);
    rig.crash(1);
    rig.elapse(500);
    expect(promisesOf(rig, 0)).toBe(before);
    expect(rig.replica(2)).toMatchObject({ view: 1 });
    expect(rig.replica(0)).toMatchObject({ view: 1, status: "recovering" });
  });

  it("collects no DoViewChange as primary of its view, so it starts none", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.hold({ command: "doViewChange" });
    electBy(rig, 0, 2);
    expect(rig.disk(2).superblock).toMatchObject({ view: 2, lastNormalView: 1 });
    const changes = [0, 1].flatMap((from) => rig.network.sent({ from, command: "doViewChange" }));
    rig.crash(2);
    rig.restart(2, { unreadableFrom: 2 });
    for (const { from, bytes } of changes) rig.inject(2, from, bytes);
    rig.settle();
    expect(rig.ignored(2)).toContain("head uncertain");
    expect(rig.replica(2)).toMatchObject({ status: "recovering", acting: null });
  });

  it("is durable: a second restart does not forget it", () => {
    const rig = uncertainAfterAcknowledging();
    const before = promisesOf(rig, 0);
    rig.crash(1);
    rig.crash(0);
    rig.restart(0);
    rig.elapse(300);
    expect(rig.replica(0).status).toBe("recovering");
    expect(promisesOf(rig, 0)).toBe(before);
  });

  it("does not vote when a vote of another would complete a quorum", () => {
    const rig = uncertainAfterAcknowledging();
    rig.crash(1);
    rig.timeOut(2);
    rig.deliver({ from: 2, to: 0, command: "startViewChange" });
    rig.settle();
    expect(rig.replica(2).view).toBe(1);
    expect(rig.ignored(0)).toContain("head uncertain");
  });

  it("ends with the whole log of the acting primary, answered to this life's nonce", () => {
    const rig = uncertainAfterAcknowledging();
    rig.elapse(20);
    expect(rig.replica(0)).toMatchObject({ view: 1, status: "normal", isHeadUncertain: false });
    expect(rig.disk(0).superblock.isHeadUncertain).toBe(false);
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("ends with the StartView of a view newer than its durable view", () => {
    const rig = uncertainAfterAcknowledging();
    rig.crash(1);
    rig.restart(1);
    rig.elapse(200);
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "normal", isHeadUncertain: false });
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("is not moved by the proof of a view, for which it would have to send a DoViewChange", () => {
    const rig = uncertainAfterAcknowledging();
    const before = promisesOf(rig, 0);
    const votes = [1, 2].map((index) => rig.sign(index, 2, { command: "startViewChange" }));
    rig.inject(0, 1, rig.sign(1, 2, { command: "viewProof", votes }));
    rig.completeAll(0);
    expect(rig.replica(0)).toMatchObject({ view: 1, status: "recovering" });
    expect(promisesOf(rig, 0)).toBe(before);
  });

  it("does not end while the newer log is still being fetched", () => {
    const rig = uncertainAfterAcknowledging();
    const before = promisesOf(rig, 0);
    rig.crash(1);
    rig.restart(1);
    rig.network.hold({ from: 0, command: "getEntries" });
    rig.elapse(400);
    expect(rig.replica(0)).toMatchObject({ status: "recovering" });
    expect(rig.disk(0).superblock).toMatchObject({ isHeadUncertain: true, lastNormalView: 1 });
    rig.crash(0);
    rig.restart(0);
    expect(rig.replica(0).status).toBe("recovering");
    expect(promisesOf(rig, 0)).toBe(before);
  });
});

describe("A5 answers are bound to the life that asked", () => {
  it("takes no RecoveryResponse for the nonce of an earlier boot", () => {
    const rig = uncertainAfterAcknowledging();
    rig.network.hold({ command: "recoveryResponse" });
    rig.elapse(20);
    const stale = rig.network.sent({ from: 1, to: 0, command: "recoveryResponse" });
    expect(stale.length).toBeGreaterThan(0);
    rig.crash(0);
    rig.restart(0);
    rig.deliver({ from: 1, to: 0, command: "recoveryResponse" });
    expect(rig.replica(0)).toMatchObject({ status: "recovering", fetch: null });
    expect(rig.ignored(0)).toContain("not asked for");
  });
});
