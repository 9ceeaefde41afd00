import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";
import { bodiesOf, leaseOf, MachineDriver } from "./testing/machine-driver.ts";

function ready(config: Parameters<MachineDriver["put"]>[0] = {}): MachineDriver {
  const driver = new MachineDriver();
  driver.put(config);
  return driver;
}

test("a lease is never ended before its time and, while pulses come, at most 1.5 s after it", () => {
  const driver = ready();
  driver.enqueue({});
  const [message] = driver.dequeue({ leaseMs: 10_000 }).messages;
  const untilMs = message?.lease?.untilMs ?? 0;
  while (driver.stats().leased === 1) {
    driver.pass(100);
    if (driver.machine.isPulseDue(driver.now)) driver.pulse();
  }
  expect(driver.nowMs).toBeGreaterThanOrEqual(untilMs);
  expect(driver.nowMs).toBeLessThanOrEqual(untilMs + 1_500);
});

test("the lease clock advances by at most 3 s from op to op: an outage costs a lease no more", () => {
  const driver = ready();
  driver.enqueue({});
  driver.dequeue({ leaseMs: 5_000 });
  driver.pass(3_600_000);
  driver.pulse();
  expect(driver.stats().leased).toBe(1);
  driver.serve(1_900);
  expect(driver.stats().leased).toBe(1);
  driver.serve(600);
  expect(driver.stats()).toMatchObject({ leased: 0, ready: 1 });
});

test("several operations of one op move the clocks once", () => {
  const driver = ready();
  driver.enqueue({}, {});
  driver.pass(2_000);
  const context = driver.context();
  const digests = [0, 1].map((requestIndex) => {
    driver.machine.execute(new Uint8Array(), { ...context, requestIndex });
    return driver.digest();
  });
  expect(digests[0]).toBe(digests[1]);
});

test("while leases run or timers are set a pulse is due every second, else none is", () => {
  const driver = ready();
  const dueAfter = (ms: number) => driver.machine.isPulseDue(driver.now + ms * 1_000);
  expect(dueAfter(3_600_000)).toBe(false);
  driver.enqueue({});
  expect(dueAfter(3_600_000)).toBe(false);
  driver.dequeue({ leaseMs: 30_000 });
  expect([dueAfter(999), dueAfter(1_000)]).toEqual([false, true]);
  driver.serve(31_000);
  expect(dueAfter(3_600_000)).toBe(true);
  driver.dequeue({ mode: "delete" });
  driver.serve(700_000);
  expect(dueAfter(3_600_000)).toBe(false);
  driver.enqueue({ delayMs: 86_400_000 });
  expect([dueAfter(999), dueAfter(1_000)]).toEqual([false, true]);
});

test("a pulse acts on at most 2,000 deadlines, in the order (deadline, seq)", () => {
  const driver = ready();
  for (let batch = 0; batch < 3; batch++) {
    driver.enqueue(...Array.from({ length: 1_000 }, () => ({ delayMs: 1_000 - batch * 100 })));
  }
  driver.pass(1_000);
  driver.pulse();
  expect(driver.stats()).toMatchObject({ ready: 2_000, scheduled: 1_000 });
  const seqs = driver.dequeue({ max: 100 }).messages.map(({ seq }) => seq);
  expect(seqs[0]).toBe(1_001);
  driver.pulse();
  expect(driver.stats().scheduled).toBe(0);
});

test("waits grow by the factor up to maxMs, and jitter spreads them around", () => {
  const backoff = { baseMs: 1_000, factor: 2.5, maxMs: 10_000, jitter: 0 };
  const waits = [1, 2, 3, 4, 900].map((failures) => backoffMs(backoff, failures, 0.7));
  expect(waits).toEqual([1_000, 2_500, 6_250, 10_000, 10_000]);
  const jittered = { ...backoff, jitter: 0.2 };
  expect([0, 0.5, 0.999_999].map((share) => backoffMs(jittered, 1, share))).toEqual([
    800, 1_000, 1_199,
  ]);
  expect(backoffMs({ ...backoff, baseMs: 0 }, 5, 0.5)).toBe(0);
});

test("the backoff's jitter is a function of message and failure, not of the replica", () => {
  const waits = [0, 1].map(() => {
    const driver = ready();
    driver.enqueue(...Array.from({ length: 20 }, () => ({})));
    const { messages } = driver.dequeue({ max: 20 });
    for (const { lease } of messages) {
      if (lease !== null) driver.settle({ action: "nack", lease, delayMs: null, error: null });
    }
    const counts: number[] = [];
    for (let step = 0; step < 10; step++) {
      driver.serve(500);
      counts.push(driver.stats().ready);
    }
    return counts;
  });
  expect(waits[0]).toEqual(waits[1]);
  expect(new Set(waits[0]).size).toBeGreaterThan(2);
});

test("the age of the oldest ready message counts from its due time, and is null without one", () => {
  const driver = ready();
  expect(driver.stats().oldestReadyAtMs).toBeNull();
  driver.enqueue({ delayMs: 5_000 });
  const dueMs = driver.nowMs + 5_000;
  expect(driver.stats().oldestReadyAtMs).toBeNull();
  driver.serve(6_000);
  expect(driver.stats().oldestReadyAtMs).toBe(dueMs);
  driver.enqueue({});
  expect(driver.stats().oldestReadyAtMs).toBe(dueMs);
});

test("priorities do not hide an older message of another priority", () => {
  const driver = ready();
  driver.enqueue({ body: "old", priority: 0 });
  const oldMs = driver.nowMs;
  driver.pass(1_000);
  driver.enqueue({ body: "new", priority: 9 });
  expect(driver.stats().oldestReadyAtMs).toBe(oldMs);
  expect(bodiesOf(driver.dequeue())).toEqual(["new"]);
});

test("equal logs give equal digests, and one differing bit anywhere gives another", () => {
  const run = (body: string) => {
    const driver = ready();
    driver.enqueue({ body, group: "g" }, { body: "same", dedup: "d", delayMs: 1_000 });
    driver.dequeue({ id: "a" });
    driver.serve(1_500);
    return driver.digest();
  };
  expect(run("1")).toBe(run("1"));
  expect(run("1")).not.toBe(run("2"));
});

test("an empty machine that was full holds no messages, and its memory is given back", () => {
  const driver = ready();
  for (let round = 0; round < 3; round++) {
    driver.enqueue(...Array.from({ length: 500 }, (_, i) => ({ dedup: `${round}-${i}` })));
    for (let n = 0; n < 5; n++) driver.dequeue({ max: 100, mode: "delete" });
  }
  driver.serve(601_000);
  expect(driver.machine.memory()).toMatchObject({
    messages: 0,
    dedupRecords: 0,
    dequeueCalls: 0,
    leases: 0,
    timers: 0,
  });
  expect(driver.stats().bytes).toBe(0);
});

test("after an outage delays that were due in it come before leases that it prolonged", () => {
  const driver = ready();
  driver.enqueue({});
  driver.dequeue({ leaseMs: 4_000 });
  for (let batch = 0; batch < 2; batch++) {
    driver.enqueue(...Array.from({ length: 1_000 }, () => ({ delayMs: 10_000 })));
  }
  driver.pass(3_600_000);
  driver.put();
  driver.pass(1_100);
  driver.pulse();
  expect(driver.stats()).toMatchObject({ scheduled: 0, leased: 1 });
  driver.pulse();
  expect(driver.stats()).toMatchObject({ leased: 0, ready: 2_001 });
});

test("a queue tells how many leases ended by themselves in the last minute", () => {
  const driver = new MachineDriver();
  driver.put();
  driver.enqueue({}, {}, {});
  const expired = () => {
    const answer = driver.ask({ type: "get-queue", queue: "q" });
    return answer.type === "queue" ? answer.view?.expirations.count : null;
  };
  driver.dequeue({ max: 3, leaseMs: 1_000 });
  expect(expired()).toBe(0);
  driver.serve(2_000);
  expect(expired()).toBe(3);
  driver.pass(61_000);
  driver.enqueue({});
  expect(expired()).toBe(0);
});

test("the oldest ready message may stand behind the head of its group", () => {
  const driver = new MachineDriver();
  driver.put({ backoff: { baseMs: 5_000, jitter: 0 } });
  driver.enqueue({ group: "g" }, { group: "g" });
  const enqueuedAtMs = driver.nowMs;
  const lease = leaseOf(driver.dequeue().messages[0]);
  driver.settle({ action: "nack", lease, delayMs: null, error: null });
  driver.serve(6_000);
  expect(driver.stats()).toMatchObject({ ready: 2, oldestReadyAtMs: enqueuedAtMs });
});
