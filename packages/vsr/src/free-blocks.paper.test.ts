/** The blocks of checkpoints that nobody needs any more are freed: VRR §5.1. */
import { describe, expect, it } from "vitest";
import { expectCaughtUp, settledTicks, work } from "./testing/left-behind.ts";
import type { Rig } from "./testing/rig.ts";
import { startedRig } from "./testing/stories.ts";

/** Longer than the interval of announcements. */
const announcedTicks = 30;

/** Blocks on a member's disk that no checkpoint of its superblock reaches; they are gone then. */
function takeNeedless(rig: Rig, index: number): readonly string[] {
  const disk = rig.disk(index);
  const before = disk.heldBlocks;
  disk.retain(disk.superblock.checkpoints.map(({ stateRoot }) => stateRoot));
  const needed = new Set(disk.heldBlocks);
  return before.filter((digest) => !needed.has(digest));
}

describe("VRR §5.1: blocks that no checkpoint reaches", () => {
  it("are freed in a life that opens its state while its superblock is being written", () => {
    const rig = startedRig(1, { checkpointOps: 4 });
    work(rig, 1, 14, 0);
    rig.disk(0).hold("write-superblock");
    work(rig, 15, 15, 0);
    rig.disk(0).holdRetains();
    rig.complete(0, "write-superblock");
    // What it would have freed was freed in memory alone.
    rig.restart(0);
    rig.disk(0).hold("write-superblock");
    rig.elapse(settledTicks);
    expect(rig.replica(0)).toMatchObject({ isStateOpen: true, writing: [{}] });
    rig.disk(0).release();
    rig.elapse(1);
    expect(takeNeedless(rig, 0)).toEqual([]);
  });

  it("are freed when a transferred state with a log of its own has taken the place of theirs", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 5);
    rig.elapse(announcedTicks);
    rig.isolate(0);
    work(rig, 6, 24);
    rig.elapse(announcedTicks);
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(4);
    expect(takeNeedless(rig, 0)).toEqual([]);
  });
});
