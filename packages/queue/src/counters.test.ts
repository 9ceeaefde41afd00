import { expect, test } from "vitest";
import { leaseOf } from "./testing/machine-driver.ts";
import { leased, ready, settleOne } from "./testing/settling.ts";

test("extend may shorten, and ends at most 12 h after the lease began", () => {
  const driver = ready();
  driver.enqueue({});
  const hour = 3_600_000;
  const [message] = driver.dequeue({ leaseMs: 12 * hour }).messages;
  const lease = leaseOf(message);
  const until = (leaseMs: number) => {
    const entry = { action: "extend", lease, leaseMs, progress: null } as const;
    const [result] = driver.settle(entry).results;
    return result?.status === "settled" ? result.leaseUntilMs : null;
  };
  expect(until(1_000)).toBe(driver.nowMs + 1_000);
  driver.pass(2_000);
  expect(until(12 * hour)).toBe(message?.lease?.untilMs);
});

test("maxFailures nacks are a dead letter; the message's own limit goes before the queue's", () => {
  const driver = ready({ maxFailures: 2, backoff: { baseMs: 0 } });
  driver.enqueue({ maxFailures: 1, priority: 9 }, {});
  const nack = () => settleOne(driver, "nack", leaseOf(driver.dequeue().messages[0]));
  expect(nack()).toMatchObject({ state: "dead" });
  expect(nack()).toMatchObject({ state: "ready" });
  expect(nack()).toMatchObject({ state: "dead" });
  expect(driver.stats().dead).toBe(2);
});

test("maxDeliveries looks at releases, but a rewind does not count", () => {
  const driver = ready({ maxDeliveries: 2 });
  driver.enqueue({ group: "g" }, { group: "g" });
  const [first] = driver.dequeue({ max: 2 }).messages.map(leaseOf);
  if (first === undefined) throw new Error("one");
  expect(settleOne(driver, "release", first)).toMatchObject({ state: "ready" });
  const again = driver.dequeue({ max: 2 }).messages;
  expect(again.map(({ deliveries }) => deliveries)).toEqual([2, 2]);
  expect(settleOne(driver, "release", leaseOf(again[1]))).toMatchObject({ state: "ready" });
  expect(settleOne(driver, "release", leaseOf(again[0]))).toMatchObject({ state: "dead" });
});

test("release counts no failure, nack and expiry count one", () => {
  const driver = ready({ backoff: { baseMs: 0 } });
  driver.enqueue({});
  const next = () => driver.dequeue({ leaseMs: 1_000 }).messages[0];
  settleOne(driver, "release", leaseOf(next()));
  settleOne(driver, "nack", leaseOf(next()));
  expect(next()).toMatchObject({ deliveries: 3, failures: 1 });
  driver.serve(2_000);
  expect(next()).toMatchObject({ deliveries: 4, failures: 2 });
});

test("a delay given with nack or release replaces the backoff", () => {
  const driver = ready();
  const lease = leased(driver);
  const [result] = driver.settle({ action: "nack", lease, delayMs: 0, error: null }).results;
  expect(result).toMatchObject({ state: "ready" });
  const again = leaseOf(driver.dequeue().messages[0]);
  driver.settle({ action: "release", lease: again, delayMs: 4_000 });
  driver.serve(3_800);
  expect(driver.stats().scheduled).toBe(1);
  driver.serve(500);
  expect(driver.stats().ready).toBe(1);
});
