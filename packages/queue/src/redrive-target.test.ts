import { describe, expect, test } from "vitest";
import { leaseOf } from "./testing/machine-driver.ts";
import { begin, everything, kill, taskOf } from "./testing/redriving.ts";
import { ready, refusal, settlement } from "./testing/settling.ts";

describe("a redrive into another queue", () => {
  test("takes messages along with their ids, and gives them seqs of that queue", () => {
    const driver = ready();
    driver.put({}, "other");
    const target = { queue: "other" };
    driver.execute({
      type: "enqueue",
      ...target,
      form: "single",
      idempotency: null,
      messages: [driver.message({ body: "there" })],
    });
    driver.enqueue({ body: "1", group: "g" }, { body: "2" });
    const [first, second] = driver.list().entries;
    kill(driver, 2);
    begin(driver, {}, { target: "other" });
    driver.serve(1_000);
    expect(driver.stats()).toMatchObject({ ready: 0, dead: 0, bytes: 0 });
    expect(driver.list(target).entries.map(({ message, seq }) => ({ message, seq }))).toMatchObject(
      [{ seq: 1 }, { message: first?.message, seq: 2 }, { message: second?.message, seq: 3 }],
    );
    for (const [at, entry] of [first, second].entries()) {
      if (entry === undefined) throw new Error("no message");
      expect(driver.find(entry.message)).toBe("message-not-found");
      expect(driver.find(entry.message, "other")).toMatchObject({ seq: at + 2, redrives: 1 });
    }
    const taken = driver.dequeue({ ...target, max: 3 });
    expect(taken.messages.map(({ message }) => message).slice(1)).toEqual([
      first?.message,
      second?.message,
    ]);
    driver.settleAny(
      taken.messages.map((each) => settlement("ack", leaseOf(each))),
      false,
      "other",
    );
    expect(driver.stats("other")).toMatchObject({ ready: 0, leased: 0, bytes: 0 });
    if (first !== undefined) expect(driver.find(first.message, "other")).toBe("message-not-found");
  });

  test("ends nothing there later that waited, leased, while the newcomers came", () => {
    const driver = ready();
    driver.put({ retentionMs: 60_000 }, "other");
    driver.enqueue({});
    kill(driver, 1);
    driver.pass(40_000);
    const there = { queue: "other" };
    driver.execute({
      type: "enqueue",
      ...there,
      form: "single",
      idempotency: null,
      messages: [driver.message({})],
    });
    const [held] = driver.dequeue({ ...there, leaseMs: 30_000 }).messages;
    begin(driver, {}, { target: "other" });
    driver.serve(25_000);
    driver.settleAny([settlement("release", leaseOf(held))], false, "other");
    driver.serve(36_000);
    expect(driver.stats("other")).toMatchObject({ dead: 2, ready: 0 });
  });

  test("takes the names of messages out of what their leases are told to have lost, for good", () => {
    const driver = ready();
    driver.put({}, "other");
    driver.enqueue({});
    const lease = leaseOf(driver.dequeue({ id: "d" }).messages[0]);
    driver.settle(settlement("reject", lease));
    const lostOf = () => driver.dequeue({ id: "d" }).lost;
    expect(lostOf()).toMatchObject([{ message: { index: 0 }, reason: "settled" }]);
    begin(driver, {}, { target: "other" });
    driver.serve(1_000);
    const [there] = driver.dequeue({ queue: "other" }).messages;
    driver.settleAny([settlement("reject", leaseOf(there))], false, "other");
    expect(lostOf()).toMatchObject([{ message: null }]);
    const back = { type: "redrive", queue: "other", filter: everything, rate: 1_000 } as const;
    driver.execute({ ...back, target: "q" });
    driver.serve(1_000);
    expect(driver.list().entries).toMatchObject([{ message: there?.message, seq: 2 }]);
    expect(lostOf()).toMatchObject([{ message: null, reason: "settled" }]);
  });

  test("waits as long as that queue is full, and goes on", () => {
    const driver = ready();
    driver.put({ maxMessages: 1 }, "other");
    driver.enqueue({}, {});
    kill(driver, 2);
    const task = begin(driver, {}, { target: "other" });
    driver.serve(3_000);
    expect(taskOf(driver, task.number)).toMatchObject({ state: "running", moved: 1 });
    // It does not ask all the time.
    const before = driver.op;
    driver.serve(10_000);
    expect(driver.op - before).toBeLessThan(20);
    driver.dequeue({ queue: "other", mode: "delete" });
    driver.serve(2_000);
    expect(taskOf(driver, task.number)).toMatchObject({ state: "done", moved: 2 });
  });

  test("leaves nothing to find or to delete of a message that is popped there", () => {
    const driver = ready();
    driver.put({}, "other");
    driver.enqueue({});
    kill(driver, 1);
    begin(driver, {}, { target: "other" });
    driver.serve(1_000);
    const pop = { queue: "other", mode: "delete", id: "d" } as const;
    const popped = driver.dequeue(pop).messages.map(({ message }) => message);
    for (const message of popped) {
      expect(driver.find(message, "other")).toBe("message-not-found");
      expect(
        driver.execute({ type: "delete-message", queue: "other", message, force: true }),
      ).toEqual(refusal("message-not-found"));
    }
    expect(driver.dequeue(pop).messages.map(({ message }) => message)).toEqual(popped);
    expect(popped).toHaveLength(1);
  });

  test("needs that queue to be there", () => {
    const driver = ready();
    const outcome = driver.execute({
      type: "redrive",
      queue: "q",
      filter: everything,
      rate: 1,
      target: "none",
    });
    expect(outcome).toMatchObject({ refusal: { code: "queue-not-found" } });
  });
});
