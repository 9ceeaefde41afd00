/** Fetches of which the subject comes, or goes, by another way before the answer: VRR §5.2. */
import { asOp } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { expectCaughtUp, settledTicks, work } from "./testing/left-behind.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

/** Memory for a single entry: all others are read from the disk. */
const options = { cacheBytesMax: 3_000 };
/** Longer than the interval of announcements. */
const announcedTicks = 30;
const heartbeatsTicks = 10;

const memoryless = (voterCount = 3): Rig => startedRig(voterCount, { checkpointOps: 4, options });

/** The body of an entry has rotted on a member's disk, as a peer's question shows. */
function findRotten(rig: Rig, index: number, op: number): void {
  rig.elapse(heartbeatsTicks);
  const wanted = [rig.replica(index).log.positionAt(asOp(op))];
  rig.disk(index).rot(op);
  rig.inject(index, 2, rig.sign(2, 1, { command: "getEntries", nonce: 1, wanted }));
  rig.completeAll(index);
  expect(rig.replica(index).log.slotAt(op)?.state).toBe("corrupt");
  expect(rig.replica(index).fetch).toMatchObject({ purpose: "scrub", missing: [{ op }] });
}

/** What members have freed they cannot read any more. */
function forgetFreed(rig: Rig, ...members: readonly number[]): void {
  for (const index of members) {
    const { base } = rig.replica(index).log;
    for (let op = 1; op <= base.op; op++) rig.disk(index).rot(op);
  }
}

describe("entries that were asked for, and came by themselves before the answer", () => {
  it("are awaited no more, so that what is missed later is fetched", () => {
    const rig = memoryless();
    rig.network.hold({ to: 0, command: "prepare" });
    rig.network.hold({ to: 0, command: "entries" });
    work(rig, 1, 1);
    rig.elapse(20);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "catch-up", state: "bodies" });
    work(rig, 2, 3);
    for (const { from, bytes } of rig.network.take({ to: 0, command: "prepare" })) {
      rig.inject(0, from, bytes);
    }
    rig.elapse(2);
    rig.network.release();
    rig.network.cut({ to: 0, command: "entries" });
    work(rig, 4, 20);
    rig.elapse(announcedTicks);
    forgetFreed(rig, 1, 2);
    rig.network.heal();
    rig.network.cut({ to: 0, command: "prepare" });
    work(rig, 21, 21);
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
  });

  it("are awaited no more though nothing is freed yet", () => {
    const rig = startedRig(3);
    rig.network.hold({ to: 0, command: "prepare" });
    rig.network.cut({ to: 0, command: "newState" });
    work(rig, 1, 1);
    rig.elapse(20);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "catch-up", state: "headers" });
    rig.network.release();
    rig.elapse(settledTicks);
    expect(rig.executed(0)).toEqual(["job 1"]);
    expect(rig.replica(0).fetch).toBeNull();
  });
});

describe("a rotten body that a checkpoint has made superfluous", () => {
  it("is awaited no more, so that what rots later is mended, and acknowledged", () => {
    const rig = memoryless();
    work(rig, 1, 2);
    rig.network.cut({ to: 0, command: "entries" });
    findRotten(rig, 0, 2);
    work(rig, 3, 20);
    rig.elapse(announcedTicks);
    forgetFreed(rig, 1, 2);
    rig.network.heal();
    work(rig, 21, 22);
    findRotten(rig, 0, 21);
    rig.elapse(settledTicks);
    rig.crash(2);
    work(rig, 23, 23);
    rig.elapse(heartbeatsTicks);
    expect(rig.executed(1)).toContain("job 23");
    expect(rig.replica(0)).toMatchObject({ view: 1, fetch: null });
  });
});

describe("a state that was to take the place of a rotten body, which was mended first", () => {
  it("is given up, and nobody is accused when it cannot be had any more", () => {
    const rig = memoryless();
    work(rig, 1, 3);
    rig.elapse(announcedTicks);
    rig.disk(0).hold("write-blocks");
    work(rig, 4, 20);
    rig.elapse(announcedTicks);
    rig.restart(0, { corrupt: [5] });
    rig.disk(0).hold("repair");
    rig.network.hold({ to: 0, command: "newState" });
    rig.elapse(heartbeatsTicks);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "scrub", state: "bodies", missing: [] });
    rig.network.release();
    rig.network.hold({ to: 0, command: "blocks" });
    rig.elapse(heartbeatsTicks);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "scrub", state: "state" });
    for (const peer of [1, 2]) {
      for (const { stateRoot } of rig.replica(peer).checkpoints) rig.disk(peer).rotBlock(stateRoot);
    }
    rig.complete(0, "repair");
    work(rig, 21, 22);
    rig.network.take({ to: 0, command: "blocks" });
    rig.network.release();
    rig.elapse(settledTicks);
    expect(rig.alarms(0)).toEqual([]);
    expectCaughtUp(rig, 0, 1);
  });
});

describe("a newer state that was to open a replica, which could read its own after all", () => {
  it("is awaited no more", () => {
    const rig = memoryless(5);
    work(rig, 1, 7);
    rig.elapse(announcedTicks);
    for (const { stateRoot } of rig.disk(0).superblock.checkpoints) rig.disk(0).rotBlock(stateRoot);
    // Replica 2 alone still has the blocks that replica 0 lacks.
    rig.isolate(2);
    rig.restart(0);
    work(rig, 8, 30);
    rig.network.hold({ to: 0, command: "newState" });
    rig.elapse(2 * settledTicks);
    expect(rig.replica(0)).toMatchObject({ isStateOpen: false, fetch: { purpose: "reopen" } });
    rig.network.heal();
    rig.network.cut({ to: 2, command: "newState" });
    rig.elapse(2 * settledTicks);
    expect(rig.replica(0)).toMatchObject({ isStateOpen: true, executed: 31, fetch: null });
  });
});

describe("a log of which a newer view has left out the end", () => {
  it("is fetched no more when a peer offers a state of that view: nobody is accused", () => {
    const rig = startedRig(5, { checkpointOps: 4, options: { preparesInFlightMax: 8 } });
    work(rig, 1, 2);
    rig.elapse(heartbeatsTicks);
    // Replica 1 leads replica 0 alone, and prepares what nobody else has.
    for (const one of [0, 1]) for (const other of [2, 3, 4]) rig.cut(one, other);
    rig.network.cut({ to: 0, command: "prepare" });
    rig.network.hold({ to: 0 });
    for (let number = 3; number <= 10; number++) request(rig, 1, number, `lost ${number}`);
    rig.settle();
    electBy(rig, 2, 3, 4);
    work(rig, 3, 9, 2);
    for (const index of [2, 3, 4]) rig.tick(index, announcedTicks);
    rig.settle();
    expect(rig.replica(2)).toMatchObject({ view: 2, log: { base: { op: 4 }, headOp: 10 } });
    rig.network.release();
    rig.network.cut({ from: 1, to: 0, command: "entries" });
    rig.tick(1, heartbeatsTicks);
    rig.settle();
    expect(rig.replica(0).fetch).toMatchObject({ state: "bodies", top: { op: 11 } });
    // Of view 2 replica 0 hears first by the answer to its question.
    rig.network.heal();
    for (const command of ["startView", "viewProof", "entries"] as const) {
      rig.network.cut({ to: 0, command });
    }
    rig.tick(0, settledTicks);
    rig.settle();
    expect(rig.network.sent({ from: 2, to: 0, command: "newState" })).not.toEqual([]);
    expect(rig.alarms(0)).toEqual([]);
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 2);
  });
});
