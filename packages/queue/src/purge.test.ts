import { sha256 } from "@quorate/prelude/testing";
import { describe, expect, test } from "vitest";
import type { LeaseKey } from "./ids.ts";
import type { PurgedState } from "./operation.ts";
import { bodiesOf, leaseOf, MachineDriver, type MessageSpec } from "./testing/machine-driver.ts";
import { leased, ready, refusal, settleOne, slow } from "./testing/settling.ts";

const nothing = { ready: 0, blocked: 0, leased: 0, scheduled: 0, dead: 0, bytes: 0 };

function purge(driver: MachineDriver, ...states: readonly PurgedState[]): unknown {
  return driver.execute({ type: "purge", queue: "q", states });
}

/** One message in each state: ready, scheduled, leased, dead. */
function oneOfEach(driver: MachineDriver): void {
  const dead = leased(driver);
  settleOne(driver, "reject", dead);
  leased(driver);
  driver.enqueue({ body: "ready" }, { body: "scheduled", delayMs: 60_000 });
}

describe.each([
  ["at once", ready],
  ["in many steps", slow],
])("a purge that is carried out %s", (_name, make) => {
  test.each(["ready", "scheduled", "leased", "dead"] as const)(
    "takes what is %s, and nothing else",
    (state) => {
      const driver = make();
      oneOfEach(driver);
      const { oldestReadyAtMs: _, ...before } = driver.stats();
      expect(purge(driver, state)).toEqual({ type: "purged", removed: 1 });
      const { oldestReadyAtMs: __, ...after } = driver.stats();
      expect({ ...after, bytes: 0 }).toEqual({ ...before, [state]: 0, bytes: 0 });
      expect(after.bytes).toBeLessThan(before.bytes);
      expect(purge(driver, state)).toEqual({ type: "purged", removed: 0 });
    },
  );

  test("leaves nothing behind, neither for reads nor, after pulses, in memory", () => {
    const driver = make({ dedupMode: "untilSettled" });
    for (let round = 0; round < 5; round++) oneOfEach(driver);
    driver.enqueue({ group: "g", dedup: "d", ttlMs: 5_000 }, { group: "g", priority: 9 });
    expect(purge(driver, "ready", "scheduled", "leased", "dead")).toMatchObject({ removed: 22 });
    const { oldestReadyAtMs, ...counts } = driver.stats();
    expect(counts).toEqual(nothing);
    expect(oldestReadyAtMs).toBeNull();
    expect(driver.dequeue({ max: 10 }).messages).toEqual([]);
    driver.serve(15_000);
    expect(driver.machine.memory()).toMatchObject({
      messages: 0,
      leases: 0,
      timers: 0,
      dedupRecords: 0,
    });
  });

  test("ends leases as purged, for settlements, replays and extensions", () => {
    const driver = make();
    driver.enqueue({}, {}, {});
    const { messages } = driver.dequeue({ max: 3, id: "d" });
    purge(driver, "leased");
    for (const message of messages) {
      expect(settleOne(driver, "ack", leaseOf(message))).toEqual({
        code: "lease-lost",
        reason: "purged",
      });
    }
    const lost = { message: null, reason: "purged" };
    expect(driver.dequeue({ max: 3, id: "d" })).toMatchObject({
      replayed: true,
      messages: [],
      lost: [lost, lost, lost],
    });
    driver.serve(5_000);
    expect(settleOne(driver, "ack", leaseOf(messages[2]))).toMatchObject({ reason: "purged" });
  });

  test("frees ids that messages hold, at once", () => {
    const driver = make({ dedupMode: "untilSettled" });
    driver.enqueue({ dedup: "a" }, { dedup: "b" }, { dedup: "c" });
    purge(driver, "ready");
    const { results } = driver.enqueue({ dedup: "c" }, { dedup: "b", print: "other" });
    expect(results).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    driver.serve(5_000);
    expect(driver.enqueue({ dedup: "c" }).results).toMatchObject([{ status: "duplicate" }]);
  });

  test("keeps the ids of a window", () => {
    const driver = make();
    driver.enqueue({ dedup: "a" });
    purge(driver, "ready");
    driver.serve(5_000);
    expect(driver.enqueue({ dedup: "a" }).results).toMatchObject([{ status: "duplicate" }]);
  });

  test("makes room at once in a full queue", () => {
    const driver = make({ maxMessages: 3 });
    driver.enqueue({}, {}, {});
    purge(driver, "ready");
    expect(driver.enqueue({}, {}, {}).results).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: "accepted" })),
    );
  });

  test("unlocks groups whose heads it took", () => {
    const driver = make({ onDead: "block" });
    driver.enqueue({ group: "a" }, { group: "b" }, { group: "c" });
    const [held, failed, rejected] = driver.dequeue({ max: 3 }).messages;
    driver.enqueue({ group: "a" }, { group: "b" }, { group: "c" });
    settleOne(driver, "nack", leaseOf(failed));
    settleOne(driver, "reject", leaseOf(rejected));
    expect(held?.lease).not.toBeNull();
    expect(driver.stats()).toMatchObject({ blocked: 3, leased: 1, scheduled: 1, dead: 1 });
    driver.machine.takeReadyHints(9);
    purge(driver, "leased", "scheduled", "dead");
    expect(driver.stats()).toMatchObject({ ready: 3, blocked: 0 });
    expect(driver.machine.takeReadyHints(9)).toEqual(["q"]);
    expect(driver.dequeue({ max: 9 }).messages).toHaveLength(3);
  });

  test("takes the ready ones of a group from between those that stay", () => {
    const driver = make();
    driver.enqueue({ group: "g", body: "leased" }, { group: "g", body: "ready" });
    const lease = leaseOf(driver.dequeue().messages[0]);
    purge(driver, "ready");
    driver.enqueue({ group: "g", body: "new" });
    expect(driver.stats()).toMatchObject({ blocked: 1, leased: 1 });
    settleOne(driver, "release", lease);
    expect(bodiesOf(driver.dequeue({ max: 5 }))).toEqual(["leased", "new"]);
  });

  test("leaves what its lease gives back at the head of a group that is full of ghosts", () => {
    const driver = make();
    driver.enqueue({ group: "g", body: "a" }, { group: "g", body: "b" });
    const [first] = driver.dequeue({ max: 2 }).messages;
    driver.enqueue(...Array.from({ length: 5 }, () => ({ group: "g" })));
    purge(driver, "ready");
    settleOne(driver, "release", leaseOf(first));
    expect(bodiesOf(driver.dequeue({ max: 5 }))).toEqual(["a", "b"]);
  });

  test("shows nothing of what it took, in no listing and by no id", () => {
    const driver = make();
    driver.enqueue({}, { group: "g" }, { delayMs: 9_000 });
    const [first] = driver.list().entries;
    if (first === undefined) throw new Error("no message");
    purge(driver, "ready", "scheduled");
    expect(driver.list().entries).toEqual([]);
    expect(driver.listGroups().entries).toEqual([]);
    expect(driver.find(first.message)).toBe("message-not-found");
  });

  test("lets the timers of what it took pass by", () => {
    const driver = make();
    const specs = [{ ttlMs: 1_000 }, { delayMs: 1_000 }, { ttlMs: 1_000, group: "g" }];
    driver.enqueue(...specs, ...specs, {});
    driver.dequeue({ max: 9, leaseMs: 1_000 });
    driver.enqueue(...specs);
    purge(driver, "ready", "scheduled", "leased");
    driver.pass(2_000);
    driver.pulse();
    expect(driver.stats()).toMatchObject(nothing);
    driver.serve(5_000);
    expect(driver.machine.memory()).toMatchObject({ messages: 0, timers: 0, leases: 0 });
  });

  test("takes what waits out of the count of its group", () => {
    const driver = make();
    const late = { delayMs: 9_000 };
    driver.enqueue(
      { group: "a" },
      { group: "a", ...late },
      { group: "b" },
      { group: "b", ...late },
    );
    const waiting = () => driver.listGroups().entries.map((group) => group.waiting);
    expect(waiting()).toEqual([2, 2]);
    purge(driver, "scheduled");
    expect(waiting()).toEqual([1, 1]);
    driver.serve(2_000);
    driver.enqueue({ group: "b", ...late });
    expect(waiting()).toEqual([1, 2]);
    purge(driver, "ready", "scheduled");
    driver.serve(2_000);
    expect(waiting()).toEqual([]);
  });

  test("is refused where the queue denies it, and of a queue that is not there", () => {
    const driver = make({ denyPurge: true });
    driver.enqueue({});
    expect(purge(driver, "ready")).toEqual(refusal("purge-denied"));
    expect(driver.stats().ready).toBe(1);
    const other = driver.execute({ type: "purge", queue: "other", states: ["ready"] });
    expect(other).toEqual(refusal("queue-not-found"));
  });
});

describe("a purge of more messages than one operation may touch", () => {
  test("is seen at once, and freed by pulses, 2,000 at a time", () => {
    const driver = ready();
    const specs = Array.from({ length: 1_000 }, () => ({ group: "g" }));
    for (let batch = 0; batch < 6; batch++) driver.enqueue(...specs);
    expect(purge(driver, "ready")).toEqual({ type: "purged", removed: 6_000 });
    expect(driver.stats()).toMatchObject(nothing);
    expect(driver.machine.memory().messages).toBe(4_000);
    expect(driver.machine.isPulseDue(driver.now + 1)).toBe(true);
    driver.pulse();
    expect(driver.machine.memory().messages).toBe(2_000);
    driver.pulse();
    expect(driver.machine.memory().messages).toBe(0);
    driver.enqueue({ group: "g", body: "new" });
    expect(bodiesOf(driver.dequeue())).toEqual(["new"]);
  });

  test("lets go at once of as many groups as it takes heads of, in the order of what is next", () => {
    const driver = ready({ onDead: "block" });
    const groups = Array.from({ length: 3_000 }, (_, number) => ({ group: `g${number}` }));
    enqueueAll(driver, groups);
    const heads = takeAll(driver, 3_000);
    heads.forEach((lease, number) => {
      if (number % 3 === 1) settleOne(driver, "nack", lease);
      if (number % 3 === 2) settleOne(driver, "reject", lease);
    });
    const waiting = groups.map(({ group }, number) => ({
      group,
      body: group,
      priority: number === 1_234 ? 9 : 4,
    }));
    enqueueAll(driver, waiting);
    expect(driver.stats()).toMatchObject({ ready: 0, blocked: 3_000 });
    expect(purge(driver, "scheduled", "dead")).toMatchObject({ removed: 2_000 });
    expect(driver.stats()).toMatchObject({ ready: 2_000, blocked: 1_000 });
    expect(bodiesOf(driver.dequeue({ max: 3 }))).toEqual(["g1234", "g1", "g2"]);
    expect(purge(driver, "leased")).toMatchObject({ removed: 1_003 });
    expect(driver.stats()).toMatchObject({ ready: 2_997, blocked: 0 });
    expect(driver.list({ state: "blocked" }).entries).toEqual([]);
    expect(driver.list({ state: "ready", limit: 2 }).entries).toMatchObject([
      { seq: 3_001 },
      { seq: 3_004 },
    ]);
    expect(bodiesOf(driver.dequeue({ max: 2 }))).toEqual(["g0", "g3"]);
  });

  test("leaves what stays of one long group as available as it is", () => {
    const driver = ready();
    driver.enqueue({ group: "g", body: "held" });
    const lease = leaseOf(driver.dequeue().messages[0]);
    enqueueAll(
      driver,
      Array.from({ length: 9_000 }, () => ({ group: "g", body: "purged" })),
    );
    purge(driver, "ready");
    driver.enqueue({ group: "g", body: "new" });
    expect(driver.stats()).toMatchObject({ ready: 0, blocked: 1, leased: 1 });
    settleOne(driver, "release", lease);
    expect(driver.listGroups().entries).toMatchObject([{ state: "ready", waiting: 2 }]);
    const taken = driver.dequeue({ max: 5 });
    expect(bodiesOf(taken)).toEqual(["held", "new"]);
    settleOne(driver, "ack", leaseOf(taken.messages[0]));
    settleOne(driver, "release", leaseOf(taken.messages[1]));
    expect(bodiesOf(driver.dequeue({ max: 5 }))).toEqual(["new"]);
  });
});

function enqueueAll(driver: MachineDriver, specs: readonly MessageSpec[]): void {
  for (let at = 0; at < specs.length; at += 1_000) driver.enqueue(...specs.slice(at, at + 1_000));
}

function takeAll(driver: MachineDriver, count: number): readonly LeaseKey[] {
  return Array.from({ length: count / 100 }, () => driver.dequeue({ max: 100 }))
    .flatMap(({ messages }) => messages)
    .map(leaseOf);
}

test("nothing is left of who held the leases that a purge has ended", () => {
  const slabBytes = 70_000;
  const driver = new MachineDriver({ sha256, slabBytes });
  driver.put();
  for (let round = 0; round < 300; round++) {
    driver.enqueue({});
    driver.dequeue({ worker: `${round}`.padEnd(500, "w") });
    purge(driver, "leased");
  }
  expect(driver.machine.memory().slabBytes).toBeLessThanOrEqual(2 * slabBytes);
});
