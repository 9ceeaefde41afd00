import { describe, expect, it } from "vitest";
import { defaultOptions } from "./options.ts";
import { handOver } from "./step-down.ts";
import { work } from "./testing/left-behind.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";
import type { Rig } from "./testing/rig.ts";

/** Replica 1, primary of view 1, says that it steps down; its StepDowns are on their way. */
function stepDown(rig: Rig): void {
  const packet = rig.sign(1, 1, { command: "stepDown" });
  for (const index of [0, 2]) rig.inject(index, 1, packet);
}

describe("A8 StepDown makes backups vote at once", () => {
  it("so the next view starts although no timer has expired", () => {
    const rig = startedRig(3);
    const before = [0, 2].map((index) => rig.replica(index).now);
    stepDown(rig);
    rig.settle();
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal" });
    expect(rig.replica(2).acting).not.toBeNull();
    expect([0, 2].map((index) => rig.replica(index).now)).toEqual(before);
  });

  it("and loses nothing that was in flight", () => {
    const rig = startedRig(3);
    rig.network.hold({ command: "prepareOk" });
    request(rig, 1, 1, "x");
    rig.settle();
    stepDown(rig);
    rig.network.release();
    rig.settle();
    rig.elapse(6);
    expect(rig.replica(2).acting).not.toBeNull();
    expect([0, 1, 2].map((index) => rig.executed(index))).toEqual([["x"], ["x"], ["x"]]);
  });

  it("also those that are still on their way into the view", () => {
    const rig = startedRig(3);
    rig.disk(0).hold("write-superblock");
    rig.crash(2);
    rig.restart(2);
    rig.timeOut(0);
    rig.timeOut(2);
    rig.deliver({ from: 2, to: 0, command: "startViewChange", view: 2 });
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "view-change" });
    rig.disk(0).release();
    rig.completeAll(0);
    rig.inject(0, 2, rig.sign(2, 2, { command: "stepDown" }));
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 3 })).toHaveLength(2);
  });
});

describe("L7 a primary whose own disk hangs", () => {
  it("hands over, so that the others execute what they hold", () => {
    const rig = startedRig(3);
    rig.disk(1).hold("append", "write-superblock");
    request(rig, 1, 1, "x");
    rig.elapse(defaultOptions.viewChangeTicksMax / 2);
    expect(rig.replica(1)).toMatchObject({ commit: 2, executed: 1 });
    rig.elapse(defaultOptions.viewChangeTicksMax);
    expect(rig.replica(2)).toMatchObject({ view: 2, executed: 2 });
    request(rig, 2, 1, "x");
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    rig.disk(1).release();
    rig.elapse(60);
    expect(rig.replica(1)).toMatchObject({ view: 2, status: "normal", executed: 2 });
  });

  it("hands over, too, when it cannot read what it should execute", () => {
    // In memory there is room for one entry.
    const rig = startedRig(3, { options: { cacheBytesMax: 1 } });
    rig.network.hold({ to: 1, command: "prepareOk" });
    rig.ask(1, rig.gateway.register("second"));
    rig.ask(1, rig.gateway.register("third"));
    rig.disk(1).hold("read");
    rig.network.release();
    rig.elapse(defaultOptions.viewChangeTicksMax / 2);
    expect(rig.replica(1)).toMatchObject({ commit: 3, executed: 1 });
    rig.elapse(defaultOptions.viewChangeTicksMax);
    expect(rig.replica(2)).toMatchObject({ view: 2, executed: 3 });
    expect(rig.replica(2).acting).not.toBeNull();
  });

  it("leads on while it is only slow, and for ever where the others are no quorum", () => {
    for (const count of [2, 3]) {
      const rig = startedRig(count);
      rig.disk(1).hold("append");
      for (let number = 1; number <= 4; number++) {
        request(rig, 1, number, `job ${number}`);
        rig.elapse(defaultOptions.viewChangeTicksMax - 100);
        if (count === 3) rig.complete(1, "append");
      }
      expect(rig.replica(1)).toMatchObject({ view: 1 });
      expect(rig.replica(1).acting).not.toBeNull();
    }
  });
});

describe("A8 StepDown is the acting primary's alone", () => {
  it("has no effect from another member, or for another view", () => {
    const rig = startedRig(3);
    rig.inject(0, 2, rig.sign(2, 1, { command: "stepDown" }));
    expect(rig.ignored(0).at(-1)).toBe("not from the primary");
    electBy(rig, 0, 2);
    stepDown(rig);
    expect(rig.ignored(0).at(-1)).toBe("older view");
    rig.inject(0, 2, rig.sign(2, 5, { command: "stepDown" }));
    expect(rig.ignored(0)).toContain("newer view");
    rig.settle();
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal" });
  });

  it("makes no replica with an uncertain head vote", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.crash(0);
    rig.restart(0, { unreadableFrom: 2 });
    rig.inject(0, 1, rig.sign(1, 1, { command: "stepDown" }));
    expect(rig.ignored(0).at(-1)).toBe("head uncertain");
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 2 })).toEqual([]);
  });
});

describe("A8 a primary that hands over", () => {
  it("installs no state any more that would make it normal in its view again", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 7);
    rig.elapse(30);
    for (const { stateRoot } of rig.disk(2).superblock.checkpoints) rig.disk(2).rotBlock(stateRoot);
    rig.restart(2);
    // Its peers free the blocks that it asks for, so it leads without a state, and asks for another.
    rig.network.cut({ to: 2, command: "blocks" });
    work(rig, 8, 30);
    rig.elapse(30);
    rig.network.heal();
    rig.network.hold({ to: 2, command: "newState" });
    electBy(rig, 0, 2);
    rig.elapse(60);
    expect(rig.replica(2)).toMatchObject({ view: 2, fetch: { purpose: "reopen" } });
    rig.network.cut({ command: "startViewChange" });
    handOver(rig.replica(2));
    rig.network.release();
    rig.elapse(60);
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "view-change", acting: null });
  });

  it("prepares nothing more in its view, votes, and follows the next one", () => {
    const rig = startedRig(3);
    rig.tick(1);
    handOver(rig.replica(1));
    request(rig, 1, 1, "late");
    expect(rig.replica(1)).toMatchObject({ acting: null, view: 1 });
    expect(rig.replica(1).log.headOp).toBe(1);
    rig.elapse(100);
    expect(rig.replica(1)).toMatchObject({ view: 2, status: "normal", acting: null });
    expect(rig.replica(2).acting).not.toBeNull();
  });
});
