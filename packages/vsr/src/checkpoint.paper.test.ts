/** Checkpoints: VRR §5.1, certified by a quorum. */
import { hexEncode, present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { work } from "./testing/left-behind.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

/** Longer than the interval of announcements. */
const announcedTicks = 30;

const checkpointsOf = (rig: Rig, index: number): readonly string[] =>
  rig
    .disk(index)
    .superblock.checkpoints.map(({ op, signatures }) => `${op} by ${signatures.length}`);

describe("VRR §5.1: a checkpoint", () => {
  it("is taken at the same ops by every replica, and has the same root", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 12);
    rig.elapse(announcedTicks);
    const sent = rig.network.sent({ command: "checkpoint" });
    const roots = new Map<string, Set<string>>();
    for (const packet of sent) {
      const { op, stateRoot } = messageIn(packet, "checkpoint");
      const key = `op ${op} of ${hexEncode(stateRoot).slice(0, 8)}`;
      roots.set(key, (roots.get(key) ?? new Set()).add(`${packet.from}`));
    }
    expect(new Set([...roots.keys()].map((key) => key.split(" ")[1]))).toEqual(
      new Set(["4", "8", "12"]),
    );
    expect(roots.size).toBe(3);
  });

  it("is due after so many bytes, too", () => {
    const rig = startedRig(3, { checkpointBytes: 4_000 });
    request(rig, 1, 1, "x".repeat(5_000));
    rig.elapse(announcedTicks);
    expect(checkpointsOf(rig, 0)).toEqual(["2 by 2"]);
  });

  it("is on the disk before it is signed (rule A7)", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.disk(0).hold("write-blocks");
    work(rig, 1, 3);
    rig.elapse(announcedTicks);
    expect(rig.network.sent({ from: 0, command: "checkpoint" })).toEqual([]);
    rig.disk(0).hold("write-superblock");
    rig.complete(0, "write-blocks");
    rig.elapse(announcedTicks);
    expect(rig.network.sent({ from: 0, command: "checkpoint" })).toEqual([]);
    rig.disk(0).release();
    rig.elapse(announcedTicks);
    expect(checkpointsOf(rig, 0)).toEqual(["4 by 2"]);
  });

  it("counts with the signatures of a quorum, and not before", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.network.cut({ command: "checkpoint" });
    rig.network.cut({ command: "checkpointCertificate" });
    work(rig, 1, 8);
    rig.elapse(announcedTicks);
    for (const index of [0, 1, 2]) {
      expect(checkpointsOf(rig, index)).toEqual(["4 by 1", "8 by 1"]);
      expect(rig.replica(index).log.base.op).toBe(0);
    }
    rig.network.heal();
    rig.elapse(2 * announcedTicks);
    for (const index of [0, 1, 2]) expect(checkpointsOf(rig, index).at(-1)).toMatch(/^8 by [23]$/);
  });

  it("that missed its certificate gets it from whoever has it", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.network.cut({ to: 0, command: "checkpoint" });
    work(rig, 1, 3);
    rig.elapse(2 * announcedTicks);
    expect(checkpointsOf(rig, 0)).toEqual(["4 by 2"]);
  });
});

describe("VRR §5.1: the log", () => {
  it("is freed through the older of the last two certified checkpoints", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 8);
    rig.elapse(announcedTicks);
    for (const index of [0, 1, 2]) {
      expect(rig.replica(index).log.base.op).toBe(4);
      expect(rig.disk(index).superblock.base.op).toBe(4);
    }
  });

  it("is freed while a replica is down, so it stays short", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.crash(0);
    work(rig, 1, 60);
    rig.elapse(announcedTicks);
    for (const index of [1, 2]) {
      expect(logOf(rig, index).length).toBeLessThanOrEqual(9);
      expect(rig.disk(index).superblock.checkpoints).toHaveLength(2);
      // Two checkpoints of 61 short leaves at most, and their nodes.
      expect(rig.disk(index).heldBlocks.length).toBeLessThan(130);
    }
  });

  it("of a view change that follows begins above the base, and is selected", () => {
    const rig = startedRig(3, { checkpointOps: 4, pipelineMax: 8 });
    work(rig, 1, 8);
    rig.elapse(announcedTicks);
    rig.crash(1);
    electBy(rig, 2, 0);
    rig.elapse(20);
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal", executed: 9 });
    expect(rig.alarms(2)).toEqual([]);
  });

  it("that rotted below a certified checkpoint need not be mended", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.crash(0);
    rig.restart(0);
    rig.network.cut({ to: 0, command: "entries" });
    work(rig, 1, 7);
    rig.elapse(announcedTicks);
    expect(rig.replica(0).log.base.op).toBe(4);
    rig.restart(0, { corrupt: [6] });
    rig.elapse(announcedTicks);
    expect(rig.replica(0)).toMatchObject({ executed: 8, status: "normal" });
    work(rig, 8, 12);
    rig.elapse(announcedTicks);
    expect(rig.replica(0).log.storedOp).toBe(13);
  });
});

describe("VRR §5.1: a replica that starts again", () => {
  it("loads its newest checkpoint and executes what comes after it", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 9);
    rig.elapse(announcedTicks);
    rig.restart(0);
    rig.elapse(announcedTicks);
    expect(rig.replica(0)).toMatchObject({ executed: 10, loadedOp: 8, isStateOpen: true });
    expect(rig.executed(0)).toEqual(rig.executed(2));
    // Only what came after the checkpoint was executed in this life.
    expect(rig.machine(0).contexts.map(({ op }) => op)).toEqual([9, 10]);
  });

  it("knows the sessions: a retry of what the checkpoint holds is answered, not executed", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 7);
    rig.elapse(announcedTicks);
    for (const index of [0, 1, 2]) rig.crash(index);
    for (const index of [0, 1, 2]) rig.restart(index);
    rig.elapse(120);
    const primary = [0, 1, 2].find((index) => rig.replica(index).acting !== null);
    request(rig, present(primary), 7, "job 7");
    rig.elapse(1);
    expect(rig.gateway.answers("reply").at(-1)).toMatchObject({ number: 7 });
    expect(rig.executed(0).filter((item) => item === "job 7")).toHaveLength(1);
  });

  it("loads the older one when a block of the newest cannot be read", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 7);
    rig.elapse(announcedTicks);
    const newest = present(rig.disk(0).superblock.checkpoints.at(-1));
    rig.crash(0);
    rig.disk(0).rotBlock(newest.stateRoot);
    rig.restart(0);
    rig.elapse(announcedTicks);
    expect(rig.alarms(0)).toEqual(["checkpoint-unreadable"]);
    expect(rig.replica(0)).toMatchObject({ loadedOp: 4, executed: 8 });
    expect(rig.executed(0)).toEqual(rig.executed(2));
  });

  it("asks peers for the blocks when no checkpoint of its own can be read", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 7);
    rig.elapse(announcedTicks);
    rig.crash(0);
    for (const { stateRoot } of rig.disk(0).superblock.checkpoints) {
      rig.disk(0).rotBlock(stateRoot);
    }
    rig.restart(0);
    rig.elapse(2 * announcedTicks);
    expect(rig.replica(0)).toMatchObject({ loadedOp: 8, executed: 8 });
    expect(rig.executed(0)).toEqual(rig.executed(2));
  });
});

describe("a replica whose state is not the one that a quorum has signed", () => {
  function diverged(rig = startedRig(3, { checkpointOps: 4 })): Rig {
    rig.machine(0).items.push("what no other replica has");
    work(rig, 1, 3);
    rig.elapse(2 * announcedTicks);
    return rig;
  }

  it("stops, and the others say whose state differs", () => {
    const rig = diverged();
    expect(rig.stops(0)).toContain("state-diverged");
    expect(rig.stops(1)).toEqual([]);
    expect(rig.stops(2)).toEqual([]);
    expect([...rig.alarms(1), ...rig.alarms(2)]).toContain("checkpoint-differs");
  });

  it("is not believed by the others, whatever it signs", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    // First it is the only one that is heard.
    for (const from of [1, 2]) rig.network.cut({ from, command: "checkpoint" });
    diverged(rig);
    for (const index of [1, 2]) expect(checkpointsOf(rig, index)).toEqual(["4 by 1"]);
    // It announces its own again and again, and nobody needs to hear that more than once.
    for (const index of [1, 2]) expect(rig.alarms(index)).toEqual(["checkpoint-differs"]);
    rig.network.heal();
    rig.elapse(2 * announcedTicks);
    for (const index of [1, 2]) expect(checkpointsOf(rig, index)).toEqual(["4 by 2"]);
  });
});

describe("a certificate that does not hold", () => {
  it("is refused: one signature is no quorum, nor is the same one twice", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.network.cut({ to: 0, command: "checkpoint" });
    rig.network.cut({ to: 0, command: "checkpointCertificate" });
    work(rig, 1, 3);
    rig.elapse(announcedTicks);
    const good = present(rig.disk(1).superblock.checkpoints[0]);
    const own = present(rig.disk(0).superblock.checkpoints[0]);
    const [signature] = good.signatures;
    for (const signatures of [[present(signature)], [present(signature), present(signature)]]) {
      const checkpoint = { ...good, signatures };
      rig.inject(0, 2, rig.sign(2, 1, { command: "checkpointCertificate", checkpoint }));
    }
    expect(rig.disk(0).superblock.checkpoints).toEqual([own]);
    expect(rig.ignored(0).filter((reason) => reason === "certificate not valid")).toHaveLength(2);
  });
});
