import { expect, test } from "vitest";
import type { Outcome } from "./outcome.ts";
import type { ConfigTag, PutPrecondition } from "./operation.ts";
import {
  queueConfigDefault,
  queueConfigOf,
  type QueueConfigPatch,
  queueConfigRanges,
} from "./queue-config.ts";
import { queueConfigFault } from "./queue-config-fields.ts";
import { MachineDriver } from "./testing/machine-driver.ts";

function put(driver: MachineDriver, config: QueueConfigPatch, precondition: PutPrecondition) {
  return driver.execute({ type: "put-queue", queue: "q", config, precondition });
}

const matching = (...tags: readonly ConfigTag[]): PutPrecondition => ({ kind: "match", tags });

function codeOf(outcome: Outcome): string {
  return outcome.type === "refused" ? outcome.refusal.code : outcome.type;
}

test("a new queue has the fields given and the contract's defaults for the rest", () => {
  const driver = new MachineDriver();
  const outcome = driver.put({ maxFailures: 3, backoff: { jitter: 0.5 } });
  expect(outcome).toMatchObject({ type: "queue-put", created: true });
  const answer = driver.ask({ type: "get-queue", queue: "q" });
  expect(answer).toMatchObject({
    view: {
      name: "q",
      incarnation: 1,
      version: 1,
      config: {
        ...queueConfigDefault,
        maxFailures: 3,
        backoff: { baseMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0.5 },
      },
    },
  });
  expect(driver.ask({ type: "get-queue", queue: "other" })).toEqual({ type: "queue", view: null });
});

test("the defaults are those of the contract", () => {
  expect(queueConfigDefault).toEqual({
    maxFailures: 5,
    maxDeliveries: 50,
    backoff: { baseMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0.2 },
    leaseMsDefault: 30_000,
    dedupWindowMs: 600_000,
    dedupMode: "window",
    retentionMs: 14 * 86_400_000,
    deadRetentionMs: 30 * 86_400_000,
    maxMessages: 10_000_000,
    maxBytes: 8 * 2 ** 30,
    maxInFlight: 100_000,
    bodyBytesMax: 262_144,
    onExpire: "dead",
    onDead: "continue",
    denyPurge: false,
    denyDelete: false,
  });
  expect(queueConfigFault(queueConfigDefault)).toBeNull();
});

test("without If-Match a queue that has every field given is found unchanged, else 428", () => {
  const driver = new MachineDriver();
  driver.put({ maxFailures: 3, backoff: { jitter: 0.5 } });
  const same: readonly QueueConfigPatch[] = [
    {},
    { maxFailures: 3 },
    { backoff: { jitter: 0.5 } },
    { onDead: "continue", denyPurge: false },
  ];
  for (const config of same) expect(driver.put(config)).toMatchObject({ created: false });
  const other: readonly QueueConfigPatch[] = [
    { maxFailures: 4 },
    { backoff: { jitter: 0.2 } },
    { denyPurge: true },
  ];
  for (const config of other) expect(codeOf(driver.put(config))).toBe("precondition-required");
});

test("If-Match replaces the whole configuration and makes a new version; a stale one is 412", () => {
  const driver = new MachineDriver();
  driver.put({ maxFailures: 3 });
  const etag = matching({ incarnation: 1, version: 1 });
  expect(put(driver, { maxDeliveries: 9 }, etag)).toMatchObject({
    created: false,
    view: { version: 2, config: { maxFailures: 5, maxDeliveries: 9 } },
  });
  expect(codeOf(put(driver, {}, etag))).toBe("etag-mismatch");
  expect(codeOf(put(driver, {}, matching({ incarnation: 2, version: 2 })))).toBe("etag-mismatch");
  expect(put(driver, {}, { kind: "match-any" })).toMatchObject({ view: { version: 3 } });
  expect(put(driver, {}, { kind: "match-any" })).toMatchObject({ view: { version: 3 } });
  const absent = new MachineDriver();
  expect(codeOf(put(absent, {}, { kind: "match-any" }))).toBe("etag-mismatch");
  expect(codeOf(put(absent, {}, etag))).toBe("etag-mismatch");
});

test("of several ETags any one that is the queue's lets it be replaced", () => {
  const driver = new MachineDriver();
  driver.put();
  const others = [
    { incarnation: 2, version: 1 },
    { incarnation: 1, version: 2 },
  ];
  expect(codeOf(put(driver, { maxFailures: 9 }, matching(...others)))).toBe("etag-mismatch");
  const withIts = matching(...others, { incarnation: 1, version: 1 });
  expect(put(driver, { maxFailures: 9 }, withIts)).toMatchObject({ view: { version: 2 } });
});

test("If-None-Match creates, and on an existing queue is 412 queue-exists", () => {
  const driver = new MachineDriver();
  expect(put(driver, {}, { kind: "absent" })).toMatchObject({ created: true });
  expect(codeOf(put(driver, {}, { kind: "absent" }))).toBe("queue-exists");
});

test("numbers out of range make no queue, and the fault names field and range", () => {
  for (const [pointer, { min, max, integer }] of Object.entries(queueConfigRanges)) {
    const name = pointer.slice(1).replace("backoff/", "");
    const patch = (value: number): QueueConfigPatch =>
      pointer.startsWith("/backoff") ? { backoff: { [name]: value } } : { [name]: value };
    const faults = [min - 1, max + 1, Number.NaN, ...(integer ? [min + 0.5] : [])];
    for (const value of faults) {
      expect(queueConfigFault(queueConfigOf(patch(value))), pointer).toMatchObject({
        pointer,
        min,
      });
    }
  }
  const driver = new MachineDriver();
  expect(driver.put({ maxFailures: 0 })).toEqual({ type: "invalid" });
  expect(driver.put({ backoff: { maxMs: 500 } })).toEqual({ type: "invalid" });
  expect(queueConfigFault(queueConfigOf({ backoff: { maxMs: 500 } }))).toEqual({
    pointer: "/backoff/baseMs",
    min: 0,
    max: 500,
  });
});

test("queues are listed by name, by prefix, page after page", () => {
  const driver = new MachineDriver();
  for (const name of ["b", "a.2", "a.1", "a.3", "c"]) driver.put({}, name);
  const list = (prefix: string, after: string, limit: number) => {
    const answer = driver.ask({ type: "list-queues", prefix, after, limit });
    if (answer.type !== "queues") throw new Error(answer.type);
    return [answer.views.map(({ name }) => name), answer.more];
  };
  expect(list("", "", 10)).toEqual([["a.1", "a.2", "a.3", "b", "c"], false]);
  expect(list("a.", "", 2)).toEqual([["a.1", "a.2"], true]);
  expect(list("a.", "a.2", 2)).toEqual([["a.3"], false]);
  expect(list("x", "", 2)).toEqual([[], false]);
});

test("`deliverable` says what a dequeue would find, and asks for no log entry", () => {
  const driver = new MachineDriver();
  const find = (queue = "q", mode: "lease" | "delete" = "lease") =>
    driver.ask({ type: "deliverable", queue, from: "ready", mode, dequeueHash: null });
  expect(find()).toMatchObject({ finds: "queue-not-found" });
  driver.put({ maxInFlight: 1 });
  expect(find()).toMatchObject({ finds: "nothing" });
  driver.enqueue({}, {});
  expect(find()).toMatchObject({ finds: "messages" });
  driver.dequeue();
  expect(find()).toMatchObject({ finds: "in-flight-limit" });
  expect(find("q", "delete")).toMatchObject({ finds: "messages" });
});

test("a name is hinted once when its queue turns from nothing deliverable to something", () => {
  const driver = new MachineDriver();
  driver.put();
  driver.put({}, "r");
  expect(driver.machine.takeReadyHints(9)).toEqual([]);
  driver.enqueue({});
  driver.enqueue({});
  expect(driver.machine.takeReadyHints(9)).toEqual(["q"]);
  driver.enqueue({});
  expect(driver.machine.takeReadyHints(9)).toEqual([]);
  driver.dequeue({ max: 10, leaseMs: 1_000 });
  driver.serve(1_500);
  expect(driver.machine.takeReadyHints(0)).toEqual([]);
  expect(driver.machine.takeReadyHints(9)).toEqual(["q"]);
});

test("a dequeue of part of a group hints nothing: the rest of the group is locked", () => {
  const driver = new MachineDriver();
  driver.put();
  driver.enqueue({ group: "g" }, { group: "g" });
  driver.machine.takeReadyHints(9);
  driver.dequeue();
  expect(driver.machine.takeReadyHints(9)).toEqual([]);
});
