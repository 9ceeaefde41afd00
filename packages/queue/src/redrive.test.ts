import { describe, expect, test } from "vitest";
import { tasksMax, tasksRunningMax } from "./limits.ts";
import type { RedriveFilter } from "./redrive-filter.ts";
import { bodiesOf, hashOf, leaseOf, type MachineDriver } from "./testing/machine-driver.ts";
import { begin, everything, kill, redriveOf, taskOf } from "./testing/redriving.ts";
import { ready, settlement } from "./testing/settling.ts";

describe("a redrive", () => {
  test("brings dead letters back as if they had never failed, and keeps what they are", () => {
    const driver = ready({ maxFailures: 1 });
    driver.enqueue({ body: "1" });
    const lease = leaseOf(driver.dequeue().messages[0]);
    const error = { type: "E", message: "why" };
    driver.settle({ action: "nack", lease, delayMs: null, error });
    const [dead] = driver.list({ withContent: true }).entries;
    const startedAtMs = driver.nowMs;
    const task = begin(driver);
    expect(task).toMatchObject({ queue: "q", state: "running", matched: 1, moved: 0 });
    driver.serve(1_000);
    expect(taskOf(driver, task.number)).toMatchObject({ state: "done", matched: 1, moved: 1 });
    const [alive] = driver.list({ withContent: true }).entries;
    expect(alive).toMatchObject({
      message: dead?.message,
      seq: 1,
      state: "ready",
      deliveries: 0,
      failures: 0,
      redrives: 1,
      dead: null,
      content: { errors: [{ type: "E", message: "why" }] },
    });
    // It is kept anew.
    expect(alive?.expiresAtMs).toBeGreaterThanOrEqual(startedAtMs + 14 * 86_400_000);
    driver.settle(settlement("reject", leaseOf(driver.dequeue().messages[0])));
    begin(driver);
    driver.serve(1_000);
    expect(driver.list().entries[0]).toMatchObject({ redrives: 2, state: "ready" });
  });

  test("goes in the order of death, at its rate, whatever is paused", () => {
    const driver = ready();
    driver.enqueue({ body: "1", priority: 0 }, { body: "2", priority: 9 }, { body: "3" });
    kill(driver, 3);
    for (const what of ["send", "receive"] as const) {
      const pause = { by: "p", reason: null };
      driver.execute({ type: "pause-queue", queue: "q", what, pause });
    }
    const task = begin(driver, {}, { rate: 2 });
    driver.serve(600);
    expect(driver.list({ state: "ready" }).entries.map(({ seq }) => seq)).toEqual([2]);
    driver.serve(500);
    expect(driver.list({ state: "ready" }).entries.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(taskOf(driver, task.number)).toMatchObject({ state: "running", moved: 2 });
    driver.serve(1_000);
    expect(taskOf(driver, task.number)).toMatchObject({ state: "done", moved: 3 });
    expect(driver.stats()).toMatchObject({ ready: 3, dead: 0 });
  });

  test("keeps its rate when pulses come more often than its messages", () => {
    const driver = ready();
    driver.enqueue({}, {}, {}, {});
    kill(driver, 4);
    const task = begin(driver, {}, { rate: 1 });
    for (let step = 0; step < 35; step++) {
      driver.pass(100);
      driver.pulse();
    }
    expect(taskOf(driver, task.number)).toMatchObject({ moved: 3 });
  });

  test("of an outage makes up for one second", () => {
    const driver = ready();
    driver.enqueue(...Array.from({ length: 40 }, () => ({})));
    kill(driver, 40);
    const task = begin(driver, {}, { rate: 10 });
    driver.pass(60_000);
    driver.pulse();
    expect(taskOf(driver, task.number)).toMatchObject({ moved: 10 });
  });

  test("takes only what all fields of its filter hold of", () => {
    const driver = ready({ maxFailures: 1 });
    driver.enqueue({ group: "g" }, { group: "g" }, { group: "h" }, {});
    kill(driver, 1, "E");
    const betweenMs = driver.nowMs + 1;
    driver.pass(10);
    kill(driver, 1, "F");
    kill(driver, 1, "E");
    const lease = leaseOf(driver.dequeue().messages[0]);
    driver.settle({ action: "nack", lease, delayMs: null, error: null });
    const keyOf = (seq: number) => {
      const entry = driver.list().entries.find((each) => each.seq === seq);
      if (entry === undefined) throw new Error("no such message");
      return entry.message;
    };
    const countOf = (filter: Partial<RedriveFilter>): number => {
      const whole = { ...everything, ...filter };
      const answer = driver.ask({ type: "count-dead", queue: "q", filter: whole, from: 0 });
      return answer.type === "dead-count" ? (answer.count?.matched ?? -1) : -1;
    };
    expect(countOf({})).toBe(4);
    expect(countOf({ reason: "rejected" })).toBe(3);
    expect(countOf({ reason: "max-failures" })).toBe(1);
    expect(countOf({ groupHash: hashOf("g") })).toBe(2);
    expect(countOf({ groupHash: hashOf("none") })).toBe(0);
    expect(countOf({ errorType: "E" })).toBe(2);
    expect(countOf({ errorType: "E", groupHash: hashOf("g") })).toBe(1);
    expect(countOf({ fromMs: betweenMs })).toBe(3);
    expect(countOf({ toMs: betweenMs })).toBe(1);
    expect(countOf({ fromMs: betweenMs, toMs: betweenMs })).toBe(0);
    expect(countOf({ ids: [keyOf(4), keyOf(1), { op: 1, index: 9 }] })).toBe(2);
    expect(countOf({ ids: [keyOf(4), keyOf(1)], errorType: "E" })).toBe(1);
    const task = begin(driver, { ids: [keyOf(3), keyOf(2)], errorType: "F" });
    expect(task.matched).toBe(1);
    driver.serve(1_000);
    expect(driver.list({ state: "ready" }).entries.map(({ seq }) => seq)).toEqual([2]);
    expect(begin(driver, { errorType: "none" })).toMatchObject({ state: "done", matched: 0 });
  });

  test("leaves alone what dies after it began", () => {
    const driver = ready();
    driver.enqueue({ body: "1" }, { body: "2" });
    kill(driver, 1);
    begin(driver);
    kill(driver, 1);
    driver.serve(1_000);
    expect(driver.list({ state: "dead" }).entries.map(({ seq }) => seq)).toEqual([2]);
  });

  test("puts a message at the tail of its group, but one that holds it up back at its head", () => {
    for (const onDead of ["continue", "block"] as const) {
      const driver = ready({ onDead });
      driver.enqueue({ body: "1", group: "g" }, { body: "2", group: "g" });
      kill(driver, 1);
      begin(driver);
      driver.serve(1_000);
      const bodies = bodiesOf(driver.dequeue({ max: 2 }));
      expect(bodies).toEqual(onDead === "block" ? ["1", "2"] : ["2", "1"]);
    }
  });

  test("neither checks nor takes dedup ids", () => {
    const driver = ready({ dedupMode: "untilSettled" });
    driver.enqueue({ body: "1", dedup: "d" });
    kill(driver, 1);
    driver.enqueue({ body: "2", dedup: "d" });
    begin(driver);
    driver.serve(1_000);
    expect(bodiesOf(driver.dequeue({ max: 5 }))).toEqual(["1", "2"]);
  });

  test("beyond those that may run is refused until one has ended", () => {
    const driver = ready();
    driver.enqueue({});
    kill(driver, 1);
    const first = begin(driver, {}, { rate: 1 });
    for (let count = 1; count < tasksRunningMax; count++) begin(driver, {}, { rate: 1 });
    const limit = { limit: "tasksRunningMax", max: tasksRunningMax };
    expect(driver.execute(redriveOf())).toMatchObject({
      refusal: { code: "rate-limited", ...limit },
    });
    driver.execute({ type: "cancel-task", number: first.number });
    expect(driver.execute(redriveOf())).toMatchObject({ type: "task" });
  });

  test("beyond those that are remembered is refused until one is forgotten", () => {
    const driver = ready();
    for (let count = 0; count < tasksMax; count++) begin(driver);
    const refusal = { code: "rate-limited", limit: "tasksMax", max: tasksMax };
    expect(driver.execute(redriveOf())).toMatchObject({ refusal });
    driver.serve(86_402_000);
    expect(driver.execute(redriveOf())).toMatchObject({ type: "task" });
  });

  test("is cancelled: what is moved stays, the rest stays dead; done it stays done", () => {
    const driver = ready();
    driver.enqueue({}, {});
    kill(driver, 2);
    const task = begin(driver, {}, { rate: 1 });
    driver.serve(1_000);
    const cancel = { type: "cancel-task", number: task.number } as const;
    expect(driver.execute(cancel)).toMatchObject({ task: { state: "cancelled", moved: 1 } });
    driver.serve(5_000);
    expect(driver.stats()).toMatchObject({ ready: 1, dead: 1 });
    const other = begin(driver);
    driver.serve(1_000);
    const done = driver.execute({ type: "cancel-task", number: other.number });
    expect(done).toMatchObject({ task: { state: "done" } });
    expect(driver.execute({ type: "cancel-task", number: 99 })).toMatchObject({
      refusal: { code: "task-not-found" },
    });
  });

  test("ends with its queue, and is remembered for a day after its end", () => {
    const driver = ready();
    driver.enqueue({}, {});
    kill(driver, 2);
    const task = begin(driver, {}, { rate: 1 });
    driver.execute({ type: "delete-queue", queue: "q", force: true });
    driver.put();
    driver.serve(1_500);
    expect(taskOf(driver, task.number)).toMatchObject({ state: "cancelled", moved: 0 });
    driver.pass(86_398_000);
    driver.pulse();
    expect(taskOf(driver, task.number)).not.toBeNull();
    driver.pass(3_000);
    expect(driver.machine.isPulseDue(driver.now)).toBe(true);
    driver.pulse();
    expect(taskOf(driver, task.number)).toBeNull();
  });

  describe("of more dead letters than one operation may look at", () => {
    function manyDead(): MachineDriver {
      const driver = ready();
      for (let batch = 0; batch < 3; batch++) {
        driver.enqueue(...Array.from({ length: 1_000 }, () => ({})));
      }
      kill(driver, 500, "F");
      driver.pass(10);
      kill(driver, 2_500, "E");
      return driver;
    }
    function parts(driver: MachineDriver, filter: Partial<RedriveFilter>): unknown {
      const question = { type: "count-dead", queue: "q", from: 0 } as const;
      const answer = driver.ask({ ...question, filter: { ...everything, ...filter } });
      return answer.type === "dead-count" ? answer.count : null;
    }

    test("counts all at once by their reasons and times", () => {
      const driver = manyDead();
      const fromMs = driver.list({ state: "dead" }).entries[0]?.dead?.atMs ?? 0;
      expect(parts(driver, {})).toEqual({ matched: 3_000, next: null });
      expect(parts(driver, { reason: "rejected", fromMs })).toEqual({ matched: 3_000, next: null });
      expect(parts(driver, { reason: "expired" })).toEqual({ matched: 0, next: null });
      expect(begin(driver, { reason: "rejected" })).toMatchObject({
        matched: 3_000,
        counting: false,
      });
    });

    test("counts the first 2,000 at once by anything else, and says that it goes on", () => {
      const driver = manyDead();
      expect(parts(driver, { errorType: "E" })).toEqual({ matched: 1_500, next: 2_001 });
      const task = begin(driver, { errorType: "E" }, { rate: 1 });
      expect(task).toMatchObject({ state: "running", matched: 1_500, counting: true });
      expect(driver.machine.isPulseDue(driver.now)).toBe(true);
      driver.pulse();
      const counted = { matched: 2_500, counting: false };
      expect(taskOf(driver, task.number)).toMatchObject({ ...counted, moved: 0 });
      expect(driver.machine.isPulseDue(driver.now)).toBe(false);
      driver.serve(2_500);
      expect(taskOf(driver, task.number)).toMatchObject({ ...counted, moved: 2 });
    });

    test("counts what it moves before it was counted once, and what dies later never", () => {
      const driver = manyDead();
      const task = begin(driver, { errorType: "E" }, { rate: 10_000 });
      driver.enqueue({});
      kill(driver, 1, "E");
      driver.pass(1_000);
      driver.pulse();
      expect(taskOf(driver, task.number)).toMatchObject({ moved: 1_500, counting: true });
      driver.serve(1_000);
      expect(taskOf(driver, task.number)).toMatchObject({
        state: "done",
        matched: 2_500,
        counting: false,
        moved: 2_500,
      });
    });
  });
});
