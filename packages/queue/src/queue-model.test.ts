import { Prng, unreachable } from "@quorate/prelude";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outcome } from "./outcome.ts";
import { queueConfigOf } from "./queue-config.ts";
import { leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { Pager } from "./testing/pager.ts";
import { QueueModel } from "./testing/queue-model.ts";
import { RandomOperations } from "./testing/random-operation.ts";

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

// What the model says in the same words; tags and bytes that it does not know are left out.
function normalized(outcome: Outcome): unknown {
  switch (outcome.type) {
    case "refused": {
      const { refusal, index } = outcome;
      return index === null ? flat(refusal) : { ...flat(refusal), index };
    }
    case "enqueued":
      return { ...outcome, type: undefined, results: outcome.results.map(resultOf) };
    case "settled":
      return { results: outcome.results.map(resultOf) };
    case "dequeued":
      return {
        replayed: outcome.replayed,
        paused: outcome.paused,
        messages: outcome.messages.map((m) => ({
          message: m.message,
          seq: m.seq,
          deliveries: m.deliveries,
          failures: m.failures,
          body: m.body.join(),
          fence: m.lease?.fence ?? null,
          untilMs: m.lease?.untilMs ?? null,
        })),
        lost: outcome.lost.map(lostOf),
      };
    case "leases-extended":
      return {
        extended: outcome.extended.map(({ fence, untilMs }) => ({ fence, untilMs })),
        lost: outcome.lost.map(lostOf),
      };
    case "repeated":
      return { repeated: normalized(outcome.outcome) };
    case "queue-paused":
      return { paused: outcome.paused };
    case "purged":
      return { removed: outcome.removed };
    case "queue-deleted":
    case "message-deleted":
      return {};
    case "queue-put": {
      const { incarnation, version } = outcome.view;
      return { created: outcome.created, incarnation, version };
    }
    case "invalid":
    case "revoked":
      return outcome;
    default:
      return unreachable(outcome);
  }
}

function flat(refusal: { readonly code: string }): Record<string, unknown> {
  const { code, ...rest } = refusal as Record<string, unknown> & { code: string };
  for (const field of ["limit", "max", "original"]) delete rest[field];
  return { refused: code, ...rest };
}

function resultOf(result: { readonly status: string }): unknown {
  if ("refusal" in result) return flat(result.refusal as { code: string });
  const { status, ...rest } = result;
  return status === "settled" ? rest : result;
}

function lostOf(lost: {
  lease: { fence: number } | null;
  message: unknown;
  reason: string;
}): unknown {
  return { fence: lost.lease?.fence ?? null, message: lost.message, reason: lost.reason };
}

// The matcher is asked only when the texts differ: it is slow, and key order may differ.
function expectEqual(actual: unknown, expected: unknown, step: number): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  expect(actual, `step ${step}`).toEqual(expected);
}

function run(seed: number, steps: number): void {
  const prng = new Prng(seed);
  const driver = new MachineDriver();
  const twin = new MachineDriver();
  const model = new QueueModel();
  for (const [name, config] of Object.entries(configs)) {
    for (const machine of [driver, twin]) machine.put(config, name);
    model.advance(driver.op, driver.now);
    model.addQueue(name, queueConfigOf(config));
  }
  const operations = new RandomOperations(prng, Object.keys(configs));
  const pagers = Object.keys(configs).map((name) => new Pager(driver, prng, name, model.queues));
  for (let step = 0; step < steps; step++) {
    const waitMs = prng.chance(0.7) ? prng.below(200) : prng.below(2_500);
    for (const machine of [driver, twin]) machine.pass(waitMs);
    if (prng.chance(0.15)) {
      for (const machine of [driver, twin]) machine.pulse();
      model.advance(driver.op, driver.now);
      model.pulse();
    } else {
      const operation = operations.next();
      const outcome = driver.execute(operation);
      expectEqual(twin.execute(operation), outcome, step);
      if (outcome.type === "dequeued") {
        for (const message of outcome.messages) {
          if (message.lease !== null) operations.remember(leaseOf(message));
        }
      }
      if (outcome.type === "enqueued") {
        for (const result of outcome.results) {
          if (result.status === "accepted") operations.rememberMessage(result.message);
        }
      }
      model.advance(driver.op, driver.now);
      expectEqual(normalized(outcome), model.execute(operation), step);
    }
    for (const [name, queue] of model.queues) {
      const { oldestReadyAtMs, ...stats } = driver.stats(name);
      expectEqual(stats, queue.stats(), step);
      expect(oldestReadyAtMs === null).toBe(stats.ready === 0);
    }
    if (prng.chance(0.3)) prng.pick(pagers).step();
    if (prng.chance(0.1)) prng.pick(pagers).compare();
  }
  expect(driver.digest()).toBe(twin.digest());
}

test("the machine answers what the contract's plain model answers, operation by operation", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => run(seed, 800)),
    { numRuns: 40 },
  );
}, 60_000);
