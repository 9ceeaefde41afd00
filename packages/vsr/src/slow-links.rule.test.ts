/** Rules L7 and A1 over links on which an answer comes later than it was waited for. */
import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { expectCaughtUp, leftBehind, work } from "./testing/left-behind.ts";
import type { Packet } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { request, startedRig } from "./testing/stories.ts";

const answers = ["newState", "entries", "blocks"] as const;
/** Longer than a question waits at first (`fetchTicks`). */
const delayTicks = 30;
/** Longer than a question waits when it has been doubled three times. */
const longDelayTicks = 200;

/** Answers reach replica 0 only after a while, for so many whiles; all else is as fast as ever. */
function elapseSlowly(rig: Rig, whiles: number, ticks = delayTicks): void {
  for (const command of answers) rig.network.hold({ to: 0, command });
  let due: readonly Packet[] = [];
  for (let count = 0; count < whiles; count++) {
    rig.elapse(ticks);
    for (const { from, bytes } of due) rig.inject(0, from, bytes);
    due = answers.flatMap((command) => rig.network.take({ to: 0, command }));
  }
}

/** Replica 0 has missed two entries. */
function behind(): Rig {
  const rig = startedRig(3);
  rig.isolate(0);
  work(rig, 1, 3);
  rig.network.heal();
  return rig;
}

describe("L7: a replica whose peers' answers take longer than a question waits at first", () => {
  it("fetches the entries that it missed", () => {
    const rig = behind();
    elapseSlowly(rig, 20);
    expectCaughtUp(rig, 0, 1);
  });

  it("takes a state over", () => {
    const rig = leftBehind();
    rig.network.heal();
    elapseSlowly(rig, 60);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(0);
  });

  it("takes a state over from one peer alone", () => {
    const rig = leftBehind();
    rig.crash(2);
    rig.network.heal();
    elapseSlowly(rig, 100);
    expectCaughtUp(rig, 0, 1);
  });
});

describe("L7: a replica whose peers' answers take seconds", () => {
  it("fetches the entries that it missed", () => {
    const rig = behind();
    elapseSlowly(rig, 8, longDelayTicks);
    expectCaughtUp(rig, 0, 1);
  });

  it("takes a state over", () => {
    const rig = leftBehind();
    rig.network.heal();
    elapseSlowly(rig, 20, longDelayTicks);
    expectCaughtUp(rig, 0, 1);
    expect(rig.replica(0).loadedOp).toBeGreaterThan(0);
  });

  it("asks no more often than they come, once it has learned how slow they are", () => {
    const rig = behind();
    rig.network.cut({ to: 0, command: "newState" });
    const asked = (): number => rig.network.sent({ from: 0, command: "getState" }).length;
    rig.elapse(2_000);
    const before = asked();
    rig.elapse(2_000);
    expect(asked() - before).toBeLessThan(5);
  });

  it("waits less again with every answer that comes in time", () => {
    const rig = startedRig(3, { checkpointBytes: 64 * 1_024 * 1_024 });
    rig.isolate(0);
    // Of such entries an answer holds one.
    for (let number = 1; number <= 6; number++) {
      request(rig, 1, number, "x".repeat(600_000));
      rig.elapse(1);
    }
    rig.network.heal();
    rig.network.cut({ to: 0, command: "entries" });
    rig.elapse(400);
    const patience = present(rig.replica(0).fetch).silences;
    expect(patience).toBeGreaterThan(4);
    rig.network.heal();
    rig.network.hold({ to: 0, command: "entries" });
    while (rig.network.waiting({ to: 0, command: "entries" }).length === 0) rig.elapse(1);
    for (let count = 0; count < 3; count++) {
      rig.deliver({ to: 0, command: "entries" });
      rig.elapse(1);
    }
    expect(rig.replica(0).fetch?.silences).toBeLessThan(patience);
  });
});

/** Replica 0 asks for entries that come by themselves before the answer; those are in its hands. */
function askedForNothing(checkpointOps: number): Rig {
  const rig = startedRig(3, { checkpointOps });
  rig.network.hold({ to: 0, command: "prepare" });
  rig.network.hold({ to: 0, command: "newState" });
  work(rig, 1, 1);
  rig.elapse(20);
  expect(rig.replica(0).fetch).toMatchObject({ purpose: "catch-up", top: { op: 2 } });
  work(rig, 2, 3);
  for (const { from, bytes } of rig.network.take({ to: 0, command: "prepare" })) {
    rig.inject(0, from, bytes);
  }
  rig.elapse(20);
  expect(rig.executed(0)).toEqual(["job 1", "job 2", "job 3"]);
  return rig;
}

/** The answers come at last: nobody is accused, and the view goes on. */
function expectPeace(rig: Rig): void {
  rig.network.release();
  rig.elapse(1);
  expect(rig.alarms(0)).toEqual([]);
  expect(rig.replica(0)).toMatchObject({ status: "normal", view: 1, fetch: null });
  rig.elapse(60);
  expect(rig.replica(1).acting).not.toBeNull();
}

describe("A1 what was asked for to catch up, and came by itself before the answer", () => {
  it("leaves nothing out: nobody has lied, and the view goes on", () => {
    expectPeace(askedForNothing(1_000));
  });

  it("is awaited no more once the log has freed it, and is not foreign", () => {
    const rig = askedForNothing(4);
    const late = rig.network.take({ to: 0, command: "newState" });
    rig.network.release();
    rig.network.hold({ to: 0, command: "newState" });
    work(rig, 4, 20);
    rig.elapse(30);
    expect(rig.replica(0).log.base.op).toBeGreaterThan(2);
    expect(rig.replica(0).fetch).toBeNull();
    for (const { from, bytes } of late) rig.inject(0, from, bytes);
    expectPeace(rig);
  });
});
