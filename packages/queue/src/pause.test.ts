import { describe, expect, test } from "vitest";
import {
  bodiesOf,
  hashOf,
  leaseOf,
  message,
  type MachineDriver,
} from "./testing/machine-driver.ts";
import { ready, settlement } from "./testing/settling.ts";

function pause(driver: MachineDriver, what: "send" | "receive", reason: string | null = null) {
  return driver.execute({ type: "pause-queue", queue: "q", what, pause: { by: "p", reason } });
}

function resume(driver: MachineDriver, what: "send" | "receive") {
  return driver.execute({ type: "pause-queue", queue: "q", what, pause: null });
}

function statusesOf(driver: MachineDriver, ...dedups: readonly string[]): readonly string[] {
  return driver
    .enqueue(...dedups.map((dedup) => ({ dedup })))
    .results.map((result) => (result.status === "refused" ? result.refusal.code : result.status));
}

describe("a queue whose sending is paused", () => {
  test("refuses what is new, and still knows a duplicate", () => {
    const driver = ready();
    driver.enqueue({ dedup: "a" });
    pause(driver, "send");
    expect(statusesOf(driver, "a", "b")).toEqual(["duplicate", "paused"]);
    const atomic = { type: "enqueue", queue: "q", form: "atomic", idempotency: null } as const;
    const messages = [message({ dedup: "a" }), message({})];
    expect(driver.execute({ ...atomic, messages })).toMatchObject({
      refusal: { code: "paused" },
      index: 1,
    });
    resume(driver, "send");
    expect(statusesOf(driver, "a", "b")).toEqual(["duplicate", "accepted"]);
  });

  test("still knows an Idempotency-Key, and gives out what it has", () => {
    const driver = ready();
    const idempotency = { hash: hashOf("key"), fingerprint: hashOf("print") };
    const call = { type: "enqueue", queue: "q", form: "single", messages: [message({})] } as const;
    driver.execute({ ...call, idempotency });
    pause(driver, "send");
    expect(driver.execute({ ...call, idempotency })).toMatchObject({
      results: [{ status: "duplicate", seq: 1 }],
    });
    expect(driver.execute({ ...call, idempotency: null })).toMatchObject({
      refusal: { code: "paused" },
    });
    expect(driver.dequeue().messages).toHaveLength(1);
  });
});

describe("a queue whose receiving is paused", () => {
  test("gives out nothing and says so, but replays and settles what was given", () => {
    const driver = ready();
    driver.enqueue({ body: "1" }, { body: "2" });
    const lease = leaseOf(driver.dequeue({ id: "d" }).messages[0]);
    pause(driver, "receive");
    expect(driver.dequeue()).toMatchObject({ messages: [], paused: true, replayed: false });
    expect(driver.dequeue({ mode: "delete" })).toMatchObject({ messages: [], paused: true });
    const again = driver.dequeue({ id: "d" });
    expect([bodiesOf(again), again.paused, again.replayed]).toEqual([["1"], true, true]);
    expect(driver.settle(settlement("ack", lease)).results).toMatchObject([{ state: "done" }]);
    resume(driver, "receive");
    expect(driver.dequeue()).toMatchObject({ messages: [{ seq: 2 }], paused: false });
  });

  test("is found paused before it is asked, and is hinted at when it is resumed", () => {
    const driver = ready();
    pause(driver, "receive");
    driver.enqueue({});
    const question = {
      type: "deliverable",
      queue: "q",
      from: "ready",
      mode: "lease",
      dequeueHash: null,
    } as const;
    expect(driver.ask(question)).toEqual({ type: "deliverable", finds: "paused" });
    expect(driver.machine.takeReadyHints(10)).toEqual([]);
    resume(driver, "receive");
    expect(driver.machine.takeReadyHints(10)).toEqual(["q"]);
  });
});

test("who paused first, when and why is shown, also after it was repeated", () => {
  const driver = ready();
  const first = pause(driver, "receive", "upkeep");
  const paused = { send: null, receive: { by: "p", atMs: driver.nowMs, reason: "upkeep" } };
  expect(first).toEqual({ type: "queue-paused", paused });
  driver.pass(5_000);
  expect(pause(driver, "receive", "again")).toEqual(first);
  expect(driver.ask({ type: "get-queue", queue: "q" })).toMatchObject({ view: { paused } });
  expect(resume(driver, "receive")).toMatchObject({ paused: { send: null, receive: null } });
  expect(resume(driver, "receive")).toMatchObject({ paused: { send: null, receive: null } });
  const none = driver.execute({ type: "pause-queue", queue: "no", what: "send", pause: null });
  expect(none).toMatchObject({ refusal: { code: "queue-not-found" } });
});
