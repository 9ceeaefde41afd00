/** Opening a state when no checkpoint of the own disk can be read: VRR §5.1 and §5.2. */
import { hexDecode, present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { defaultOptions } from "./options.ts";
import { work } from "./testing/left-behind.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

/** Longer than the interval of announcements. */
const announcedTicks = 30;

const jobs = (last: number): readonly string[] =>
  Array.from({ length: last }, (_, index) => `job ${index + 1}`);

/** Replica 0 has started again, and both checkpoints on its disk have rotted. */
function rottenRig(): Rig {
  const rig = startedRig(3, { checkpointOps: 4 });
  work(rig, 1, 7);
  rig.elapse(announcedTicks);
  for (const { stateRoot } of rig.disk(0).superblock.checkpoints) rig.disk(0).rotBlock(stateRoot);
  rig.restart(0);
  return rig;
}

/** And the others have freed the blocks that it lacks: only a newer state can open it. */
function outpacedRig(): Rig {
  const rig = rottenRig();
  rig.network.cut({ to: 0, command: "blocks" });
  work(rig, 8, 30);
  rig.elapse(announcedTicks);
  rig.network.heal();
  return rig;
}

describe("VRR §5.1: a replica that cannot read any of its checkpoints", () => {
  it("says so once of each, however long its peers cannot help", () => {
    const rig = rottenRig();
    for (const { stateRoot } of rig.disk(0).superblock.checkpoints) {
      for (const index of [1, 2]) rig.disk(index).rotBlock(stateRoot);
    }
    rig.elapse(20 * announcedTicks);
    expect(rig.replica(0).openAttempt).toBeGreaterThan(5);
    expect(rig.alarms(0)).toEqual(["checkpoint-unreadable", "checkpoint-unreadable"]);
  });

  it("takes a newer state when its peers have freed the blocks, and keeps what it promised", () => {
    const rig = rottenRig();
    // Its log follows while its state is not open; the others go on and free.
    rig.network.hold({ to: 0, command: "blocks" });
    work(rig, 8, 30);
    rig.elapse(announcedTicks);
    expect(rig.replica(0)).toMatchObject({ status: "normal", executed: 0, isStateOpen: false });
    const promised = rig.replica(0).log.storedOp;
    expect(promised).toBe(31);
    rig.network.take({ to: 0, command: "blocks" });
    rig.network.release();
    rig.elapse(10 * announcedTicks);
    expect(rig.replica(0)).toMatchObject({ status: "normal", executed: 31, fetch: null });
    expect(rig.replica(0).log.storedOp).toBe(promised);
    expect(rig.executed(0)).toEqual(rig.executed(2));
  });

  it("keeps what it promises meanwhile, though a peer offers only an older state", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 8);
    rig.elapse(announcedTicks);
    // Replica 1 leads, and is slow with its checkpoints: the others certify two without it.
    rig.network.cut({ to: 1, command: "checkpoint" });
    rig.network.cut({ to: 1, command: "checkpointCertificate" });
    rig.disk(1).hold("write-blocks");
    work(rig, 9, 17);
    rig.elapse(announcedTicks);
    const { base } = rig.replica(0).log;
    expect(rig.replica(1).checkpoints.map(({ op }) => op)).toEqual([4, 8]);
    expect(base.op).toBe(12);
    rig.crash(2);
    for (const digest of rig.disk(0).heldBlocks) rig.disk(0).rotBlock(present(hexDecode(digest)));
    rig.restart(0);
    rig.elapse(6 * announcedTicks);
    work(rig, 18, 22);
    expect(rig.replica(1).executed).toBe(23);
    rig.elapse(announcedTicks);
    expect(rig.replica(0).log).toMatchObject({ base, headOp: 23 });
    // What it acknowledged outlives the primary, and a newer state opens it.
    rig.isolate(1);
    rig.restart(2);
    electBy(rig, 0, 2);
    work(rig, 23, 30, 2);
    rig.elapse(20 * announcedTicks);
    expect(rig.executed(2)).toEqual(jobs(30));
    expect(rig.executed(0)).toEqual(rig.executed(2));
  });

  it("follows the log meanwhile, though it missed an entry, so that the others can commit", () => {
    const rig = outpacedRig();
    rig.network.hold({ to: 0, command: "newState" });
    while (rig.network.waiting({ to: 0, command: "newState" }).length === 0) rig.elapse(1);
    rig.network.release();
    rig.network.cut({ to: 0, command: "blocks" });
    rig.elapse(2);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "reopen", state: "state" });
    rig.crash(2);
    rig.network.hold({ to: 0, command: "prepare" });
    request(rig, 1, 31, "job 31");
    rig.settle();
    rig.drop({ to: 0, command: "prepare" });
    rig.network.release();
    rig.elapse(announcedTicks);
    expect(rig.replica(0).isStateOpen).toBe(false);
    expect(rig.executed(1)).toContain("job 31");
    rig.network.heal();
    rig.elapse(20 * announcedTicks);
    expect(rig.executed(0)).toEqual(jobs(31));
  });
});

describe("L3 a state that comes in well from another backup", () => {
  it("is no sign of life of the primary: who reopens by it votes all the same", () => {
    const rig = outpacedRig();
    const answerWithBlocks = (): void => {
      for (const { from, bytes } of rig.network.take({ to: 0, command: "blocks" })) {
        rig.inject(0, from, bytes);
      }
    };
    rig.network.hold({ to: 0, command: "blocks" });
    while (rig.replica(0).fetch?.state !== "state") {
      rig.elapse(1);
      answerWithBlocks();
    }
    rig.crash(1);
    expect(rig.replica(0).fetch).toMatchObject({ purpose: "reopen" });
    const { viewChangeTicks } = defaultOptions;
    for (let answers = 0; answers < 3; answers++) {
      rig.elapse(viewChangeTicks / 2);
      answerWithBlocks();
    }
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal" });
  });
});

describe("VRR §5.1: a replica that cannot read its first checkpoint", () => {
  it("executes its log from the beginning, of which nothing is freed yet", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 5);
    rig.elapse(announcedTicks);
    const { checkpoints, base } = rig.disk(0).superblock;
    expect([checkpoints.length, base.op]).toEqual([1, 0]);
    rig.disk(0).rotBlock(present(checkpoints[0]).stateRoot);
    rig.isolate(0);
    rig.restart(0);
    rig.elapse(announcedTicks);
    expect(rig.replica(0)).toMatchObject({ isStateOpen: true, loadedOp: 0 });
    rig.network.heal();
    work(rig, 6, 12);
    rig.elapse(2 * announcedTicks);
    expect(rig.executed(0)).toEqual(jobs(12));
    expect(rig.replica(0).log.base.op).toBe(8);
    expect(rig.stops(0)).toEqual([]);
  });

  it("also when it is alone, and nobody could give it a block", () => {
    const rig = startedRig(1, { checkpointOps: 4 });
    work(rig, 1, 5, 0);
    rig.elapse(announcedTicks);
    rig.disk(0).rotBlock(present(rig.disk(0).superblock.checkpoints[0]).stateRoot);
    rig.restart(0);
    rig.elapse(2 * announcedTicks);
    expect(rig.executed(0)).toEqual(jobs(5));
  });
});
