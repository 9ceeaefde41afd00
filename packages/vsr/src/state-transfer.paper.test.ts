import { present } from "@quorate/prelude";
import { asOp, asView } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { entryOf } from "@quorate/proof/testing";
import { messageIn } from "./testing/in-flight.ts";
import { Rig } from "./testing/rig.ts";
import { electBy, logOf, register, request, startedRig } from "./testing/stories.ts";

/**
 * The 24 steps by which VRR §5.2 loses a committed operation (Vanlightly, vsr-tlaplus). Its r1, r2
 * and r3 are replicas 1, 2 and 0 here, so that the views have the same primaries. The operations
 * v1, v2 and v3 are registrations, because these need no session: v1 is at op 1.
 */
describe("VRR §5.2: the trace in which state transfer loses v1", () => {
  function untilPrepareOfView3ReachesR2(): Rig {
    const rig = new Rig(3);
    for (const index of [0, 1, 2]) rig.tick(index);
    rig.settle();
    expect(rig.replica(1)).toMatchObject({ view: 1, status: "normal" });
    // r1 prepares v1 at op 1; r2 acknowledges it; r1 commits it and tells the client.
    register(rig, 1, "v1");
    rig.drop({ to: 0, command: "prepare" });
    rig.settle();
    expect(rig.gateway.session).toEqual({ op: 1, index: 0 });
    // r1 appends v2 at op 2, and nobody hears of it.
    rig.isolate(2);
    register(rig, 1, "v2");
    rig.drop({ to: 0, command: "prepare" });
    rig.completeAll(1);
    // r3 and r1 go to view 2 and then to view 3, whose primary is r3.
    rig.network.cut({ from: 0, command: "doViewChange", view: 2 });
    rig.network.cut({ from: 1, command: "doViewChange", view: 2 });
    rig.tick(1, 110);
    rig.network.take({});
    while (rig.replica(0).view < 3) electBy(rig, 0, 1);
    expect(rig.replica(1)).toMatchObject({ view: 3 });
    const [change] = rig.network.sent({ from: 1, to: 0, command: "doViewChange", view: 3 });
    expect(change?.message).toMatchObject({ lastNormalView: 1, head: { op: 2 } });
    return rig;
  }

  it("ends with v1 at op 1 on every replica", () => {
    const rig = untilPrepareOfView3ReachesR2();
    // r3 has started view 3 with v1 and v2, and prepares v3 at op 3 for r2, who is in view 1.
    rig.network.heal();
    rig.isolate(1);
    expect(rig.replica(0).acting).not.toBeNull();
    register(rig, 0, "v3");
    rig.deliver({ from: 0, to: 2, command: "prepare", view: 3 });
    expect(rig.replica(2)).toMatchObject({ view: 1, lastNormalView: 1 });
    expect(logOf(rig, 2)).toEqual(["1@1"]);
    // r3 is not heard of again; r1 and r2 go to view 4, whose primary is r1.
    rig.network.heal();
    rig.isolate(0);
    while (rig.replica(1).acting === null) electBy(rig, 2, 1);
    const { hash } = rig.replica(1).log.positionAt(asOp(1));
    expect(rig.replica(1).view).toBeGreaterThan(3);
    expect(rig.replica(2).log.positionAt(asOp(1)).hash).toEqual(hash);
    rig.network.heal();
    rig.elapse(300);
    for (const index of [0, 1, 2]) {
      expect(rig.replica(index).log.positionAt(asOp(1)).hash).toEqual(hash);
      expect(rig.replica(index).clientTable.find({ op: asOp(1), index: 0 })).not.toBeNull();
    }
  });

  it("also when r2 is in the middle of its transfer", () => {
    const rig = untilPrepareOfView3ReachesR2();
    rig.network.heal();
    rig.cut(1, 0);
    rig.cut(1, 2);
    rig.network.hold({ from: 2, command: "getEntries" });
    register(rig, 0, "v3");
    rig.elapse(20);
    expect(rig.replica(2)).toMatchObject({ view: 3, lastNormalView: 1 });
    expect(rig.replica(2).fetch).toMatchObject({ purpose: "follow" });
    expect(logOf(rig, 2)).toEqual(["1@1"]);
    rig.network.heal();
    rig.isolate(0);
    rig.network.release();
    rig.elapse(400);
    expect(rig.replica(1).acting).not.toBeNull();
    expect(rig.replica(1).clientTable.find({ op: asOp(1), index: 0 })).not.toBeNull();
    expect(rig.replica(1).log.slotAt(1)?.header.view).toBe(asView(1));
  });
});

describe("VRR §5.2: state transfer", () => {
  it("fetches headers downwards and bodies by hash, when more is missing than messages carry", () => {
    const rig = startedRig(3, { pipelineMax: 2 });
    rig.isolate(0);
    for (let number = 1; number <= 12; number++) {
      request(rig, 1, number, `${number}`);
      rig.settle();
    }
    rig.network.heal();
    rig.crash(1);
    electBy(rig, 0, 2);
    rig.elapse(10);
    expect(rig.network.sent({ from: 0, command: "getState" }).length).toBeGreaterThan(0);
    expect(rig.executed(0)).toEqual(rig.executed(2));
    expect(rig.executed(0)).toHaveLength(12);
  });

  it("takes headers only as far as they chain to the one that was named", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    request(rig, 1, 1, "x");
    request(rig, 1, 2, "y");
    rig.settle();
    rig.network.heal();
    rig.network.hold({ from: 0, command: "getState" });
    rig.elapse(6);
    const asked = present(rig.network.waiting({ from: 0, command: "getState" })[0]);
    const { nonce } = messageIn(asked, "getState");
    const { log } = rig.replica(1);
    const top = present(log.slotAt(3)).header;
    const lie = entryOf({ parent: log.positionAt(asOp(1)), view: 1, timestampMicros: 5 }).header;
    const answer = { command: "newState", nonce, headers: [lie], checkpoint: null } as const;
    rig.inject(0, 1, rig.sign(1, 1, answer));
    expect(rig.ignored(0).at(-1)).toBe("not chained");
    rig.inject(0, 1, rig.sign(1, 1, { ...answer, headers: [top, lie] }));
    expect(rig.replica(0).fetch).toMatchObject({ state: "headers", cursor: { op: 2 } });
    rig.network.release();
    rig.elapse(60);
    expect(rig.executed(0)).toEqual(["x", "y"]);
  });

  it("changes nothing of the log before all of it is on disk", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    for (const number of [1, 2, 3]) {
      request(rig, 1, number, `${number}`);
      rig.settle();
    }
    rig.network.heal();
    rig.crash(1);
    rig.disk(0).hold("repair");
    electBy(rig, 0, 2);
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1, status: "view-change" });
    expect(logOf(rig, 0)).toEqual(["1@1"]);
    rig.disk(0).release();
    rig.settle();
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1", "3@1", "4@1"]);
    expect(rig.replica(0).lastNormalView).toBe(2);
  });

  it("executes an entry from the journal when it is no longer in memory", () => {
    const rig = startedRig(3, { options: { cacheBytesMax: 1 } });
    for (const number of [1, 2, 3]) {
      request(rig, 1, number, `${number}`);
      rig.settle();
    }
    rig.crash(0);
    rig.restart(0);
    rig.elapse(10);
    expect(rig.executed(0)).toEqual(["1", "2", "3"]);
  });

  it("fetches the body of an entry that its own journal cannot read any more", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.elapse(6);
    rig.crash(0);
    rig.restart(0);
    rig.disk(0).rot(2);
    rig.elapse(20);
    expect(rig.executed(0)).toEqual(["x"]);
  });
});
