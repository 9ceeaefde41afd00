import { expect, test } from "vitest";
import { CallTable } from "./call-table.ts";
import { reasonToRefuseIds } from "./dedup.ts";
import { dedupRecordsMax, dequeueMessagesMax, groupFrontMax } from "./limits.ts";
import { PageStore } from "./page-store.ts";
import { queueConfigDefault } from "./queue-config.ts";
import { RecordTable } from "./record-table.ts";
import { blockBytes } from "./seq-map.ts";
import { QueueState } from "./state.ts";
import { hashOf } from "./testing/machine-driver.ts";

test("no dequeue leases more of a group than its front holds", () => {
  expect(dequeueMessagesMax).toBeLessThanOrEqual(groupFrontMax);
});

test("a queue whose table of ids is full says so, whoever holds them", () => {
  for (const held of [0, 1_000, dedupRecordsMax - 1]) {
    const state = new QueueState();
    const queue = state.createQueue("q", queueConfigDefault);
    queue.dedupHeld = held;
    queue.dedup.count = dedupRecordsMax - 1 - held;
    expect(reasonToRefuseIds(state, queue, 1)).toBeNull();
    expect(reasonToRefuseIds(state, queue, 2)).toEqual({
      code: "dedup-capacity",
      limit: "dedupRecordsMax",
      max: dedupRecordsMax,
    });
  }
});

test("room for a dequeue is made by the oldest whose leases have all ended, or there is none", () => {
  const store = new PageStore();
  const calls = new CallTable(store, new RecordTable(store, blockBytes));
  const add = (name: string, firstFence: number, isPop = false): number =>
    calls.add({
      queue: 1,
      key: hashOf(name),
      max: 2,
      leaseMs: 0,
      isPop,
      atMicros: 0,
      count: 2,
      firstFence,
      firstPopped: isPop ? 1 : 0,
    });
  const has = (name: string): boolean => calls.find(1, hashOf(name)) !== 0;
  add("held", 1);
  const later = add("ended later", 3);
  const earlier = add("ended, and younger", 5);
  add("popped", 0, true);
  expect(calls.evict()).toBe(false);
  for (const fence of [5, 6]) calls.leaseEnded(earlier, fence);
  for (const fence of [3, 4]) calls.leaseEnded(later, fence);
  expect(calls.evict()).toBe(true);
  expect([has("ended later"), has("ended, and younger")]).toEqual([false, true]);
  expect([calls.evict(), calls.evict()]).toEqual([true, false]);
  expect([has("held"), has("popped")]).toEqual([true, true]);
});

test("the lease of a forgotten dequeue ends without effect on a pop that has its record by now", () => {
  const store = new PageStore();
  const calls = new CallTable(store, new RecordTable(store, blockBytes));
  const minuteMicros = 60_000_000;
  const call = { queue: 1, max: 2, leaseMs: 0, count: 2 };
  const lease = { firstFence: 1, firstPopped: 0, isPop: false };
  const record = calls.add({ ...call, ...lease, key: hashOf("lease"), atMicros: 0 });
  calls.expire(6 * minuteMicros, () => undefined);
  const pop = { firstFence: 0, firstPopped: 1, isPop: true };
  const atMicros = 6 * minuteMicros;
  expect(calls.add({ ...call, ...pop, key: hashOf("pop"), atMicros })).toBe(record);
  calls.leaseEnded(record, 1);
  calls.expire(12 * minuteMicros, () => undefined);
  expect([calls.count, calls.evict()]).toEqual([0, false]);
});
