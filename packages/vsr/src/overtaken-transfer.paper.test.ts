/** Transfers of a state while the own log, or the peers, go on: VRR §5.2, rule L3. */
import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { expectCaughtUp, leftBehind, settledTicks, work } from "./testing/left-behind.ts";
import { electBy, startedRig } from "./testing/stories.ts";

describe("a transfer that is overtaken", () => {
  it("by a newer checkpoint goes on to it, though writes for the older one end late", () => {
    const rig = leftBehind();
    rig.disk(0).hold("repair");
    rig.network.heal();
    rig.network.hold({ to: 0, command: "entries" });
    rig.elapse(20);
    rig.network.release();
    rig.elapse(1);
    const { offer } = present(rig.replica(0).fetch);
    rig.isolate(0);
    work(rig, 21, 60);
    rig.network.heal();
    rig.elapse(60);
    rig.disk(0).release();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThanOrEqual(present(offer).op);
  });

  it("by two newer checkpoints is begun anew, though one peer is down and denies nothing", () => {
    const rig = leftBehind();
    rig.network.heal();
    rig.network.hold({ command: "blocks" });
    rig.elapse(30);
    expect(rig.replica(0).load).toMatchObject({ purpose: "transfer" });
    rig.isolate(0);
    work(rig, 21, 40);
    rig.elapse(30);
    rig.crash(2);
    rig.network.heal();
    rig.network.release();
    rig.elapse(2 * settledTicks);
    work(rig, 41, 42);
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.executed(0)).toContain("job 42");
  });

  it("by a newer checkpoint that nobody can read goes by the log, if a peer has all of it", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 4);
    rig.elapse(30);
    rig.network.cut({ to: 2, command: "checkpoint" });
    rig.network.cut({ to: 2, command: "checkpointCertificate" });
    rig.isolate(0);
    work(rig, 5, 20);
    rig.elapse(30);
    rig.network.heal();
    rig.network.cut({ to: 2, command: "checkpoint" });
    rig.network.cut({ to: 2, command: "checkpointCertificate" });
    rig.network.hold({ to: 0, command: "entries" });
    rig.elapse(30);
    expect(rig.replica(0).fetch).toMatchObject({ state: "bodies", base: { op: 20 } });
    rig.isolate(0);
    work(rig, 21, 30);
    rig.elapse(30);
    const newest = present(rig.replica(1).checkpoints.at(-1));
    for (const peer of [1, 2]) rig.disk(peer).rotBlock(newest.stateRoot);
    rig.network.heal();
    rig.network.release();
    rig.network.cut({ from: 2, to: 0, command: "entries" });
    rig.elapse(2 * settledTicks);
    rig.network.heal();
    rig.elapse(2 * settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBe(0);
  });

  it("by the own log, which was mended meanwhile, is dropped", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 2);
    rig.network.cut({ to: 0, command: "checkpoint" });
    rig.network.cut({ to: 0, command: "checkpointCertificate" });
    work(rig, 3, 5);
    rig.elapse(10);
    rig.isolate(0);
    work(rig, 6, 16);
    rig.elapse(30);
    rig.restart(0, { corrupt: [5] });
    rig.network.heal();
    rig.network.cut({ to: 0, command: "checkpoint" });
    rig.network.cut({ to: 0, command: "checkpointCertificate" });
    rig.elapse(2 * settledTicks);
    expectCaughtUp(rig, 0, 1);
  });

  it("by the own log, of which nothing is on disk yet, waits for it", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 1);
    rig.elapse(10);
    rig.network.hold({ to: 0, command: "entries" });
    rig.network.cut({ to: 0, command: "checkpoint" });
    rig.network.cut({ to: 0, command: "checkpointCertificate" });
    rig.restart(0, { corrupt: [2] });
    rig.elapse(10);
    rig.disk(0).hold("append");
    work(rig, 2, 20);
    rig.elapse(30);
    rig.drop({ to: 0, command: "entries" });
    rig.network.release();
    rig.elapse(60);
    expect(rig.replica(0).load).toMatchObject({ state: "complete" });
    expect(rig.replica(0).log).toMatchObject({ base: { op: 0 }, headOp: 21 });
    rig.disk(0).release();
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(0);
  });
});

describe("blocks that an earlier transfer has left on the disk", () => {
  it("are part of the next one, though they are being freed when it reads them", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    const cutCheckpoints = (): void => {
      rig.network.cut({ to: 0, command: "checkpoint" });
      rig.network.cut({ to: 0, command: "checkpointCertificate" });
    };
    cutCheckpoints();
    work(rig, 1, 4);
    rig.elapse(30);
    const [checkpoint] = rig.replica(1).checkpoints;
    rig.isolate(0);
    work(rig, 5, 20);
    rig.elapse(30);
    rig.network.heal();
    cutCheckpoints();
    rig.network.hold({ to: 0, command: "blocks" });
    rig.elapse(30);
    for (let answers = 0; answers < 2; answers++) {
      rig.deliver({ to: 0, command: "blocks" });
      rig.elapse(1);
    }
    expect(rig.replica(0).load).toMatchObject({ state: "walking" });
    rig.network.hold({ to: 0, command: "newState" });
    rig.isolate(1);
    electBy(rig, 0, 2);
    expect(rig.replica(0)).toMatchObject({ view: 2, fetch: { purpose: "follow" }, load: null });
    // Its own checkpoint gets its certificate now, so that everything else may be freed.
    rig.disk(0).holdRetains();
    const certificate = {
      command: "checkpointCertificate",
      checkpoint: present(checkpoint),
    } as const;
    rig.inject(0, 2, rig.sign(2, 2, certificate));
    rig.completeAll(0);
    rig.network.release();
    rig.elapse(20);
    rig.disk(0).release();
    rig.elapse(2 * settledTicks);
    expectCaughtUp(rig, 0, 2);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(4);
    rig.restart(0);
    rig.elapse(10);
    expect(rig.alarms(0)).toEqual([]);
    expect(rig.replica(0).isStateOpen).toBe(true);
  });
});
