/** Checkpoints that take longer to write than the interval between two of them: VRR §5.1. */
import { hexEncode } from "@quorate/prelude";
import { checkpointsMax } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { work } from "./testing/left-behind.ts";
import type { Rig } from "./testing/rig.ts";
import { startedRig } from "./testing/stories.ts";

const checkpointOps = 4;

/**
 * Requests `first` to `last`, while each of these members has the blocks of a checkpoint on its disk
 * only so many ops after it began to write it.
 */
function workSlowly(rig: Rig, first: number, last: number, slow: ReadonlyMap<number, number>) {
  for (const index of slow.keys()) rig.disk(index).hold("write-blocks");
  for (let number = first; number <= last; number++) {
    work(rig, number, number);
    for (const [index, ops] of slow) finishAfter(rig, index, ops);
  }
}

function finishAfter(rig: Rig, index: number, ops: number): void {
  const { freezing, executed } = rig.replica(index);
  if (freezing === null || executed < freezing.head.op + ops) return;
  while (rig.replica(index).freezing === freezing) rig.complete(index, "write-blocks");
  rig.settle();
}

/** The log of each member above its base, in intervals of checkpoints. */
function logIntervals(rig: Rig, index: number): number {
  const { log } = rig.replica(index);
  return (log.headOp - log.base.op) / checkpointOps;
}

describe("VRR §5.1: replicas whose freezing outlasts the interval of checkpoints", () => {
  it("do not alternate for ever: a quorum signs one, and the log is freed", () => {
    const rig = startedRig(3, { checkpointOps });
    rig.crash(2);
    // Replica 1 writes its first one at once, so that the two are apart from then on.
    workSlowly(rig, 1, 5, new Map([[0, 6]]));
    const slow = new Map([
      [0, 6],
      [1, 6],
    ]);
    workSlowly(rig, 6, 60, slow);
    workSlowly(rig, 61, 120, slow);
    for (const index of [0, 1]) expect(logIntervals(rig, index)).toBeLessThan(12);
  });

  it("of whom one is much slower: the other still has what that one signs at last", () => {
    const rig = startedRig(3, { checkpointOps });
    rig.crash(2);
    workSlowly(rig, 1, 400, new Map([[0, 10 * checkpointOps]]));
    for (const index of [0, 1]) expect(logIntervals(rig, index)).toBeLessThan(60);
  });

  it("of whom one alone is slow: it has kept what the others signed long ago", () => {
    const rig = startedRig(3, { checkpointOps });
    workSlowly(rig, 1, 200, new Map([[0, 10 * checkpointOps]]));
    expect(logIntervals(rig, 0)).toBeLessThan(35);
    for (const index of [1, 2]) expect(logIntervals(rig, index)).toBeLessThan(3);
  });

  it("free what no checkpoint reaches, though the next is begun before a superblock names one", () => {
    const rig = startedRig(3, { checkpointOps });
    const disk = rig.disk(0);
    disk.hold("write-superblock", "write-blocks");
    const roots = new Set<string>();
    for (let number = 1; number <= 200; number++) {
      work(rig, number, number);
      const { freezing, writing } = rig.replica(0);
      if (freezing === null) continue;
      // Only now the superblock that names the one before is on the disk; and then this one's blocks.
      for (const _ of writing.slice()) rig.complete(0, "write-superblock");
      while (rig.replica(0).freezing === freezing) rig.complete(0, "write-blocks");
      rig.settle();
      for (const { stateRoot } of rig.replica(0).checkpoints) roots.add(hexEncode(stateRoot));
    }
    expect(roots.size).toBeGreaterThan(40);
    expect(disk.heldBlocks.filter((each) => roots.has(each)).length).toBeLessThan(checkpointsMax);
  });

  it("take every one again when the disk has become fast", () => {
    const rig = startedRig(3, { checkpointOps });
    rig.crash(2);
    workSlowly(rig, 1, 200, new Map([[0, 10 * checkpointOps]]));
    rig.disk(0).release();
    rig.elapse(30);
    work(rig, 201, 300);
    rig.elapse(30);
    for (const index of [0, 1]) expect(logIntervals(rig, index)).toBeLessThan(3);
  });

  it("take every one again, though the others need no signature of theirs", () => {
    const rig = startedRig(3, { checkpointOps });
    rig.disk(0).hold("write-blocks");
    work(rig, 1, 300);
    rig.disk(0).release();
    for (let number = 301; number <= 336; number += checkpointOps) {
      work(rig, number, number + checkpointOps - 1);
      rig.elapse(30);
    }
    expect(rig.replica(0).checkpointStride).toBeLessThanOrEqual(checkpointOps);
    expect(logIntervals(rig, 0)).toBeLessThan(3);
  });

  it("leave out no more than that for long after a catch-up that was in a hurry", () => {
    const rig = startedRig(3, { checkpointOps });
    work(rig, 1, 8);
    rig.elapse(30);
    rig.replica(0).checkpointStride = 2 ** 20;
    for (let number = 9; number <= 20; number += checkpointOps) {
      work(rig, number, number + checkpointOps - 1);
      rig.elapse(30);
    }
    expect(rig.replica(0).checkpointStride).toBeLessThanOrEqual(2 * checkpointOps);
  });
});
