import { expect, test } from "vitest";
import type { SettledMany } from "./operations.ts";
import { RefusedError } from "./quorate-error.ts";
import { Settler, type Settlement } from "./settler.ts";
import { ManualTimers } from "./testing/manual-timers.ts";

const facts = {
  code: "request-invalid",
  status: 400,
  outcome: "not-executed",
  retryable: false,
  requestId: null,
  retryAfterMs: null,
  problem: null,
} as const;

const ack = (leaseId: string): Settlement => ({ action: "ack", leaseId });

/** A settler whose batches are answered at once; a lease named `bad` is no lease id. */
function settlerOf() {
  const batches: string[][] = [];
  const timers = new ManualTimers();
  let answered = 0;
  const settler = new Settler(
    async (batch) => {
      await Promise.resolve();
      batches.push(batch.map(({ leaseId }) => leaseId));
      if (batch.some(({ leaseId }) => leaseId === "bad")) throw new RefusedError("no", facts);
      const results: SettledMany["results"] = batch.map(({ leaseId }) => ({
        leaseId,
        status: 200,
        state: "done",
        alreadySettled: false,
        late: false,
        leaseUntil: null,
      }));
      return {
        results,
        summary: { ok: batch.length, failed: 0 },
        coord: { epoch: 0, view: 0, op: 1 },
      };
    },
    timers,
    () => (answered += 1),
  );
  return { settler, timers, batches, answered: () => answered };
}

test("settlements of 5 ms travel together", async () => {
  const { settler, timers, batches, answered } = settlerOf();
  const first = settler.settle(ack("a"));
  timers.advance(4);
  const second = settler.settle(ack("b"));
  expect(batches).toEqual([]);
  expect(settler.pendingCount).toBe(2);
  timers.advance(1);
  await Promise.all([first, second]);
  expect(batches).toEqual([["a", "b"]]);
  expect(settler.pendingCount).toBe(0);
  expect(answered()).toBe(2);
});

test("a hundred settlements do not wait", async () => {
  const { settler, batches } = settlerOf();
  await Promise.all(Array.from({ length: 100 }, (_, index) => settler.settle(ack(`${index}`))));
  expect(batches.map(({ length }) => length)).toEqual([100]);
});

test("an entry that no gateway takes costs the others nothing", async () => {
  const { settler } = settlerOf();
  const ended = Promise.allSettled(
    ["a", "bad", "b"].map((leaseId) => settler.settle(ack(leaseId))),
  );
  await settler.drain();
  expect((await ended).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
