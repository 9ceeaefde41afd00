import { bytesConcat, present } from "@quorate/prelude";
import { asOp } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import { settledTicks, work } from "./testing/left-behind.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

function askForHead(rig: Rig, to: number, from: number): void {
  const wanted = [rig.replica(to).log.head];
  rig.inject(to, from, rig.sign(from, 1, { command: "getEntries", nonce: 7, wanted }));
}

describe("L3 a header without its body is never part of a log", () => {
  it("so the death of the only holder of a body stalls nobody", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.heal();
    rig.crash(1);
    rig.restart(1);
    rig.network.hold({ to: 1, command: "getEntries" });
    rig.network.hold({ from: 0, command: "doViewChange" });
    electBy(rig, 1, 2);
    expect(rig.replica(2).fetch).toMatchObject({ purpose: "start", state: "bodies" });
    expect(logOf(rig, 2)).toEqual(["1@1"]);
    rig.crash(1);
    rig.network.release();
    rig.elapse(400);
    expect([0, 2].some((index) => rig.replica(index).acting !== null)).toBe(true);
    for (const index of [0, 2]) expect(logOf(rig, index)).toEqual(["1@1"]);
  });

  it("serves bodies in every status", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    const isServed = (index: number): boolean => {
      const before = rig.network.sent({ from: index, command: "entries" }).length;
      askForHead(rig, index, (index + 1) % 3);
      rig.completeAll(index);
      const after = rig.network.sent({ from: index, command: "entries" });
      const last = after.at(-1);
      return (
        after.length > before &&
        last !== undefined &&
        messageIn(last, "entries").headers.length === 1
      );
    };
    expect(isServed(0)).toBe(true);
    rig.network.hold({ command: "startView" });
    rig.crash(1);
    electBy(rig, 0, 2);
    expect(rig.replica(0).status).toBe("view-change");
    expect(isServed(0)).toBe(true);
    rig.restart(1);
    expect(isServed(1)).toBe(true);
    rig.crash(0);
    rig.restart(0, { unreadableFrom: 2 });
    expect(rig.replica(0).status).toBe("recovering");
    expect(isServed(0)).toBe(true);
  });

  it("fetches from another member when the first does not answer", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.heal();
    rig.network.cut({ from: 0, to: 1, command: "getEntries" });
    rig.network.cut({ from: 0, to: 1, command: "getState" });
    rig.elapse(60);
    expect(rig.executed(0)).toEqual(["x"]);
  });

  it("takes an entry for its hash and nothing else", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.heal();
    rig.network.hold({ to: 1, command: "getEntries" });
    rig.elapse(6);
    const { fetch } = rig.replica(0);
    expect(fetch).toMatchObject({ purpose: "catch-up", state: "bodies" });
    // A whole good entry, but not the one that was asked for; then the right one for no question.
    const answer = (op: number, nonce: number): Uint8Array => {
      const { cache, log } = rig.replica(1);
      const { header, body } = present(cache.get(log.positionAt(asOp(op))));
      const entries = { command: "entries", nonce, headers: [header] } as const;
      return bytesConcat(rig.sign(1, 1, entries), body);
    };
    const nonce = present(fetch).nonce;
    rig.inject(0, 1, answer(1, nonce));
    rig.inject(0, 1, answer(2, nonce + 1));
    expect(rig.ignored(0).slice(-2)).toEqual(["not asked for", "not asked for"]);
    expect(rig.replica(0).log.headOp).toBe(1);
    rig.inject(0, 1, answer(2, nonce));
    expect(rig.replica(0).log.headOp).toBe(2);
  });

  it("restarts the view change timer when a transfer gets on", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    for (const number of [1, 2]) {
      request(rig, 1, number, `${number}`);
      rig.settle();
    }
    rig.network.heal();
    rig.network.hold({ to: 0, command: "entries" });
    rig.elapse(6);
    rig.tick(0, 15);
    const before = rig.replica(0).viewChangeAt;
    rig.deliver({ to: 0, command: "entries" });
    expect(rig.replica(0).viewChangeAt).toBeGreaterThan(before);
  });
});

describe("L3 a rotten body that a checkpoint holds", () => {
  it("is not awaited by a backup that frees it while it follows a StartView", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    work(rig, 1, 10);
    rig.elapse(settledTicks);
    rig.crash(0);
    // Nobody else holds the body of op 6 any more.
    rig.restart(1, { corrupt: [6] });
    rig.restart(2, { corrupt: [6] });
    electBy(rig, 1, 2);
    rig.elapse(10);
    expect([1, 2].map((index) => rig.replica(index).log.base.op)).toEqual([8, 8]);
    expect(rig.disk(0).superblock.base.op).toBe(4);
    rig.network.cut({ from: 1, to: 0 });
    rig.restart(0, { corrupt: [6] });
    rig.elapse(20);
    expect(rig.replica(0)).toMatchObject({ view: rig.replica(2).view, status: "normal" });
    expect(rig.replica(0).fetch).toBeNull();
  });
});

describe("S10 a body that rotted since the start is found when a peer asks for it", () => {
  it("so its only holder shows it as corrupt, and the next view goes on without it", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    request(rig, 1, 1, "x");
    rig.settle();
    rig.network.heal();
    rig.crash(1);
    rig.restart(1);
    rig.disk(1).rot(2);
    rig.network.hold({ from: 0, command: "doViewChange", view: 2 });
    electBy(rig, 1, 2);
    expect(logOf(rig, 1)).toEqual(["1@1", "2@1 corrupt"]);
    rig.network.release();
    rig.elapse(600);
    expect([0, 1, 2].some((index) => rig.replica(index).acting !== null)).toBe(true);
    for (const index of [0, 1, 2]) expect(logOf(rig, index)).toEqual(["1@1"]);
  });
});
