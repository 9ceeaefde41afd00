import { expect, test } from "vitest";
import { LeafStore } from "./testing/leaf-store.ts";
import { hashOf, leaseOf, MachineDriver, message } from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";

const slabBytes = 4_096;
const options = { sha256: quickDigest, slabBytes };
/** Messages that stay, each of sixty more that have gone: a slab or two. */
const staying = 100;

function bodyOf(number: number): string {
  return `${number}`.padEnd(60, ".");
}

/** Sixty messages come and go. */
function pass(driver: MachineDriver): void {
  driver.enqueue(...Array.from({ length: 60 }, () => ({ body: "p".repeat(60), priority: 9 })));
  driver.dequeue({ max: 60, mode: "delete" });
}

/** A machine from which most was popped; what stays is dead, with its error, or ready, or held. */
function emptied(): MachineDriver {
  const driver = new MachineDriver(options);
  driver.put();
  for (let number = 0; number < staying; number++) {
    driver.enqueue({ body: bodyOf(number), priority: 1 });
    pass(driver);
    if (number % 4 > 0) continue;
    const [first] = driver.dequeue({ worker: `worker ${number}` }).messages;
    const error = { type: "E", message: `why ${number}` };
    driver.settle({ action: "reject", lease: leaseOf(first), error });
  }
  return driver;
}

function heldBy(driver: MachineDriver): number {
  return driver.machine.memory().slabBytes / slabBytes;
}

test("what stays of much that has gone is moved together, and is what it was", () => {
  const driver = emptied();
  expect(heldBy(driver)).toBeGreaterThanOrEqual(staying);
  const before = [driver.list({ withContent: true }).entries, driver.stats()];
  driver.pulse();
  // What lives has less than five slabs; eight may be held for nothing.
  expect(heldBy(driver)).toBeLessThan(20);
  expect([driver.list({ withContent: true }).entries, driver.stats()]).toEqual(before);
  expect(driver.machine.isPulseDue(driver.now + 1_000_000)).toBe(false);
});

test("a pulse is due while slabs are held for nothing, though nothing else waits", () => {
  const driver = emptied();
  expect(driver.machine.isPulseDue(driver.now)).toBe(false);
  expect(driver.machine.isPulseDue(driver.now + 1_000_000)).toBe(true);
  driver.serve(2_000);
  expect(heldBy(driver)).toBeLessThan(20);
});

test("who holds leases and what keys were answered keep no slab alone either", () => {
  const driver = new MachineDriver(options);
  driver.put();
  const batchOf = (number: number) =>
    ({
      type: "enqueue",
      queue: "q",
      form: "batch",
      idempotency: { hash: hashOf(`${number}`), fingerprint: hashOf("print") },
      messages: [message({ body: bodyOf(number) })],
    }) as const;
  for (let number = 0; number < 60; number++) {
    driver.execute(batchOf(number));
    driver.dequeue({ worker: `worker ${number}`, leaseMs: 600_000 });
    pass(driver);
  }
  driver.pulse();
  expect(heldBy(driver)).toBeLessThan(20);
  expect(driver.list({ withContent: true }).entries.map(({ lease }) => lease?.worker)).toEqual(
    Array.from({ length: 60 }, (_, number) => `worker ${number}`),
  );
  const again = driver.execute(batchOf(7));
  expect(again).toMatchObject({ replayed: true, results: [{ seq: 7 * 61 + 1 }] });
});

test("a machine that was loaded in the midst of a round goes on with the same records", () => {
  const driver = emptied();
  driver.pulse();
  const store = new LeafStore();
  store.freeze(driver.machine);
  store.keep();
  const other = new MachineDriver(options);
  expect(store.loadInto(other.machine)).toBe(true);
  [other.op, other.now] = [driver.op, driver.now];
  for (const each of [driver, other]) {
    for (let number = 0; number < staying; number++) {
      each.enqueue({ body: bodyOf(number), priority: 1 });
      pass(each);
    }
    each.pulse();
  }
  expect(heldBy(other)).toBeLessThan(20);
  expect(other.digest()).toBe(driver.digest());
});
