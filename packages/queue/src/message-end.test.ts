import { describe, expect, test } from "vitest";
import { queueConfigDefault } from "./queue-config.ts";
import { bodiesOf, leaseOf, type MachineDriver } from "./testing/machine-driver.ts";
import { leased, ready, settleOne } from "./testing/settling.ts";

const minute = 60_000;

function stats(driver: MachineDriver) {
  const { ready: waiting, blocked, leased: held, scheduled, dead, bytes } = driver.stats();
  return { ready: waiting, blocked, leased: held, scheduled, dead, bytes };
}

const nothing = { ready: 0, blocked: 0, leased: 0, scheduled: 0, dead: 0, bytes: 0 };

describe("ttl", () => {
  test("counts from the moment at which the message is first ready", () => {
    const driver = ready();
    driver.enqueue({ body: "now", ttlMs: 2_000 }, { body: "later", ttlMs: 2_000, delayMs: 5_000 });
    driver.serve(2_500);
    expect(stats(driver)).toMatchObject({ ready: 0, scheduled: 1, dead: 1 });
    driver.serve(4_000);
    expect(bodiesOf(driver.dequeue({ mode: "delete" }))).toEqual(["later"]);
  });

  test("is acted on by a pulse, never before and at most 1.5 s after it", () => {
    const driver = ready();
    driver.enqueue({ ttlMs: 2_000 });
    driver.serve(1_990);
    expect(driver.stats().ready).toBe(1);
    driver.serve(1_500);
    expect(driver.stats().ready).toBe(0);
  });

  test("is over for a dequeue before the pulse: nothing is delivered that has ended", () => {
    const driver = ready({ onDead: "block" });
    driver.enqueue(
      { body: "1", group: "g" },
      { body: "2", group: "g", ttlMs: 1_000 },
      { body: "3", group: "g" },
      { body: "4", ttlMs: 1_000 },
      { body: "5" },
    );
    driver.pass(1_100);
    expect(bodiesOf(driver.dequeue({ max: 9 }))).toEqual(["1", "5"]);
    expect(stats(driver)).toMatchObject({ leased: 2, dead: 2, blocked: 1 });
    const late = ready();
    late.enqueue({ ttlMs: 1_000 });
    late.pass(1_100);
    expect(late.dequeue({ id: "d" }).messages).toEqual([]);
    late.enqueue({ body: "next" });
    expect(late.dequeue({ id: "d" })).toMatchObject({ replayed: false, messages: [{ seq: 2 }] });
    expect(late.machine.memory().dequeueCalls).toBe(1);
  });

  test("drops the message under onExpire drop, and counts it no more", () => {
    const driver = ready({ onExpire: "drop" });
    driver.enqueue({ ttlMs: 1_000 }, { ttlMs: 1_000, group: "g" }, { ttlMs: 1_000, group: "g" });
    driver.serve(2_500);
    expect(stats(driver)).toEqual(nothing);
  });

  test("does not end a leased message: an ack counts, whenever it comes", () => {
    const driver = ready();
    driver.enqueue({ ttlMs: 1_000 });
    const lease = leaseOf(driver.dequeue({ leaseMs: 20_000 }).messages[0]);
    driver.serve(10_000);
    expect(settleOne(driver, "ack", lease)).toMatchObject({ state: "done" });
    expect(stats(driver)).toEqual(nothing);
  });

  test.each(["nack", "release"] as const)("ends a leased message at once with its %s", (action) => {
    for (const [onExpire, state, dead] of [
      ["dead", "dead", 1],
      ["drop", "done", 0],
    ] as const) {
      const driver = ready({ onExpire });
      driver.enqueue({ ttlMs: 1_000 });
      const lease = leaseOf(driver.dequeue({ leaseMs: 20_000 }).messages[0]);
      driver.serve(3_000);
      expect(settleOne(driver, action, lease)).toMatchObject({ state });
      expect(settleOne(driver, action, lease)).toMatchObject({ state, already: true });
      expect(stats(driver)).toMatchObject({ ready: 0, leased: 0, scheduled: 0, dead });
    }
  });

  test("ends a message with the expiry of its lease, and the lease is lost with it", () => {
    for (const [onExpire, reason] of [
      ["dead", "dead"],
      ["drop", "purged"],
    ] as const) {
      const driver = ready({ onExpire });
      driver.enqueue({ ttlMs: 1_000 });
      const lease = leaseOf(driver.dequeue({ leaseMs: 4_000 }).messages[0]);
      driver.serve(6_000);
      expect(driver.stats().ready).toBe(0);
      expect(settleOne(driver, "ack", lease)).toEqual({ code: "lease-lost", reason });
    }
  });

  test("ends what a rewind gives back, if its time is over", () => {
    const driver = ready({ onExpire: "drop" });
    driver.enqueue({ group: "g", body: "a" }, { group: "g", body: "b", ttlMs: 1_000 });
    const [first] = driver.dequeue({ max: 2, leaseMs: 20_000 }).messages;
    driver.serve(3_000);
    settleOne(driver, "release", leaseOf(first));
    expect(stats(driver)).toMatchObject({ ready: 1, blocked: 0, leased: 0 });
  });

  test("lets the next of a group come to its head", () => {
    const driver = ready();
    driver.enqueue({ group: "g", ttlMs: 1_000 }, { group: "g", body: "next" });
    driver.serve(2_500);
    expect(bodiesOf(driver.dequeue({ mode: "delete" }))).toEqual(["next"]);
  });

  test("holds up a group under onDead block, as any dead letter does", () => {
    const driver = ready({ onDead: "block" });
    driver.enqueue({ group: "g", ttlMs: 1_000 }, { group: "g", body: "next" });
    driver.serve(2_500);
    expect(stats(driver)).toMatchObject({ ready: 0, blocked: 1, dead: 1 });
  });

  test("ends a message that waits for its retry", () => {
    const driver = ready({ onExpire: "drop" });
    driver.enqueue({ ttlMs: 3_000 });
    const lease = leaseOf(driver.dequeue().messages[0]);
    driver.settle({ action: "nack", lease, delayMs: 60_000, error: null });
    driver.serve(5_000);
    expect(stats(driver)).toEqual(nothing);
  });

  test("frees the id of an untilSettled queue", () => {
    for (const onExpire of ["dead", "drop"] as const) {
      const driver = ready({ dedupMode: "untilSettled", onExpire });
      driver.enqueue({ dedup: "d", ttlMs: 1_000 });
      driver.serve(2_500);
      expect(driver.enqueue({ dedup: "d" }).results).toMatchObject([{ status: "accepted" }]);
    }
  });
});

describe("retention", () => {
  test("counts from enqueue, whatever happened to the message", () => {
    const driver = ready({ retentionMs: minute, onExpire: "drop" });
    driver.enqueue({ body: "first" }, { body: "delayed", delayMs: 30_000 });
    driver.serve(59_000);
    driver.enqueue({ body: "second" });
    expect(driver.stats().ready).toBe(3);
    driver.serve(2_500);
    expect(bodiesOf(driver.dequeue({ max: 10, mode: "delete" }))).toEqual(["second"]);
  });

  test("refuses a delay that would not end before it", () => {
    const driver = ready({ retentionMs: minute });
    const refused = {
      status: "refused",
      refusal: { code: "limit-exceeded", limit: "retentionMs", max: minute },
    };
    const { results } = driver.enqueue({ delayMs: minute }, { delayMs: minute - 1 });
    expect(results).toMatchObject([refused, { status: "accepted" }]);
  });

  test("does not end a leased message, but what its lease gives back at once", () => {
    const driver = ready({ retentionMs: minute });
    const lease = leased(driver);
    driver.settle({ action: "extend", lease, leaseMs: 10 * minute, progress: null });
    driver.serve(2 * minute);
    expect(driver.stats().leased).toBe(1);
    expect(settleOne(driver, "release", lease)).toMatchObject({ state: "dead" });
  });

  test("that is lowered ends by pulses what is too old by then, 2,000 at a time", () => {
    const driver = ready({ onExpire: "drop" });
    const specs = Array.from({ length: 1_000 }, () => ({}));
    for (let batch = 0; batch < 5; batch++) driver.enqueue(...specs);
    driver.serve(minute);
    driver.enqueue({ body: "young" });
    replace(driver, { retentionMs: minute, onExpire: "drop" });
    driver.machine.takeReadyHints(9);
    // A dequeue ends as many on its way, and says that it is worth asking again.
    expect(driver.dequeue({ max: 10 }).messages).toEqual([]);
    expect(driver.stats().ready).toBe(3_001);
    expect(driver.machine.takeReadyHints(9)).toEqual(["q"]);
    driver.pulse();
    driver.pulse();
    expect(bodiesOf(driver.dequeue({ max: 10 }))).toEqual(["young"]);
  });

  test("that is raised keeps what has not ended yet, also what was leased meanwhile", () => {
    const driver = ready({ retentionMs: minute });
    const lease = leased(driver);
    driver.settle({ action: "extend", lease, leaseMs: 10 * minute, progress: null });
    driver.enqueue({});
    driver.serve(90_000);
    replace(driver, { retentionMs: 2 * minute });
    expect(settleOne(driver, "release", lease)).toMatchObject({ state: "ready" });
    driver.serve(minute);
    expect(stats(driver)).toMatchObject({ ready: 0, dead: 2 });
  });

  test("of dead letters is over for a dequeue from the dead before the pulse", () => {
    const driver = ready({ deadRetentionMs: minute });
    settleOne(driver, "reject", leased(driver));
    driver.pass(30_000);
    settleOne(driver, "reject", leased(driver));
    driver.pass(30_100);
    expect(driver.dequeue({ from: "dead", max: 9 }).messages).toMatchObject([{ seq: 2 }]);
    expect(stats(driver)).toMatchObject({ dead: 0, leased: 1 });
  });

  test("of dead letters counts from their death, and then nothing is left of them", () => {
    const driver = ready({ deadRetentionMs: minute });
    const lease = leased(driver, "g");
    driver.serve(1_000);
    settleOne(driver, "reject", lease);
    driver.serve(59_000);
    expect(driver.stats().dead).toBe(1);
    driver.serve(2_500);
    expect(stats(driver)).toEqual(nothing);
    expect(driver.machine.memory()).toMatchObject({ messages: 0, timers: 0 });
  });

  test("makes no pulse due before there is anything to end", () => {
    const driver = ready({ retentionMs: minute });
    driver.enqueue({});
    expect(driver.machine.isPulseDue(driver.now + 59_000_000)).toBe(false);
    expect(driver.machine.isPulseDue(driver.now + 60_000_001)).toBe(true);
  });

  test("is seen in time for a message that was leased when the queues were last looked through", () => {
    const driver = ready({ retentionMs: 100_000, onExpire: "drop" });
    const lease = leased(driver);
    driver.settle({ action: "extend", lease, leaseMs: 10 * minute, progress: null });
    driver.serve(70_000);
    settleOne(driver, "release", lease);
    driver.serve(31_500);
    expect(stats(driver)).toEqual(nothing);
  });
});

function replace(driver: MachineDriver, config: Parameters<MachineDriver["put"]>[0]): void {
  const outcome = driver.execute({
    type: "put-queue",
    queue: "q",
    config: { ...queueConfigDefault, ...config },
    precondition: { kind: "match-any" },
  });
  expect(outcome).toMatchObject({ type: "queue-put", created: false });
}
