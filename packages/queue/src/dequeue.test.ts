import { expect, test } from "vitest";
import type { Outcome } from "./outcome.ts";
import { bodiesOf, leaseOf, MachineDriver } from "./testing/machine-driver.ts";

function ready(config: Parameters<MachineDriver["put"]>[0] = {}): MachineDriver {
  const driver = new MachineDriver();
  driver.put(config);
  return driver;
}

function codeOf(outcome: Outcome): string {
  return outcome.type === "refused" ? outcome.refusal.code : outcome.type;
}

test("a delivery has all that the answer shows, and its lease ends leaseMs from now", () => {
  const driver = ready();
  driver.enqueue({ body: '{"a":1}', group: "g", priority: 7 });
  driver.pass(1_000);
  const { messages, replayed, lost } = driver.dequeue({ leaseMs: 5_000 });
  expect([replayed, lost]).toEqual([false, []]);
  expect(messages).toMatchObject([
    {
      seq: 1,
      kind: "json",
      priority: 7,
      deliveries: 1,
      failures: 0,
      lease: { fence: 1, untilMs: driver.nowMs + 5_000 },
    },
  ]);
  expect(driver.stats()).toMatchObject({ ready: 0, leased: 1 });
});

test("fences grow by one for every lease granted, across queues; tags differ", () => {
  const driver = ready();
  driver.put({}, "r");
  driver.enqueue({}, {}, {});
  const first = driver.dequeue({ max: 3 }).messages;
  expect(first.map((m) => leaseOf(m).fence)).toEqual([1, 2, 3]);
  expect(new Set(first.map((m) => leaseOf(m).tag)).size).toBe(3);
});

test("an answer without messages leaves no record: the same id asks anew", () => {
  const driver = ready();
  expect(driver.dequeue({ id: "a", max: 2 })).toMatchObject({ replayed: false, messages: [] });
  expect(driver.machine.memory().dequeueCalls).toBe(0);
  driver.enqueue({}, {});
  expect(driver.dequeue({ id: "a", max: 1 }).messages.length).toBe(1);
});

test("the same id gets the same messages and leases, renewed but never shortened", () => {
  const driver = ready();
  driver.enqueue({}, {}, {});
  const first = driver.dequeue({ id: "a", max: 2, leaseMs: 10_000 });
  driver.pass(4_000);
  const again = driver.dequeue({ id: "a", max: 2, leaseMs: 10_000 });
  expect(again.replayed).toBe(true);
  expect(again.messages.map(leaseOf)).toEqual(first.messages.map(leaseOf));
  const untilMs = first.messages[0]?.lease?.untilMs ?? 0;
  // The lease clock moves at most 3 s from op to op, so of these 4 s one does not count.
  expect(again.messages[0]?.lease?.untilMs).toBe(driver.nowMs + 10_000);
  driver.settle({
    action: "extend",
    lease: leaseOf(first.messages[0]),
    leaseMs: 60_000,
    progress: null,
  });
  const third = driver.dequeue({ id: "a", max: 2, leaseMs: 10_000 });
  expect(third.messages[0]?.lease?.untilMs).toBeGreaterThan(untilMs + 40_000);
  expect(driver.stats()).toMatchObject({ ready: 1, leased: 2 });
});

test("what is no longer held is listed as lost with its reason, and nothing new is taken", () => {
  const driver = ready({ backoff: { baseMs: 0 } });
  driver.enqueue({}, {}, {}, {});
  const { messages } = driver.dequeue({ id: "a", max: 3 });
  const [acked, nacked, held] = messages.map(leaseOf);
  if (acked === undefined || nacked === undefined || held === undefined) throw new Error("three");
  driver.settle({ action: "ack", lease: acked });
  driver.settle({ action: "nack", lease: nacked, delayMs: null, error: null });
  const again = driver.dequeue({ id: "a", max: 3 });
  expect(again.messages.map(leaseOf)).toEqual([held]);
  expect(again.lost).toEqual([
    { lease: acked, message: null, reason: "settled" },
    { lease: nacked, message: messages[1]?.message, reason: "settled" },
  ]);
});

test("an expired lease of a replay is lost as expired, or superseded once it is leased again", () => {
  const driver = ready();
  driver.enqueue({});
  const [message] = driver.dequeue({ id: "a", leaseMs: 1_000 }).messages;
  driver.serve(2_000);
  const lease = leaseOf(message);
  const lost = (reason: string) => [{ lease, message: message?.message, reason }];
  expect(driver.dequeue({ id: "a", leaseMs: 1_000 }).lost).toEqual(lost("expired"));
  driver.dequeue({ leaseMs: 20_000 });
  expect(driver.dequeue({ id: "a", leaseMs: 1_000 }).lost).toEqual(lost("superseded"));
});

test("max, leaseMs and mode must be as before; maxPerGroup may differ", () => {
  const driver = ready();
  driver.enqueue({}, {});
  driver.dequeue({ id: "a", max: 1 });
  expect(codeOf(driver.dequeueAny({ id: "a", max: 2 }))).toBe("dequeue-id-reused");
  expect(codeOf(driver.dequeueAny({ id: "a", leaseMs: 30_000 }))).toBe("dequeue-id-reused");
  expect(codeOf(driver.dequeueAny({ id: "a", mode: "delete" }))).toBe("dequeue-id-reused");
  expect(driver.dequeue({ id: "a", maxPerGroup: 1 }).replayed).toBe(true);
});

test("leaseMs of a pop is ignored, also when the pop is sent again", () => {
  const driver = ready();
  driver.enqueue({});
  driver.dequeue({ id: "a", mode: "delete", leaseMs: 5_000 });
  expect(driver.dequeue({ id: "a", mode: "delete", leaseMs: 9_000 }).replayed).toBe(true);
  expect(driver.dequeue({ id: "a", mode: "delete" }).replayed).toBe(true);
  expect(codeOf(driver.dequeueAny({ id: "a", leaseMs: 5_000 }))).toBe("dequeue-id-reused");
});

test("after five minutes an id is new again", () => {
  const driver = ready();
  driver.enqueue({ body: "1" }, { body: "2" });
  driver.dequeue({ id: "a", leaseMs: 3_600_000 });
  driver.serve(299_000);
  expect(driver.dequeue({ id: "a", leaseMs: 3_600_000 }).replayed).toBe(true);
  driver.serve(2_000);
  const { replayed, messages } = driver.dequeue({ id: "a", leaseMs: 3_600_000 });
  expect([replayed, messages[0]?.seq]).toEqual([false, 2]);
  expect(driver.machine.memory().dequeueCalls).toBe(1);
});

test("maxInFlight limits an answer, and without room is 429", () => {
  const driver = ready({ maxInFlight: 3 });
  driver.enqueue({}, {}, {}, {});
  expect(driver.dequeue({ max: 2 }).messages.length).toBe(2);
  expect(driver.dequeue({ max: 2 }).messages.length).toBe(1);
  expect(driver.dequeueAny()).toMatchObject({
    refusal: { code: "in-flight-limit", limit: "maxInFlight", max: 3 },
  });
  expect(driver.dequeue({ mode: "delete" }).messages.length).toBe(1);
});

test("an answer stops before its bodies pass 4 MiB, but one message always fits", () => {
  const driver = ready({ bodyBytesMax: 1024 * 1024 });
  const mebi = "x".repeat(1024 * 1024);
  for (let count = 0; count < 6; count++) driver.enqueue({ body: mebi });
  expect(driver.dequeue({ max: 100 }).messages.length).toBe(4);
  expect(driver.dequeue({ max: 100 }).messages.length).toBe(2);
});

test("a pop is done at once, has no lease, and can be fetched again for a minute", () => {
  const driver = ready();
  driver.enqueue({ body: "a" }, { body: "b" });
  const bytes = driver.stats().bytes;
  const first = driver.dequeue({ id: "p", max: 2, mode: "delete" });
  expect(first.messages).toMatchObject([
    { lease: null, deliveries: 1 },
    { lease: null, seq: 2 },
  ]);
  expect(driver.stats()).toMatchObject({ ready: 0, leased: 0, bytes });
  driver.serve(55_000);
  const again = driver.dequeue({ id: "p", max: 2, mode: "delete" });
  expect(again).toEqual({ ...first, replayed: true });
  driver.serve(6_000);
  expect(driver.stats().bytes).toBe(0);
  driver.enqueue({ body: "c" });
  const late = driver.dequeue({ id: "p", max: 2, mode: "delete" });
  expect(late).toMatchObject({ replayed: true, messages: [] });
  expect(late.lost.length).toBe(2);
});

test("a pop without an id keeps nothing", () => {
  const driver = ready();
  driver.enqueue({}, {});
  driver.dequeue({ max: 2, mode: "delete" });
  expect(driver.stats().bytes).toBe(0);
  expect(driver.machine.memory()).toMatchObject({ messages: 0, dequeueCalls: 0 });
});

test("extend by dequeueId moves every lease that is held and lists the lost ones", () => {
  const driver = ready();
  driver.enqueue({}, {});
  const leases = driver.dequeue({ id: "a", max: 2 }).messages.map(leaseOf);
  const [first, second] = leases;
  if (first === undefined || second === undefined) throw new Error("two");
  driver.settle({ action: "ack", lease: first });
  const hash = (id: string) => driver.dequeueHash(id);
  const extend = (id: string) =>
    driver.execute({
      type: "extend-dequeue",
      queue: "q",
      dequeueHash: hash(id),
      leaseMs: 90_000,
    });
  expect(extend("a")).toEqual({
    type: "leases-extended",
    extended: [{ ...second, untilMs: driver.nowMs + 90_000 }],
    lost: [{ lease: first, message: null, reason: "settled" }],
  });
  expect(codeOf(extend("b"))).toBe("lease-unknown");
});

test("messages come by priority, then seq, and a put-back message keeps its place", () => {
  const driver = ready();
  driver.enqueue({ body: "low", priority: 0 }, { body: "a" }, { body: "b" });
  driver.enqueue({ body: "high", priority: 9 });
  const [high, a] = driver.dequeue({ max: 2 }).messages;
  driver.settle(
    { action: "release", lease: leaseOf(a), delayMs: null },
    { action: "release", lease: leaseOf(high), delayMs: null },
  );
  expect(bodiesOf(driver.dequeue({ max: 9 }))).toEqual(["high", "a", "b", "low"]);
});
