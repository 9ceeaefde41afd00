import { present } from "@quorate/prelude";
import { asOp, splitPacket } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

/** Enters a view on the votes of these replicas; no DoViewChange arrives. */
function failView(rig: Rig, ...voters: readonly number[]): void {
  rig.network.hold({ command: "doViewChange" });
  electBy(rig, ...voters);
  rig.network.take({ command: "doViewChange" });
  rig.network.release();
}

describe("S7 an op is committed by acknowledgements of one and the same view", () => {
  it("does not add a late PrepareOk of view 1 to those of view 6 (Raft, figure 8)", () => {
    const rig = startedRig(5);
    // View 1: `x` is on replicas 1 and 0; what replica 0 says of it is late.
    rig.network.cut({ from: 1, to: 2 });
    rig.network.cut({ from: 1, to: 3 });
    rig.network.cut({ from: 1, to: 4 });
    rig.network.hold({ from: 0, to: 1, command: "prepareOk", view: 1 });
    request(rig, 1, 1, "x");
    rig.settle();
    // View 2 starts without it, and `y` takes op 2 on replica 2 alone.
    rig.isolate(0);
    rig.isolate(1);
    rig.network.cut({ from: 2, to: 3, command: "startView" });
    rig.network.cut({ from: 2, to: 4, command: "startView" });
    rig.network.hold({ from: 0, to: 1, command: "prepareOk", view: 1 });
    electBy(rig, 2, 3, 4);
    expect(rig.replica(2).acting).not.toBeNull();
    rig.network.cut({ from: 2 });
    request(rig, 2, 1, "y");
    rig.settle();
    expect(logOf(rig, 2)).toEqual(["1@1", "2@2"]);
    rig.network.heal();
    rig.isolate(0);
    rig.isolate(2);
    rig.crash(1);
    rig.restart(1);
    // Views 3 to 5 come to nothing; view 6 starts with `x` on replicas 1 and 3.
    while (rig.replica(1).view < 6) failView(rig, 1, 3, 4);
    rig.network.cut({ from: 1, to: 4, command: "startView" });
    rig.elapse(30);
    expect(rig.replica(1)).toMatchObject({ view: 6, status: "normal", commit: 1 });
    expect(rig.replica(1).log.headOp).toBe(2);
    const late = present(rig.network.sent({ from: 0, command: "prepareOk", view: 1 }).at(-1));
    expect(messageIn(late, "prepareOk").op).toBe(2);
    rig.inject(1, 0, late.bytes);
    rig.settle();
    expect(rig.replica(1).commit).toBe(1);
    // Had it counted, replica 2's `y` would now undo a commit.
    rig.crash(1);
    rig.crash(3);
    rig.network.heal();
    electBy(rig, 0, 2, 4);
    rig.elapse(300);
    expect(rig.executed(4)).toEqual(["y"]);
  });

  it("forgets what was acknowledged in a view that it leaves", () => {
    const rig = startedRig(5);
    rig.network.cut({ from: 1, to: 2 });
    rig.network.cut({ from: 1, to: 3 });
    rig.network.cut({ from: 1, to: 4 });
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.replica(1).acting?.acknowledgements.get(2)?.size).toBe(2);
    rig.network.heal();
    electBy(rig, 2, 3, 4);
    rig.elapse(20);
    expect(rig.replica(1)).toMatchObject({ view: 2, acting: null });
  });

  it("signs one PrepareOk for each entry, also when one flush brings three", () => {
    const rig = startedRig(5, { options: { preparesInFlightMax: 8 } });
    for (const number of [1, 2, 3]) request(rig, 1, number, `${number}`);
    rig.deliver({ to: 0, command: "prepare" });
    const disk = rig.disk(0);
    disk.completeNext("append");
    disk.completeNext("append");
    rig.step(0, present(disk.completeNext("append")));
    const promised = rig.network.waiting({ from: 0, command: "prepareOk" });
    expect(promised.map((packet) => messageIn(packet, "prepareOk").op)).toEqual([2, 3, 4]);
  });

  it("commits the largest op that has a quorum of its own when backups are at different heads", () => {
    const rig = startedRig(5, { options: { preparesInFlightMax: 8 } });
    rig.network.hold({ from: 1, command: "prepare" });
    for (const number of [1, 2, 3]) request(rig, 1, number, `${number}`);
    rig.settle();
    const [op2, op3, op4] = rig.network.waiting({ to: 0, command: "prepare" });
    const prepares = [op2, op3, op4].map((packet) => present(packet).bytes);
    for (const [backup, count] of [
      [0, 1],
      [2, 2],
      [3, 3],
    ] as const) {
      for (const bytes of prepares.slice(0, count)) rig.inject(backup, 1, bytes);
    }
    rig.network.cut({ to: 4 });
    rig.settle();
    expect(rig.replica(1).commit).toBe(3);
    expect(rig.replica(1).acting?.certificate).toMatchObject({ op: 3, view: 1 });
  });

  it("makes a certificate of distinct members whose signatures anyone can check", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    const certificate = present(rig.replica(1).acting?.certificate);
    const { headerHash, op, view, signatures } = certificate;
    expect(new Set(signatures.map(({ sender }) => sender)).size).toBe(2);
    for (const { sender, signature } of signatures) {
      const said = rig.sign(sender, view, { command: "prepareOk", op, headerHash });
      const body = said.length - splitPacket(said, 0).attachment.length;
      expect(splitPacket(said.subarray(0, body), 0).signature).toEqual(signature);
    }
  });

  it("counts senders, never messages", () => {
    const rig = startedRig(5);
    rig.network.hold({ command: "prepare" });
    request(rig, 1, 1, "x");
    rig.deliver({ to: 0, command: "prepare" });
    rig.completeAll(0);
    rig.completeAll(1);
    for (let times = 0; times < 3; times++) rig.duplicate({ from: 0, command: "prepareOk" });
    expect(rig.replica(1).commit).toBe(1);
    rig.deliver({ to: 2, command: "prepare" });
    rig.settle();
    expect(rig.replica(1).commit).toBe(2);
  });

  it("keeps none of those for what is committed, while the start of the view is not", () => {
    const rig = startedRig(5);
    for (let number = 1; number <= 9; number++) {
      request(rig, 1, number, `${number}`);
      rig.elapse(10);
    }
    rig.isolate(1);
    rig.network.cut({ to: 2, command: "prepareOk" });
    electBy(rig, 0, 2, 3);
    rig.network.heal();
    const { acting, commit, log } = rig.replica(2);
    expect([commit, acting?.isStartCommitted]).toEqual([10, false]);
    for (let op = 1; op <= 10; op++) {
      const headerHash = log.positionAt(asOp(op)).hash;
      rig.inject(2, 3, rig.sign(3, 2, { command: "prepareOk", op: asOp(op), headerHash }));
    }
    expect([...present(acting).acknowledgements.keys()]).toEqual([10]);
  });

  it("lets the primary too execute only what its own journal holds", () => {
    const rig = startedRig(3);
    rig.disk(1).hold("append");
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.replica(1)).toMatchObject({ commit: 2, executed: 1 });
    expect(rig.gateway.outcomes).toEqual([]);
    rig.disk(1).release();
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
  });
});
