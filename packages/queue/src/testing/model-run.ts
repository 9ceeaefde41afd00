import { bytesEqual, Prng } from "@quorate/prelude";
import { expect } from "vitest";
import { encodeOperation } from "../operation-codec.ts";
import type { Operation } from "../operation.ts";
import { decodeOutcome } from "../outcome-codec.ts";
import type { Outcome } from "../outcome.ts";
import { queueConfigOf } from "../queue-config.ts";
import { leaseOf, MachineDriver } from "./machine-driver.ts";
import { normalized } from "./normalized.ts";
import { Pager } from "./pager.ts";
import { quickDigest } from "./quick-digest.ts";
import { QueueModel } from "./queue-model.ts";
import { RandomOperations } from "./random-operation.ts";

const backoff = { baseMs: 700, factor: 2, maxMs: 4_000, jitter: 0 };
const configs = {
  plain: {
    backoff,
    maxFailures: 3,
    maxDeliveries: 6,
    leaseMsDefault: 5_000,
    dedupWindowMs: 60_000,
  },
  strict: {
    backoff,
    maxFailures: 2,
    leaseMsDefault: 2_000,
    dedupMode: "untilSettled",
    onDead: "block",
    maxInFlight: 7,
    maxMessages: 25,
    maxBytes: 2_200,
  },
} as const;

/** Of slabs so small that many are filled, so that pulses move what keeps one alone. */
const slabBytes = 500;

/** How a machine is compared with the model. */
export interface ModelRunOptions {
  /** Purged messages that the machine frees in one operation. */
  readonly ghostsMax: number;
  /** Places of a group's order in which what is not ready stays. */
  readonly frontMax: number;
  /** Groups of each queue. */
  readonly groups: number;
  /** See RandomOperations. */
  readonly removesMuch?: boolean;
}

/**
 * A machine, its twin and the model, fed with the same random operations and compared after each.
 */
export class ModelRun {
  private readonly prng: Prng;
  private readonly driver: MachineDriver;
  private readonly twin: MachineDriver;
  private readonly model: QueueModel;
  private readonly operations: RandomOperations;
  private readonly pagers: readonly Pager[];

  constructor(seed: number, { ghostsMax, frontMax, ...drawn }: ModelRunOptions) {
    const names = Object.keys(configs);
    this.prng = new Prng(seed);
    const options = { sha256: quickDigest, slabBytes, ghostsMax, frontMax };
    this.driver = new MachineDriver(options);
    this.twin = new MachineDriver(options);
    this.model = new QueueModel(frontMax);
    for (const [name, config] of Object.entries(configs)) {
      for (const machine of [this.driver, this.twin]) machine.put(config, name);
      this.model.advance(this.driver.op, this.driver.now);
      this.model.addQueue(name, queueConfigOf(config));
    }
    const startMs = this.driver.nowMs;
    this.operations = new RandomOperations(this.prng, names, { ...drawn, frontMax, startMs });
    this.pagers = names.map((name) => new Pager(this.driver, this.prng, name, this.model.queues));
  }

  /** So many operations or pulses. */
  run(steps: number): void {
    const { prng } = this;
    for (let step = 0; step < steps; step++) {
      const waitMs = prng.chance(0.7) ? prng.below(200) : prng.below(2_500);
      for (const machine of [this.driver, this.twin]) machine.pass(waitMs);
      if (prng.chance(0.15)) this.pulse();
      else this.execute(this.operations.next(), step);
      this.compareStats(step);
      this.compareTasks(step);
      if (prng.chance(0.3)) prng.pick(this.pagers).step();
      if (prng.chance(0.1)) prng.pick(this.pagers).compare();
    }
    expect(this.driver.digest()).toBe(this.twin.digest());
    this.drain();
  }

  // Deletes everything and waits for longer than anything is remembered: nothing may be left of it.
  private drain(): void {
    const { driver } = this;
    for (const queue of this.model.queues.keys()) {
      const precondition = { kind: "match-any" } as const;
      driver.execute({ type: "put-queue", queue, config: {}, precondition });
      driver.execute({ type: "delete-queue", queue, force: true });
    }
    for (let hours = 0; hours < 26; hours++) {
      driver.pass(3_600_000);
      while (driver.machine.isPulseDue(driver.now)) driver.pulse();
    }
    const { pages: _, slabBytes: held, ...left } = driver.machine.memory();
    expect(Object.entries(left).filter(([, count]) => count !== 0)).toEqual([]);
    expect(held).toBeLessThanOrEqual(2 * slabBytes);
  }

  private pulse(): void {
    for (const machine of [this.driver, this.twin]) machine.pulse();
    this.model.advance(this.driver.op, this.driver.now);
    this.model.pulse();
  }

  private execute(operation: Operation, step: number): void {
    const asked = encodeOperation(operation);
    const told = this.driver.executeBytes(asked);
    expect(bytesEqual(this.twin.executeBytes(asked), told), `step ${step}`).toBe(true);
    const outcome = decodeOutcome(told);
    this.remember(outcome);
    this.model.advance(this.driver.op, this.driver.now);
    expectEqual(normalized(outcome), this.model.execute(operation), step);
  }

  private remember(outcome: Outcome): void {
    if (outcome.type === "dequeued") {
      for (const message of outcome.messages) {
        if (message.lease !== null) this.operations.remember(leaseOf(message));
        // Also of one that is gone, so that it is looked for, and deleted, all the same.
        this.operations.rememberMessage(message.message);
      }
    }
    if (outcome.type !== "enqueued") return;
    for (const result of outcome.results) {
      if (result.status === "accepted") this.operations.rememberMessage(result.message);
    }
  }

  private compareStats(step: number): void {
    for (const [name, queue] of this.model.queues) {
      const { oldestReadyAtMs, ...stats } = this.driver.stats(name);
      expectEqual(stats, queue.stats(), step);
      expect(oldestReadyAtMs === null).toBe(stats.ready === 0);
    }
  }

  private compareTasks(step: number): void {
    for (const number of this.model.tasks.keys()) {
      const told = this.driver.ask({ type: "get-task", number });
      expectEqual(told, { type: "task", task: this.model.viewTask(number) }, step);
    }
  }
}

// The matcher is asked only when the texts differ: it is slow, and key order may differ.
function expectEqual(actual: unknown, expected: unknown, step: number): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  expect(actual, `step ${step}`).toEqual(expected);
}
