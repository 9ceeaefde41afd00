import { describe, expect, test } from "vitest";
import type { MessageKey } from "./ids.ts";
import {
  bodiesOf,
  leaseOf,
  type MachineDriver,
  type MessageSpec,
} from "./testing/machine-driver.ts";
import { leased, ready, refusal, settleOne, slow } from "./testing/settling.ts";

const nothing = { ready: 0, blocked: 0, leased: 0, scheduled: 0, dead: 0, bytes: 0 };

function remove(driver: MachineDriver, force = false): unknown {
  return driver.execute({ type: "delete-queue", queue: "q", force });
}

function removeMessage(driver: MachineDriver, message: MessageKey, force = false): unknown {
  return driver.execute({ type: "delete-message", queue: "q", message, force });
}

function enqueueOne(driver: MachineDriver, spec: MessageSpec = {}): MessageKey {
  const [result] = driver.enqueue(spec).results;
  if (result?.status !== "accepted") throw new Error("not accepted");
  return result.message;
}

describe("deleting a message", () => {
  test.each([
    ["ready", {}],
    ["scheduled", { delayMs: 5_000 }],
  ])("takes one that is %s", (_state, spec) => {
    const driver = ready();
    const message = enqueueOne(driver, { group: "g", ...spec });
    driver.enqueue({ group: "g", body: "next" });
    expect(removeMessage(driver, message)).toEqual({ type: "message-deleted" });
    expect(driver.stats()).toMatchObject({ ready: 1, blocked: 0, scheduled: 0 });
    expect(removeMessage(driver, message)).toEqual(refusal("message-not-found"));
  });

  test("takes a leased one only by force, and its lease ends as purged", () => {
    const driver = ready();
    const message = enqueueOne(driver, { group: "g" });
    const lease = leaseOf(driver.dequeue().messages[0]);
    expect(removeMessage(driver, message)).toEqual(refusal("message-leased"));
    expect(removeMessage(driver, message, true)).toEqual({ type: "message-deleted" });
    expect(driver.stats()).toMatchObject(nothing);
    expect(settleOne(driver, "ack", lease)).toEqual({ code: "lease-lost", reason: "purged" });
  });

  test("takes a dead one and unlocks the group that it held up", () => {
    const driver = ready({ onDead: "block" });
    const message = enqueueOne(driver, { group: "g" });
    driver.enqueue({ group: "g" });
    settleOne(driver, "reject", leaseOf(driver.dequeue().messages[0]));
    expect(driver.stats()).toMatchObject({ ready: 0, blocked: 1, dead: 1 });
    removeMessage(driver, message);
    expect(driver.stats()).toMatchObject({ ready: 1, blocked: 0, dead: 0 });
  });

  test("finds no message of another queue or that never was", () => {
    const driver = ready();
    driver.put({}, "other");
    const message = enqueueOne(driver);
    const elsewhere = driver.execute({
      type: "delete-message",
      queue: "other",
      message,
      force: true,
    });
    expect(elsewhere).toEqual(refusal("message-not-found"));
    expect(removeMessage(driver, { op: 999, index: 0 })).toEqual(refusal("message-not-found"));
  });
});

describe("deleting a queue", () => {
  test("is refused while it holds any message, dead ones too, unless by force", () => {
    const driver = ready();
    settleOne(driver, "reject", leased(driver));
    expect(remove(driver)).toEqual(refusal("queue-not-empty"));
    expect(remove(driver, true)).toEqual({ type: "queue-deleted" });
    expect(remove(driver, true)).toEqual(refusal("queue-not-found"));
    expect(driver.ask({ type: "get-queue", queue: "q" })).toEqual({ type: "queue", view: null });
  });

  test("is refused where the queue denies it, by force too", () => {
    const driver = ready({ denyDelete: true });
    expect(remove(driver)).toEqual(refusal("delete-denied"));
    expect(remove(driver, true)).toEqual(refusal("delete-denied"));
  });

  test("gives whoever waits a hint", () => {
    const driver = ready();
    driver.machine.takeReadyHints(10);
    remove(driver);
    expect(driver.machine.takeReadyHints(10)).toEqual(["q"]);
  });
});

describe.each([
  ["at once", ready],
  ["in many steps", slow],
])("a queue that was deleted and made again, freed %s", (_name, make) => {
  test("begins with seq 1 and remembers no dedup, dequeue or idempotency id", () => {
    const driver = make();
    driver.enqueue({ dedup: "d" }, {}, {});
    driver.dequeue({ id: "call", max: 2 });
    remove(driver, true);
    driver.put();
    const [result] = driver.enqueue({ dedup: "d", print: "other", body: "new" }).results;
    expect(result).toMatchObject({ status: "accepted", seq: 1 });
    const again = driver.dequeue({ id: "call", max: 2 });
    expect(again.replayed).toBe(false);
    expect(bodiesOf(again)).toEqual(["new"]);
  });

  test("knows no lease of the one before, and its fences go on", () => {
    const driver = make();
    const lease = leased(driver);
    remove(driver, true);
    driver.put();
    expect(settleOne(driver, "ack", lease)).toEqual({ code: "lease-unknown" });
    expect(leased(driver).fence).toBeGreaterThan(lease.fence);
  });

  test("has another incarnation, and the same name in listings once", () => {
    const driver = make();
    remove(driver);
    expect(driver.put()).toMatchObject({ created: true, view: { incarnation: 2, version: 1 } });
    const answer = driver.ask({ type: "list-queues", prefix: "", after: "", limit: 10 });
    expect(answer).toMatchObject({ views: [{ name: "q", incarnation: 2 }] });
  });

  test("leaves no memory of the one before, its popped bodies included", () => {
    const driver = make();
    driver.enqueue({ dedup: "d" }, { group: "g", ttlMs: 1_000 }, {}, { delayMs: 9_000 });
    driver.dequeue({ id: "pop", mode: "delete" });
    driver.dequeue({ max: 1 });
    remove(driver, true);
    driver.serve(400_000);
    expect(driver.machine.memory()).toMatchObject({
      queues: 0,
      messages: 0,
      leases: 0,
      timers: 0,
      dedupRecords: 0,
      dequeueCalls: 0,
    });
    expect(driver.machine.isPulseDue(driver.now + 600_000_000)).toBe(true);
    driver.serve(700_000);
    expect(driver.machine.isPulseDue(driver.now + 3_600_000_000)).toBe(false);
  });
});
