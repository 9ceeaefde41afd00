/** State transfer by checkpoint: VRR §5.2, rules S2, S9, L2 and A7. */
import { hexEncode, present } from "@quorate/prelude";
import { asOp } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { expectCaughtUp, leftBehind, settledTicks, work } from "./testing/left-behind.ts";
import { electBy, logOf, startedRig } from "./testing/stories.ts";

describe("VRR §5.2: a replica whose peers have freed what it lacks", () => {
  it("takes a certified state, then the log above it, and goes on", () => {
    const rig = leftBehind();
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(0);
    expect(rig.alarms(0)).toEqual([]);
    // It counts again: without replica 2 everything goes on.
    rig.crash(2);
    work(rig, 21, 30);
    rig.elapse(10);
    expect(rig.executed(0)).toContain("job 30");
  });

  it("takes a state above the StartView that it follows, when the view has gone on", () => {
    const rig = leftBehind();
    electBy(rig, 1, 2);
    work(rig, 21, 40, 2);
    rig.elapse(30);
    const start = rig.network.sent({ from: 2, command: "startView", view: 2 })[0];
    const { head } = messageIn(present(start), "startView");
    expect(rig.replica(2).log.base.op).toBeGreaterThan(head.op);
    rig.network.heal();
    rig.elapse(settledTicks);
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 2 });
    expectCaughtUp(rig, 0, 2);
  });

  it("frees what it had before, though it is left behind again before it takes a checkpoint", () => {
    const rig = leftBehind();
    const roots = new Set<string>();
    for (let first = 21; first <= 221; first += 20) {
      rig.network.heal();
      rig.elapse(settledTicks);
      expectCaughtUp(rig, 0, 1);
      for (const { stateRoot } of rig.replica(0).checkpoints) roots.add(hexEncode(stateRoot));
      rig.isolate(0);
      work(rig, first, first + 19);
      rig.elapse(30);
    }
    expect(roots.size).toBeGreaterThan(10);
    const kept = rig.disk(0).heldBlocks.filter((each) => roots.has(each));
    expect(kept.length).toBeLessThanOrEqual(2);
  });

  it("frees what transfers have left that led to nothing, though none ever comes to its end", () => {
    const rig = leftBehind();
    const offered = new Set<string>();
    for (let first = 21; first <= 421; first += 20) {
      rig.network.heal();
      rig.network.hold({ command: "blocks" });
      rig.elapse(settledTicks);
      offered.add(hexEncode(present(rig.replica(0).load).checkpoint.stateRoot));
      rig.deliver({ to: 0, command: "blocks" });
      rig.isolate(0);
      for (const way of ["from", "to"] as const) rig.network.take({ [way]: 0 });
      rig.network.release();
      work(rig, first, first + 19);
      rig.elapse(30);
    }
    expect(rig.replica(0).executed).toBeLessThan(10);
    expect(offered.size).toBeGreaterThan(10);
    const kept = rig.disk(0).heldBlocks.filter((each) => offered.has(each));
    expect(kept.length).toBeLessThanOrEqual(4);
  });

  it("starts again from what it was given", () => {
    const rig = leftBehind();
    rig.network.heal();
    rig.elapse(settledTicks);
    rig.restart(0);
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
  });

  it("A5: asks under other nonces in another life, so that a late answer is none to it", () => {
    const rig = leftBehind();
    const asked = (): readonly number[] =>
      rig.network.sent({ from: 0 }).flatMap(({ message }) => {
        const { command } = message;
        const isQuestion = command === "getState" || command === "getBlocks";
        return isQuestion ? [message.nonce] : [];
      });
    rig.network.heal();
    rig.network.hold({ command: "blocks" });
    rig.elapse(30);
    const before = asked();
    rig.restart(0);
    rig.elapse(30);
    const after = asked().slice(before.length);
    expect(Math.min(before.length, after.length)).toBeGreaterThan(2);
    expect(after.filter((nonce) => before.includes(nonce))).toEqual([]);
    rig.network.release();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.alarms(0)).toEqual([]);
  });

  it("fetches only the blocks that it does not hold", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 12);
    rig.elapse(30);
    rig.isolate(0);
    work(rig, 13, 30);
    rig.elapse(30);
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    const asked = rig.network.sent({ from: 0, command: "getBlocks" });
    const digests = asked.flatMap((packet) =>
      messageIn(packet, "getBlocks").digests.map(hexEncode),
    );
    // Twelve of the items were in its own checkpoint at op 12, after the session's registration.
    expect(new Set(digests).size).toBeLessThan(30);
  });

  it("costs a peer no more, however much that has freed", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 3);
    rig.elapse(30);
    const { superblock } = rig.disk(0);
    const op = asOp(2 ** 34);
    const base = { ...superblock.base, op };
    const checkpoints = superblock.checkpoints.map((each) => ({ ...each, op }));
    rig.disk(0).superblock = { ...superblock, base, checkpoints, head: base, commit: op };
    rig.crash(0);
    rig.restart(0);
    // Looked for one by one, so many ops would take minutes.
    const question = { command: "getState", nonce: 1, top: base, bottom: asOp(0) } as const;
    rig.inject(0, 2, rig.sign(2, 1, question));
    const [answer] = rig.network.sent({ from: 0, to: 2, command: "newState" });
    expect(messageIn(present(answer), "newState").checkpoint).toMatchObject({ op });
  });

  it("asks several peers", () => {
    const rig = leftBehind(5);
    rig.network.heal();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
    const asked = rig.network.sent({ from: 0, command: "getBlocks" }).map(({ to }) => to);
    expect(new Set(asked).size).toBeGreaterThan(1);
  });
});

describe("a head that is uncertain below a checkpoint of this disk", () => {
  it("is installed before the checkpoint is opened", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 7);
    rig.elapse(30);
    rig.restart(0, { unreadableFrom: 6 });
    expect(rig.replica(0)).toMatchObject({
      status: "recovering",
      checkpoints: [{ op: 4 }, { op: 8 }],
    });
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
  });
});

describe("S2: while a state is transferred", () => {
  function transferring(): Rig {
    const rig = leftBehind();
    rig.network.heal();
    rig.network.hold({ command: "blocks" });
    rig.elapse(30);
    expect(rig.replica(0).load).toMatchObject({ purpose: "transfer" });
    return rig;
  }

  it("nothing of the own log or of the last normal view changes", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 2);
    rig.elapse(10);
    const before = logOf(rig, 0);
    rig.isolate(0);
    work(rig, 3, 20);
    rig.elapse(30);
    rig.network.heal();
    rig.network.hold({ command: "blocks" });
    rig.elapse(30);
    expect(rig.replica(0).load).toMatchObject({ purpose: "transfer" });
    expect(logOf(rig, 0)).toEqual(before);
    expect(rig.disk(0).superblock).toMatchObject({ lastNormalView: 1, checkpoints: [] });
    expect(rig.replica(0).executed).toBe(3);
  });

  it("L2: it votes, and its DoViewChange tells of the log that it has", () => {
    const rig = transferring();
    rig.isolate(1);
    electBy(rig, 0, 2);
    const [change] = rig.network.sent({ from: 0, command: "doViewChange", view: 2 });
    expect(messageIn(present(change), "doViewChange")).toMatchObject({
      lastNormalView: 1,
      head: { op: 3 },
    });
    expect(rig.replica(2)).toMatchObject({ view: 2, status: "normal" });
  });

  it("L2: a newer view cancels it, and keeps what was stored", () => {
    const rig = transferring();
    rig.elapse(20);
    rig.deliver({ to: 0, command: "blocks" });
    rig.completeAll(0);
    const held = rig.disk(0).heldBlocks;
    expect(held.length).toBeGreaterThan(0);
    rig.isolate(1);
    electBy(rig, 0, 2);
    expect(rig.replica(0)).toMatchObject({ view: 2 });
    expect(rig.disk(0).heldBlocks).toEqual(expect.arrayContaining([...held]));
    rig.network.release();
    rig.elapse(2 * settledTicks);
    expectCaughtUp(rig, 0, 2);
  });

  it("no PrepareOk is sent before the new log is in the superblock", () => {
    const rig = transferring();
    rig.disk(0).hold("write-superblock");
    rig.network.release();
    rig.elapse(20);
    work(rig, 21, 22);
    const acknowledged = (): number[] =>
      rig.network
        .sent({ from: 0, command: "prepareOk" })
        .map((packet) => messageIn(packet, "prepareOk").op);
    expect(Math.max(...acknowledged())).toBeLessThanOrEqual(3);
    rig.disk(0).release();
    rig.elapse(settledTicks);
    expect(Math.max(...acknowledged())).toBe(23);
  });

  it("a crash leaves the old log and what was stored", () => {
    const rig = transferring();
    rig.network.release();
    rig.disk(0).hold("write-superblock");
    rig.elapse(20);
    rig.restart(0);
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1", "3@1"]);
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
  });
});

describe("S9: a primary that is behind what its peers still hold", () => {
  it("forfeits: it votes for the next view at once, and another one leads", () => {
    const rig = leftBehind();
    electBy(rig, 1, 2);
    rig.network.heal();
    rig.network.hold({ to: 0, command: "newState" });
    rig.elapse(10);
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1 });
    electBy(rig, 0, 1);
    expect(rig.replica(0)).toMatchObject({ view: 3, fetch: { purpose: "start" } });
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 4 })).toEqual([]);
    rig.network.release();
    rig.elapse(2);
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 4 })).not.toEqual([]);
    rig.elapse(2 * settledTicks);
    expect(rig.network.sent({ from: 0, command: "startView" })).toEqual([]);
    expectCaughtUp(rig, 0, 1);
  });
});
