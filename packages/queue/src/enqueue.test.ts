import { expect, test } from "vitest";
import { encodeHeaders } from "./message-headers.ts";
import type { Enqueue } from "./operation.ts";
import type { Outcome } from "./outcome.ts";
import {
  bodiesOf,
  hashOf,
  MachineDriver,
  message,
  type MessageSpec,
} from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";

function enqueue(
  driver: MachineDriver,
  form: Enqueue["form"],
  specs: readonly MessageSpec[],
  key: string | null = null,
  print = "request",
): Outcome {
  const idempotency = key === null ? null : { hash: hashOf(key), fingerprint: hashOf(print) };
  const messages = specs.map((spec) => message(spec));
  return driver.execute({ type: "enqueue", queue: "q", form, idempotency, messages });
}

function statusesOf(outcome: Outcome): readonly string[] {
  if (outcome.type !== "enqueued") throw new Error(JSON.stringify(outcome));
  return outcome.results.map((r) => (r.status === "refused" ? r.refusal.code : r.status));
}

function refusalOf(outcome: Outcome) {
  return outcome.type === "refused" ? { ...outcome.refusal, index: outcome.index } : outcome.type;
}

function ready(config: Parameters<MachineDriver["put"]>[0] = {}): MachineDriver {
  const driver = new MachineDriver();
  driver.put(config);
  return driver;
}

test("seq counts per queue; the index counts through all messages of an op", () => {
  const driver = ready();
  driver.put({}, "r");
  const op = driver.op + 1;
  expect(driver.enqueue({}, {})).toMatchObject({
    results: [
      { status: "accepted", seq: 1, message: { op, index: 0 }, enqueuedAtMs: driver.nowMs },
      { status: "accepted", seq: 2, message: { op, index: 1 } },
    ],
  });
  const outcome = enqueue(driver, "single", [{}]);
  expect(outcome).toMatchObject({ results: [{ seq: 3, message: { op: op + 1, index: 0 } }] });
  expect(refusalOf(driver.execute({ ...batchOf([{}]), queue: "none" }))).toMatchObject({
    code: "queue-not-found",
  });
});

function batchOf(specs: readonly MessageSpec[]): Enqueue {
  const messages = specs.map((spec) => message(spec));
  return { type: "enqueue", queue: "q", form: "batch", idempotency: null, messages };
}

test("a duplicate answers the original's ids and time and enqueues nothing", () => {
  const driver = ready();
  const first = driver.enqueue({ dedup: "a" }).results;
  driver.pass(9_000);
  const [again] = driver.enqueue({ dedup: "a" }).results;
  expect(again).toEqual({ ...first[0], status: "duplicate" });
  expect(driver.stats()).toMatchObject({ ready: 1 });
});

test("another fingerprint under the same id is a conflict that names the original", () => {
  const driver = ready();
  const [first] = driver.enqueue({ dedup: "a", print: "1" }).results;
  const [second] = driver.enqueue({ dedup: "a", print: "2" }).results;
  const original = first?.status === "accepted" ? first.message : null;
  expect(second).toEqual({ status: "refused", refusal: { code: "dedup-conflict", original } });
});

test("twice in one batch, the second is a duplicate of the first", () => {
  const driver = ready();
  const outcome = driver.enqueue({ dedup: "a" }, { dedup: "a" }, { dedup: "a", print: "x" });
  expect(statusesOf(outcome)).toEqual(["accepted", "duplicate", "dedup-conflict"]);
});

test("the window runs from the first acceptance, does not slide, and survives the ack", () => {
  const driver = ready({ dedupWindowMs: 60_000 });
  driver.enqueue({ dedup: "a" });
  driver.dequeue({ mode: "delete" });
  driver.serve(40_000);
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["duplicate"]);
  driver.serve(19_000);
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["duplicate"]);
  driver.serve(2_000);
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["accepted"]);
  expect(driver.machine.memory().dedupRecords).toBe(1);
});

test("the scope of a dedup id is its queue", () => {
  const driver = ready();
  driver.put({}, "r");
  driver.enqueue({ dedup: "a" });
  const outcome = driver.execute({ ...batchOf([{ dedup: "a" }]), queue: "r" });
  expect(statusesOf(outcome)).toEqual(["accepted"]);
});

test("under untilSettled an id is free when its message is done or dead, and not before", () => {
  const driver = ready({ dedupMode: "untilSettled", maxFailures: 1 });
  driver.enqueue({ dedup: "a" });
  driver.serve(700_000);
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["duplicate"]);
  driver.dequeue({ mode: "delete" });
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["accepted"]);
  driver.dequeue({ leaseMs: 1_000 });
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["duplicate"]);
  driver.serve(2_000);
  expect(driver.stats()).toMatchObject({ dead: 1 });
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["accepted"]);
});

test("maxMessages and maxBytes are exact, and a duplicate passes a full queue", () => {
  const driver = ready({ maxMessages: 2 });
  driver.enqueue({ dedup: "a" }, {});
  const full = { code: "queue-full", limit: "maxMessages", max: 2 };
  expect(refusalOf(enqueue(driver, "single", [{}]))).toEqual({ ...full, index: null });
  expect(statusesOf(driver.enqueue({ dedup: "a" }))).toEqual(["duplicate"]);
  driver.dequeue({ mode: "delete" });
  expect(statusesOf(enqueue(driver, "single", [{}]))).toEqual(["accepted"]);
  // "application/json" is 16 bytes: 16 + 4 + 1 (group) + 2 (header) and 16 + 1 make 40.
  const bytes = ready({ maxBytes: 40 });
  bytes.enqueue({ body: "1234", group: "g", headers: encodeHeaders([["a", "b"]]) });
  expect(bytes.stats().bytes).toBe(23);
  expect(refusalOf(enqueue(bytes, "single", [{ body: "12" }]))).toMatchObject({
    limit: "maxBytes",
    max: 40,
  });
  expect(statusesOf(enqueue(bytes, "single", [{ body: "1" }]))).toEqual(["accepted"]);
  expect(bytes.stats().bytes).toBe(40);
});

test("after the first entry refused as full every later new entry is refused too", () => {
  const driver = ready({ maxBytes: 60 });
  driver.enqueue({ dedup: "a" });
  const outcome = driver.enqueue({}, { body: "x".repeat(50) }, {}, { dedup: "a" });
  expect(statusesOf(outcome)).toEqual(["accepted", "queue-full", "queue-full", "duplicate"]);
});

test("an atomic batch is all or nothing, and names the first failing entry", () => {
  const driver = ready({ maxMessages: 3, bodyBytesMax: 10 });
  driver.enqueue({ dedup: "a" });
  const fails = (specs: readonly MessageSpec[]) => {
    const outcome = refusalOf(enqueue(driver, "atomic", specs));
    expect(driver.stats().ready).toBe(1);
    expect(driver.machine.memory()).toMatchObject({ messages: 1, dedupRecords: 1 });
    return outcome;
  };
  expect(fails([{}, { body: "x".repeat(11) }])).toMatchObject({
    code: "payload-too-large",
    index: 1,
  });
  expect(fails([{ dedup: "a" }, {}, {}, {}])).toMatchObject({ code: "queue-full", index: 3 });
  expect(fails([{ dedup: "b" }, { dedup: "b", print: "x" }])).toMatchObject({
    code: "dedup-conflict",
    index: 1,
  });
  const outcome = enqueue(driver, "atomic", [{ dedup: "a" }, { dedup: "b" }, { dedup: "b" }, {}]);
  expect(statusesOf(outcome)).toEqual(["duplicate", "accepted", "duplicate", "accepted"]);
});

test("an Idempotency-Key of a single enqueue makes its retry a duplicate for ten minutes", () => {
  const driver = ready();
  const first = enqueue(driver, "single", [{}], "k");
  driver.pass(5_000);
  const again = enqueue(driver, "single", [{}], "k");
  if (first.type !== "enqueued" || again.type !== "enqueued") throw new Error("not enqueued");
  expect(again.results).toEqual([{ ...first.results[0], status: "duplicate" }]);
  const other = enqueue(driver, "single", [{}], "k", "other");
  expect(refusalOf(other)).toMatchObject({ code: "idempotency-mismatch" });
  expect(driver.machine.memory()).toMatchObject({ idempotencyRecords: 1, dedupRecords: 0 });
  driver.serve(601_000);
  expect(statusesOf(enqueue(driver, "single", [{}], "k"))).toEqual(["accepted"]);
});

test("a refused single enqueue is not remembered under its key", () => {
  const driver = ready({ maxMessages: 1 });
  driver.enqueue({});
  expect(refusalOf(enqueue(driver, "single", [{}], "k"))).toMatchObject({ code: "queue-full" });
  driver.dequeue({ mode: "delete" });
  expect(statusesOf(enqueue(driver, "single", [{}], "k"))).toEqual(["accepted"]);
});

test("with a dedup id the Idempotency-Key of a single enqueue does not count", () => {
  const driver = ready();
  enqueue(driver, "single", [{ dedup: "a" }], "k");
  expect(statusesOf(enqueue(driver, "single", [{ dedup: "b" }], "k", "x"))).toEqual(["accepted"]);
  expect(driver.machine.memory().idempotencyRecords).toBe(0);
});

test("the key of a batch is one record: its results come again, refused entries included", () => {
  const driver = ready({ maxMessages: 2 });
  const specs = [{}, { dedup: "a" }, {}];
  const first = enqueue(driver, "batch", specs, "k");
  expect(statusesOf(first)).toEqual(["accepted", "accepted", "queue-full"]);
  driver.dequeue({ mode: "delete" });
  expect(enqueue(driver, "batch", specs, "k")).toEqual({ ...first, replayed: true });
  expect(refusalOf(enqueue(driver, "batch", specs, "k", "x"))).toMatchObject({
    code: "idempotency-mismatch",
  });
  expect(driver.machine.memory().idempotencyRecords).toBe(1);
  driver.serve(601_000);
  expect(statusesOf(enqueue(driver, "batch", [{}], "k"))).toEqual(["accepted"]);
});

test("a batch without a whole message uses up its key, which holds no slab", () => {
  const driver = new MachineDriver({ sha256: quickDigest, slabBytes: 70_000 });
  driver.put();
  driver.enqueue({ body: "b".repeat(60_000) });
  const first = enqueue(driver, "batch", [], "k");
  expect(first).toMatchObject({ replayed: false, results: [] });
  expect(enqueue(driver, "batch", [], "k")).toEqual({ ...first, replayed: true });
  expect(refusalOf(enqueue(driver, "batch", [{}], "k", "x"))).toMatchObject({
    code: "idempotency-mismatch",
  });
  // The slab that was filled when the key came is given back before the key is forgotten.
  driver.enqueue({ body: "b".repeat(60_000) });
  driver.dequeue({ mode: "delete", max: 2 });
  driver.serve(601_000);
  expect(driver.machine.memory()).toMatchObject({ idempotencyRecords: 0, slabBytes: 70_000 });
  expect(statusesOf(enqueue(driver, "batch", [{}], "k", "x"))).toEqual(["accepted"]);
});

test("a delayed message is scheduled until due; the past means now", () => {
  const driver = ready();
  driver.enqueue({ body: "later", delayMs: 5_000 }, { body: "past", notBeforeMs: 5 });
  driver.enqueue({ body: "then", notBeforeMs: driver.nowMs + 3_000 });
  expect(driver.stats()).toMatchObject({ ready: 1, scheduled: 2 });
  expect(bodiesOf(driver.dequeue({ max: 9 }))).toEqual(["past"]);
  driver.serve(3_100);
  expect(bodiesOf(driver.dequeue({ max: 9 }))).toEqual(["then"]);
  driver.serve(2_000);
  expect(bodiesOf(driver.dequeue({ max: 9 }))).toEqual(["later"]);
});

test("a delay must end before the retention, and a body must fit the queue's limit", () => {
  const driver = ready({ retentionMs: 60_000, bodyBytesMax: 2 });
  const outcome = driver.enqueue({ delayMs: 60_000 }, { delayMs: 59_999 }, { body: "123" });
  expect(outcome.results).toMatchObject([
    { refusal: { code: "limit-exceeded", limit: "retentionMs", max: 60_000 } },
    { status: "accepted" },
    { refusal: { code: "payload-too-large", limit: "bodyBytesMax", max: 2 } },
  ]);
});
