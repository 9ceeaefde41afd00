import { describe, expect, it } from "vitest";
import type { Rig } from "./testing/rig.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

/** Replica 0 has moved to view 2 with the vote of replica 1, which then died; 2 knows nothing. */
function aloneInView2(): Rig {
  const rig = startedRig(3);
  rig.isolate(2);
  rig.crash(1);
  rig.restart(1);
  electBy(rig, 1, 0);
  rig.crash(1);
  rig.network.heal();
  expect([rig.replica(0).view, rig.replica(2).view]).toEqual([2, 1]);
  return rig;
}

function hasPrimary(rig: Rig, ...indices: readonly number[]): boolean {
  return indices.some((index) => rig.replica(index).acting !== null);
}

describe("L1 the proof of a view travels and is stored", () => {
  it("brings together a majority that a dead voter left in different views", () => {
    const rig = aloneInView2();
    rig.elapse(200);
    expect(hasPrimary(rig, 0, 2)).toBe(true);
  });

  it("is found again after a restart", () => {
    const rig = aloneInView2();
    rig.crash(0);
    rig.restart(0);
    rig.elapse(200);
    expect(hasPrimary(rig, 0, 2)).toBe(true);
  });

  it("moves nobody without a quorum of votes for that very view", () => {
    const rig = startedRig(3);
    const vote = (index: number, view: number): Uint8Array => {
      return rig.sign(index, view, { command: "startViewChange" });
    };
    const forged = [
      [vote(0, 5)],
      [vote(0, 5), vote(0, 5)],
      [vote(0, 5), vote(2, 4)],
      [
        vote(0, 5),
        rig.sign(2, 5, { command: "rejectClock", op: rig.replica(0).commit, aheadMicros: 0 }),
      ],
    ];
    for (const votes of forged) rig.inject(1, 0, rig.sign(0, 5, { command: "viewProof", votes }));
    expect(rig.replica(1).view).toBe(1);
    expect(rig.ignored(1).filter((reason) => reason === "proof not valid")).toHaveLength(4);
    rig.inject(1, 0, rig.sign(0, 5, { command: "viewProof", votes: [vote(0, 5), vote(2, 5)] }));
    expect(rig.replica(1).view).toBe(5);
  });

  it("answers a statement of a lower view with what proves the higher, at a limited rate", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    electBy(rig, 1, 2);
    rig.crash(1);
    rig.restart(1);
    electBy(rig, 1, 2);
    const { view } = rig.replica(2);
    rig.network.heal();
    const vote = rig.sign(0, 2, { command: "startViewChange" });
    for (let times = 0; times < 5; times++) rig.inject(2, 0, vote);
    const answers = rig.network.waiting({ from: 2, to: 0 });
    expect(answers.map((packet) => packet.view)).toEqual([view]);
    rig.settle();
    expect(rig.replica(0).view).toBe(view);
  });

  it("is asked for, when a Prepare or Commit of a newer view arrives, which moves nothing", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    rig.crash(1);
    rig.restart(1);
    electBy(rig, 1, 2);
    rig.network.heal();
    rig.tick(0, 10);
    rig.tick(2, 5);
    rig.deliver({ from: 2, to: 0, command: "commit" });
    expect(rig.replica(0).view).toBe(1);
    expect(rig.network.waiting({ from: 0, to: 2 })).toHaveLength(1);
    rig.settle();
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "normal" });
  });

  it("lets a replica vote for its own view + 1 and nothing else, so one alone disturbs nobody", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    rig.elapse(500);
    expect(rig.replica(0).view).toBe(1);
    const views = new Set(
      rig.network.sent({ from: 0, command: "startViewChange" }).map((p) => p.view),
    );
    expect([...views].toSorted((a, b) => a - b)).toEqual([1, 2]);
    rig.network.heal();
    rig.elapse(30);
    expect([0, 1, 2].map((index) => rig.replica(index).view)).toEqual([1, 1, 1]);
    expect(rig.replica(1).acting).not.toBeNull();
  });
});

describe("L1 a vote is no promise", () => {
  it("leaves the voter normal: it goes on acknowledging until its view moves", () => {
    const rig = startedRig(3);
    rig.timeOut(0);
    rig.drop({ from: 0, command: "startViewChange" });
    rig.cut(1, 2);
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });

  it("is repeated while the timer is expired, and stops on a valid heartbeat", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    rig.timeOut(0);
    const once = rig.network.sent({ from: 0, command: "startViewChange", view: 2 }).length;
    rig.tick(0, 30);
    const often = rig.network.sent({ from: 0, command: "startViewChange", view: 2 }).length;
    expect(often).toBe(once + 3 * 2);
    rig.network.heal();
    rig.tick(1, 5);
    rig.settle();
    rig.tick(0, 30);
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 2 })).toHaveLength(often);
  });

  it("expires at the receiver", () => {
    const rig = startedRig(3);
    rig.timeOut(0);
    rig.deliver({ from: 0, to: 2, command: "startViewChange" });
    rig.isolate(0);
    rig.elapse(101);
    rig.crash(1);
    rig.timeOut(2);
    rig.settle();
    expect(rig.replica(2).view).toBe(1);
  });
});

describe("L2 a replica that fetches still votes", () => {
  /** View 2 started with `x`, which only its primary held; it died before anybody had fetched. */
  function transferringFromTheDead(): Rig {
    const rig = startedRig(3);
    rig.disk(1).hold("append");
    rig.cut(0, 1);
    rig.network.hold({ from: 2, to: 1, command: "prepareOk" });
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(1);
    rig.restart(1);
    rig.network.heal();
    rig.network.hold({ to: 2, command: "getEntries" });
    electBy(rig, 1, 0, 2);
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal" });
    for (const index of [0, 1]) {
      expect(rig.replica(index)).toMatchObject({ view: 2, fetch: { purpose: "follow" } });
    }
    rig.crash(2);
    return rig;
  }

  it("so that those who fetched from a dead primary elect another", () => {
    const rig = transferringFromTheDead();
    rig.elapse(400);
    expect(hasPrimary(rig, 0, 1)).toBe(true);
  });

  it("sends a truthful DoViewChange and no PrepareOk", () => {
    const rig = transferringFromTheDead();
    rig.elapse(400);
    expect(rig.network.sent({ from: 0, command: "prepareOk", view: 2 })).toEqual([]);
    const [change] = rig.network.sent({ from: 1, command: "doViewChange", view: 3 });
    expect(change?.message).toMatchObject({ lastNormalView: 1, head: { op: 1 } });
  });

  it("cancels the transfer for a proven newer view and keeps what was fetched by hash", () => {
    const rig = transferringFromTheDead();
    rig.restart(2);
    rig.network.release();
    rig.disk(0).hold("repair");
    rig.elapse(10);
    const position = rig.replica(2).log.head;
    expect(rig.replica(0).cache.get(position)).not.toBeNull();
    const before = rig.network.sent({ from: 0, command: "getEntries" }).length;
    electBy(rig, 2, 1);
    rig.disk(0).release();
    rig.elapse(50);
    expect(rig.replica(0)).toMatchObject({ view: 3, status: "normal" });
    expect(rig.executed(0)).toEqual(["x"]);
    expect(rig.network.sent({ from: 0, command: "getEntries" })).toHaveLength(before);
  });
});
