import { ByteReader, present } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { expect, test } from "vitest";
import { deadlinesPerPulseMax } from "./limits.ts";
import { encodeOperation } from "./operation-codec.ts";
import type { Operation, PurgedState } from "./operation.ts";
import { PageStore } from "./page-store.ts";
import type { Question } from "./question.ts";
import type { QueueConfigPatch } from "./queue-config.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { LeafStore } from "./testing/leaf-store.ts";
import {
  hashOf,
  leaseOf,
  MachineDriver,
  type MessageSpec,
  startMicros,
} from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";
import { begin, redriveOf } from "./testing/redriving.ts";

/** Twelve times as many as one operation may touch. */
const messages = 24_000;
/**
 * Looks into pages, and writes to them, that one call may need which frees or ends nothing. To walk
 * over all messages, however little is looked at, takes more than that on any machine.
 */
const accessesMax = 36_000;
/** The same of a pulse: so many for each message that it ends or frees, about 5 µs. */
const accessesOfPulseMax = 600 * deadlinesPerPulseMax;

/** The same of a message that is rewound, most of them beyond what is taken out of a heap at once. */
const accessesOfRewindMax = 90;

let accesses = 0;
for (const name of ["readable", "writable"] as const) {
  const method = present(Reflect.getOwnPropertyDescriptor(PageStore.prototype, name)?.value);
  PageStore.prototype[name] = function count(page) {
    accesses += 1;
    return method.call(this, page);
  };
}

let looks = 0;
const from = present(Reflect.getOwnPropertyDescriptor(SeqBitset.prototype, "from")?.value);
SeqBitset.prototype.from = function count(least) {
  looks += 1;
  return from.call(this, least);
};

let texts = 0;
const readText = present(Reflect.getOwnPropertyDescriptor(ByteReader.prototype, "string")?.value);
ByteReader.prototype.string = function count(lengthMax) {
  texts += 1;
  return readText.call(this, lengthMax);
};

function fill(driver: MachineDriver, count: number, specOf: (index: number) => MessageSpec): void {
  for (let first = 0; first < count; first += 1_000) {
    driver.enqueue(...Array.from({ length: 1_000 }, (_, at) => specOf(first + at)));
  }
}

function lease(driver: MachineDriver, count: number, leaseMs = 3_000_000): void {
  for (let taken = 0; taken < count; taken += 100) driver.dequeue({ max: 100, leaseMs });
}

function configure(driver: MachineDriver, config: QueueConfigPatch): void {
  driver.execute({ type: "put-queue", queue: "q", config, precondition: { kind: "match-any" } });
}

function purge(...states: readonly PurgedState[]): Operation {
  return { type: "purge", queue: "q", states };
}

/** None of these calls needs too much. */
function expectBounded(calls: Readonly<Record<string, () => void>>): void {
  const needed = Object.entries(calls).map(([name, call]) => {
    accesses = 0;
    call();
    return { name, accesses };
  });
  expect(needed.filter((each) => each.accesses > accessesMax)).toEqual([]);
}

/** Pulses until none is due, and none of them needs too much. */
function expectBoundedPulses(driver: MachineDriver): void {
  while (driver.machine.isPulseDue(driver.now)) {
    accesses = 0;
    driver.pulse();
    expect(accesses).toBeLessThan(accessesOfPulseMax);
  }
}

const list = { queue: "q", groupHash: null, dedupHash: null, after: null, limit: 100 } as const;

function listing(state: "ready" | "blocked" | null, group?: string): Question {
  const groupHash = group === undefined ? null : hashOf(group);
  return { type: "list-messages", ...list, groupHash, state, withContent: true };
}

function groupListing(state: "ready" | "waiting" | null): Question {
  return { type: "list-groups", queue: "q", state, after: null, limit: 100 };
}

// They free one purged message an operation, so that nothing else hides what a call needs.
const options = { sha256, ghostsMax: 1 };

test("no call walks over the messages of groups that are all locked, nor over what a purge leaves of them", () => {
  const driver = new MachineDriver(options);
  driver.put();
  fill(driver, messages, (index) => ({ group: `g${index % (messages / 2)}` }));
  lease(driver, messages / 2);
  expectBounded({
    dequeue: () => driver.dequeue({ max: 100 }),
    "list of ready messages": () => driver.ask(listing("ready")),
    "list of blocked messages": () => driver.ask(listing("blocked")),
    "list of ready groups": () => driver.ask(groupListing("ready")),
    stats: () => driver.stats(),
    "purge of the leased": () => driver.execute(purge("leased")),
    "list of groups without their heads": () => driver.ask(groupListing("waiting")),
    "stats behind the purge": () => driver.stats(),
    "dequeue behind the purge": () => driver.dequeue({ max: 100 }),
    "enqueue into a hundred groups": () =>
      driver.enqueue(...Array.from({ length: 100 }, (_, at) => ({ group: `g${at + 500}` }))),
    "purge of the rest": () => driver.execute(purge("ready", "leased")),
    "list of messages that are gone": () => driver.ask(listing(null)),
    "list of groups that are gone": () => driver.ask(groupListing(null)),
    "deletion of the queue": () =>
      driver.execute({ type: "delete-queue", queue: "q", force: true }),
  });
});

test("no call walks over one long group that dead letters hold up, nor over what a purge leaves of it", () => {
  const driver = new MachineDriver(options);
  driver.put({ onDead: "block", onExpire: "dead" });
  driver.enqueue({ group: "g" });
  fill(driver, messages, () => ({ group: "g", ttlMs: 1_000 }));
  driver.enqueue({ group: "g" });
  driver.dequeue({ leaseMs: 3_000_000 });
  driver.pass(2_000);
  expectBoundedPulses(driver);
  const [held] = driver.list().entries;
  if (held === undefined) throw new Error("no message");
  expectBounded({
    "list of the group": () => driver.ask(listing(null, "g")),
    "list of what is blocked in it": () => driver.ask(listing("blocked", "g")),
    "list of groups": () => driver.ask(groupListing(null)),
    "deletion of its head": () =>
      driver.execute({ type: "delete-message", queue: "q", message: held.message, force: true }),
    "purge of the dead": () => driver.execute(purge("dead")),
    "list of the group behind it": () => driver.ask(listing(null, "g")),
    "list of groups behind it": () => driver.ask(groupListing(null)),
    "dequeue behind it": () => expect(driver.dequeue().messages).toHaveLength(1),
  });
});

test("no call walks over all dead letters", () => {
  const driver = new MachineDriver(options);
  driver.put({ onDead: "block" });
  fill(driver, messages, (index) => ({ ttlMs: 1_000, group: `g${index}` }));
  driver.pass(2_000);
  expectBoundedPulses(driver);
  expectBounded({
    "redrive by reason": () => begin(driver, { reason: "rejected" }),
    "redrive by a type of error": () => begin(driver, { errorType: "E" }),
    "a pulse that counts": () => driver.pulse(),
    "letting go of all groups": () => configure(driver, { onDead: "continue" }),
    "dequeue of dead letters, one of a group": () =>
      driver.dequeue({ from: "dead", max: 100, maxPerGroup: 1 }),
    "redrive of all": () => begin(driver, {}),
    purge: () => driver.execute(purge("dead")),
  });
});

test("no call walks over what a shorter retention ends, nor over what is far apart", () => {
  const driver = new MachineDriver(options);
  driver.put({ onExpire: "drop" });
  fill(driver, messages, (index) => (index % 1_000 === 0 ? {} : { ttlMs: 1_000 }));
  driver.pass(2_000);
  expectBoundedPulses(driver);
  driver.pass(60_000);
  expectBounded({
    "lower retention": () => configure(driver, { onExpire: "drop", retentionMs: 60_000 }),
    list: () => driver.ask(listing(null)),
    dequeue: () => driver.dequeue({ max: 100 }),
  });
});

test("no pulse ends more leases because they are in runs, redrives or frees more than it may", () => {
  const driver = new MachineDriver();
  driver.put({ onDead: "block", maxFailures: 1 });
  fill(driver, messages, (index) => ({ group: `g${Math.floor(index / 100)}` }));
  lease(driver, messages, 1_000);
  driver.pass(2_000);
  expectBoundedPulses(driver);
  expect(driver.stats()).toMatchObject({ dead: messages / 100, leased: 0 });
  begin(driver, {}, { rate: 10_000 });
  driver.pass(1_000);
  expectBoundedPulses(driver);
  driver.execute(purge("ready", "dead"));
  expectBoundedPulses(driver);
  expect(driver.machine.memory().messages).toBe(0);
});

test("a pulse looks at no queue that has nothing to do, however many there are, but once when it was loaded", () => {
  const driver = new MachineDriver({ sha256: quickDigest });
  for (let number = 0; number < 2_000; number++) {
    driver.put({ dedupWindowMs: 120_000, retentionMs: 180_000 }, `q${number}`);
    const queue = `q${number}`;
    const only = driver.message({ dedup: "d", ttlMs: number === 7 ? 1_000 : 600_000 });
    const enqueue = { type: "enqueue", queue, form: "batch", idempotency: null } as const;
    driver.execute({ ...enqueue, messages: [only] });
  }
  const store = new LeafStore();
  store.freeze(driver.machine);
  store.keep();
  const looksOf = (ms: number): number => {
    driver.pass(ms);
    looks = 0;
    driver.machine.isPulseDue(driver.now);
    driver.pulse();
    return looks;
  };
  expect(looksOf(2_000)).toBeLessThan(20);
  expect(driver.stats("q7").dead).toBe(1);
  expect(looksOf(1_000)).toBeLessThan(20);
  // Each has an id to forget now, and then a message that ends.
  expect(driver.machine.memory().dedupRecords).toBe(2_000);
  looksOf(120_000);
  expect(driver.machine.memory().dedupRecords).toBe(0);
  looksOf(60_000);
  expect(driver.stats("q1999").dead).toBe(1);
  expect(looksOf(1_000)).toBeLessThan(20);
  expect(store.loadInto(driver.machine)).toBe(true);
  driver.now = startMicros + 10_000_000;
  expect(looksOf(1_000)).toBeGreaterThan(2_000);
  expect(looksOf(1_000)).toBeLessThan(20);
});

test("a settle that rewinds many runs looks at each of their messages a few times only", () => {
  const driver = new MachineDriver();
  driver.put();
  fill(driver, messages, (index) => ({ group: `g${Math.floor(index / 100)}` }));
  const settlements = Array.from({ length: messages / 100 }, () => {
    const [head] = driver.dequeue({ max: 100, leaseMs: 600_000 }).messages;
    return { action: "release", lease: leaseOf(head), delayMs: null } as const;
  });
  accesses = 0;
  driver.settle(...settlements);
  expect(driver.stats()).toMatchObject({ ready: messages, leased: 0 });
  expect(accesses).toBeLessThan(accessesOfRewindMax * messages);
});

test("no call reads the errors of messages but those that it adds or asks for", () => {
  const driver = new MachineDriver({ sha256 });
  driver.put({ maxFailures: 12, backoff: { baseMs: 0 } });
  driver.enqueue(...Array.from({ length: 100 }, () => ({})));
  const error = { type: "E", message: "why" };
  const nackAll = (): Operation => {
    const leases = driver.dequeue({ max: 100, worker: "w" }).messages.map(leaseOf);
    const settlements = leases.map((each) => ({
      action: "nack" as const,
      lease: each,
      delayMs: null,
      error,
    }));
    return { type: "settle", queue: "q", atomic: false, settlements };
  };
  const textsOf = (operation: Operation): number => {
    const bytes = encodeOperation(operation);
    texts = 0;
    driver.executeBytes(bytes);
    return texts;
  };
  for (let failures = 0; failures < 11; failures++) driver.execute(nackAll());
  // The queue's name, and of each entry the type and the text of its error.
  expect(textsOf(nackAll())).toBe(1 + 200);
  expect(driver.stats().dead).toBe(100);
  // Two names, and of each dead letter the type of its newest error.
  expect(textsOf(redriveOf({ errorType: "other" }))).toBe(2 + 100);
});
