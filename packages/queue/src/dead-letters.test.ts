import { describe, expect, test } from "vitest";
import { bodiesOf, leaseOf, type MachineDriver } from "./testing/machine-driver.ts";
import { ready, settlement } from "./testing/settling.ts";

/** Rejects what is ready, `count` messages, one after the other. */
function kill(driver: MachineDriver, count: number): void {
  for (let killed = 0; killed < count; killed++) {
    driver.settle(settlement("reject", leaseOf(driver.dequeue().messages[0])));
  }
}

function deadOf(driver: MachineDriver) {
  const [view] = driver.list({ withContent: true }).entries;
  return { state: view?.state, dead: view?.dead, failures: view?.failures };
}

describe("a dequeue from the dead", () => {
  test("leases dead letters in the order of their deaths, and no others", () => {
    const driver = ready();
    driver.enqueue({ body: "1", priority: 0 }, { body: "2", priority: 9 }, { body: "3" });
    kill(driver, 2);
    driver.enqueue({ body: "4" });
    const taken = driver.dequeue({ from: "dead", max: 10 });
    expect(bodiesOf(taken)).toEqual(["2", "3"]);
    expect(driver.stats()).toMatchObject({ ready: 2, leased: 2, dead: 0 });
    expect(driver.dequeue({ from: "dead" }).messages).toEqual([]);
    const question = { type: "deliverable", queue: "q", mode: "lease", dequeueHash: null } as const;
    expect(driver.ask({ ...question, from: "dead" })).toMatchObject({ finds: "nothing" });
    expect(driver.ask({ ...question, from: "ready" })).toMatchObject({ finds: "messages" });
  });

  test("ends with an ack: the letter is gone", () => {
    const driver = ready();
    driver.enqueue({});
    kill(driver, 1);
    const lease = leaseOf(driver.dequeue({ from: "dead" }).messages[0]);
    expect(driver.settle(settlement("ack", lease)).results).toMatchObject([{ state: "done" }]);
    expect(driver.stats()).toMatchObject({ dead: 0, leased: 0, bytes: 0 });
  });

  test.each(["release", "nack", "reject"] as const)(
    "ends with %s: dead again, in its place, since and for what it died first",
    (action) => {
      const driver = ready();
      driver.enqueue({ body: "1" }, { body: "2" });
      kill(driver, 2);
      const before = deadOf(driver);
      driver.pass(5_000);
      const lease = leaseOf(driver.dequeue({ from: "dead" }).messages[0]);
      expect(driver.settle(settlement(action, lease)).results).toMatchObject([{ state: "dead" }]);
      const failures = action === "release" ? 1 : 2;
      expect(deadOf(driver)).toEqual({ ...before, failures });
      expect(bodiesOf(driver.dequeue({ from: "dead", max: 2 }))).toEqual(["1", "2"]);
    },
  );

  test("ends with its lease: dead again, and a late ack is refused", () => {
    const driver = ready();
    driver.enqueue({});
    kill(driver, 1);
    const lease = leaseOf(driver.dequeue({ from: "dead", leaseMs: 1_000 }).messages[0]);
    driver.serve(2_000);
    expect(driver.stats()).toMatchObject({ dead: 1, leased: 0 });
    expect(driver.settle(settlement("ack", lease)).results).toMatchObject([
      { refusal: { code: "lease-lost", reason: "dead" } },
    ]);
  });

  test("keeps a letter no longer than its queue does, but an ack still counts", () => {
    const driver = ready({ deadRetentionMs: 60_000 });
    driver.enqueue({}, {});
    kill(driver, 2);
    const [first, second] = driver.dequeue({ from: "dead", max: 2, leaseMs: 90_000 }).messages;
    driver.serve(70_000);
    expect(driver.stats()).toMatchObject({ leased: 2 });
    const done = driver.settle(
      settlement("ack", leaseOf(first)),
      settlement("release", leaseOf(second)),
    );
    expect(done.results).toMatchObject([{ state: "done" }, { state: "done" }]);
    expect(driver.stats()).toMatchObject({ leased: 0, dead: 0, bytes: 0 });
  });

  test("changes nothing about the lease that the letter died of, also when its page is gone", () => {
    const driver = ready({ maxFailures: 1 });
    driver.enqueue({});
    const lease = leaseOf(driver.dequeue({ leaseMs: 1_200_000 }).messages[0]);
    driver.serve(1_201_000);
    const reasonOf = () => driver.settle(settlement("ack", lease)).results[0];
    expect(reasonOf()).toMatchObject({ refusal: { reason: "dead" } });
    driver.dequeue({ from: "dead" });
    expect(reasonOf()).toMatchObject({ refusal: { reason: "dead" } });
    // Its settlement is forgotten after a while, the death is not.
    driver.serve(700_000);
    expect(driver.stats()).toMatchObject({ dead: 1 });
  });

  test("takes a letter out at once in the mode delete, and gives the same again for its id", () => {
    const driver = ready();
    driver.enqueue({ body: "1" });
    kill(driver, 1);
    const spec = { from: "dead", mode: "delete", id: "d" } as const;
    expect(bodiesOf(driver.dequeue(spec))).toEqual(["1"]);
    expect(driver.stats()).toMatchObject({ dead: 0 });
    expect(bodiesOf(driver.dequeue(spec))).toEqual(["1"]);
  });

  test("locks no group, and lets none go that its letter holds up", () => {
    for (const onDead of ["continue", "block"] as const) {
      const driver = ready({ onDead });
      driver.enqueue({ group: "g" }, { group: "g" });
      kill(driver, 1);
      const [letter] = driver.dequeue({ from: "dead" }).messages;
      const next = driver.dequeue().messages.map(({ seq }) => seq);
      expect(next).toEqual(onDead === "block" ? [] : [2]);
      driver.settle(settlement("ack", leaseOf(letter)));
      // The head is gone, so that what it held up is next.
      if (onDead === "block") expect(driver.dequeue().messages).toMatchObject([{ seq: 2 }]);
    }
  });

  test("respects maxPerGroup, maxInFlight and a pause", () => {
    const driver = ready({ maxInFlight: 3 });
    driver.enqueue({ group: "g" }, { group: "g" }, {}, {}, {});
    kill(driver, 5);
    const seqs = driver.dequeue({ from: "dead", max: 2, maxPerGroup: 1 }).messages;
    expect(seqs.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(driver.dequeue({ from: "dead", max: 5 }).messages).toHaveLength(1);
    expect(driver.dequeueAny({ from: "dead" })).toMatchObject({
      refusal: { code: "in-flight-limit" },
    });
    const pause = { by: "p", reason: null };
    driver.execute({ type: "pause-queue", queue: "q", what: "receive", pause });
    const paused = driver.dequeue({ from: "dead", mode: "delete" });
    expect([paused.messages, paused.paused]).toEqual([[], true]);
  });
});
