import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Batch,
  type Coalesce,
  coalesceDefault,
  EnqueueLane,
  type Entry,
} from "./enqueue-lane.ts";
import { openPromise } from "./open-promise.ts";
import { Quorate } from "./quorate.ts";
import { ManualTimers } from "./testing/manual-timers.ts";
import { problem, scriptedFetch, success } from "./testing/scripted-fetch.ts";
import { until } from "./testing/until.ts";

interface OnTheWay {
  readonly batch: Batch;
  readonly arrive: () => void;
}

/** A lane whose batches arrive when the test says so. */
function laneOf(coalesce: Partial<Coalesce> = {}) {
  const onTheWay: OnTheWay[] = [];
  const timers = new ManualTimers();
  const idles: number[] = [];
  const lane = new EnqueueLane(
    { ...coalesceDefault, ...coalesce },
    timers,
    (batch) => {
      const { promise, resolve } = openPromise<void>();
      const arrive = () => {
        onTheWay.splice(
          onTheWay.findIndex((each) => each.batch === batch),
          1,
        );
        resolve();
      };
      onTheWay.push({ batch, arrive });
      return promise;
    },
    () => {
      idles.push(onTheWay.length);
    },
  );
  return { lane, onTheWay, timers, idles };
}

function entryOf(text: string, groupId: string | null = null): Entry {
  return { text, groupId, hasDedupId: false, onResult() {}, onError() {} };
}

const textsOf = ({ batch }: OnTheWay) => batch.entries.map(({ text }) => text).join("");

/** Everything that was called in this turn has been acted on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what is called in one turn travels together", async () => {
  const { lane, onTheWay } = laneOf();
  for (const text of "abc") lane.add({ entries: [entryOf(text)], isAtomic: false });
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["abc"]);
});

test("a lane says when nothing waits and nothing is on the way any more", async () => {
  const { lane, onTheWay, idles } = laneOf({ batchesMax: 1, entriesMax: 1 });
  for (const text of "ab") lane.add({ entries: [entryOf(text)], isAtomic: false });
  await turn();
  onTheWay[0]?.arrive();
  await turn();
  expect(idles).toEqual([]);
  onTheWay[0]?.arrive();
  await turn();
  expect(idles).toEqual([0]);
});

test("within the window calls of several turns travel together", async () => {
  const { lane, onTheWay, timers } = laneOf({ windowMs: 5 });
  lane.add({ entries: [entryOf("a")], isAtomic: false });
  await turn();
  timers.advance(4);
  lane.add({ entries: [entryOf("b")], isAtomic: false });
  expect(onTheWay).toEqual([]);
  timers.advance(1);
  expect(onTheWay.map(textsOf)).toEqual(["ab"]);
});

test("while the most batches are on the way calls gather", async () => {
  const { lane, onTheWay } = laneOf({ batchesMax: 1 });
  lane.add({ entries: [entryOf("a")], isAtomic: false });
  await turn();
  for (const text of "bcd") lane.add({ entries: [entryOf(text)], isAtomic: false });
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["a"]);
  onTheWay[0]?.arrive();
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["bcd"]);
});

test("a group waits for its batch, and others pass it", async () => {
  const { lane, onTheWay } = laneOf();
  lane.add({ entries: [entryOf("a", "g")], isAtomic: false });
  await turn();
  lane.add({ entries: [entryOf("b", "g")], isAtomic: false });
  lane.add({ entries: [entryOf("c", "h")], isAtomic: false });
  lane.add({ entries: [entryOf("d", "g")], isAtomic: false });
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["a", "c"]);
  onTheWay[0]?.arrive();
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["c", "bd"]);
});

test("an atomic batch travels alone and is not passed by its groups", async () => {
  const { lane, onTheWay } = laneOf();
  lane.add({ entries: [entryOf("a", "g")], isAtomic: false });
  lane.add({ entries: [entryOf("b", "g"), entryOf("c", "h")], isAtomic: true });
  lane.add({ entries: [entryOf("d", "h")], isAtomic: false });
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["a"]);
  onTheWay[0]?.arrive();
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["bc"]);
  onTheWay[0]?.arrive();
  await turn();
  expect(onTheWay.map(textsOf)).toEqual(["d"]);
});

test("never are two batches of one group on the way, and every group keeps its order", async () => {
  const call = fc.record({
    groups: fc.array(fc.constantFrom(null, "g", "h", "i"), { minLength: 1, maxLength: 3 }),
    isAtomic: fc.boolean(),
    arrivesAfter: fc.nat(4),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 40 }),
      fc.record({
        entriesMax: fc.integer({ min: 1, max: 4 }),
        charsMax: fc.integer({ min: 1, max: 9 }),
        batchesMax: fc.integer({ min: 1, max: 3 }),
      }),
      async (calls, coalesce) => {
        const { lane, onTheWay } = laneOf(coalesce);
        const called: Entry[] = [];
        const arrived: Entry[] = [];
        const arriveOne = async (at: number) => {
          await turn();
          const groups = onTheWay.flatMap(({ batch }) => [
            ...new Set(batch.entries.flatMap(({ groupId }) => groupId ?? [])),
          ]);
          expect(new Set(groups).size).toBe(groups.length);
          expect(onTheWay.length).toBeLessThanOrEqual(coalesce.batchesMax);
          const next = onTheWay[at % Math.max(1, onTheWay.length)];
          if (next === undefined) return;
          arrived.push(...next.batch.entries);
          next.arrive();
        };
        for (const { groups, isAtomic, arrivesAfter } of calls) {
          const kept = isAtomic ? groups : groups.slice(0, 1);
          const entries = kept.map((group) => entryOf(String(called.length), group));
          called.push(...entries);
          lane.add({ entries, isAtomic });
          if (arrivesAfter > 0) await arriveOne(arrivesAfter);
        }
        while (arrived.length < called.length) await arriveOne(0);
        for (const group of ["g", "h", "i"]) {
          const isOfGroup = ({ groupId }: Entry) => groupId === group;
          expect(arrived.filter(isOfGroup)).toEqual(called.filter(isOfGroup));
        }
      },
    ),
    { numRuns: 60 },
  );
});

const stored = (seq: number) => ({
  status: 201,
  messageId: `m_0000000000000000000${seq}`,
  seq,
  duplicate: false,
});
const full = {
  status: 429,
  problem: {
    code: "queue-full",
    status: 429,
    outcome: "not-executed",
    retryable: true,
    detail: "maxMessages is 2.",
    title: "",
    type: "",
    requestId: "r",
  },
};
const answerOf = (results: readonly object[]) =>
  success({ results, summary: {}, enqueuedAt: "2026-11-23T04:05:06.789Z", coord: {} });

test("an entry that was refused for a while is sent again under a new key", async () => {
  const timers = new ManualTimers();
  const { fetch, asked } = scriptedFetch(
    answerOf([stored(1), full, full]),
    answerOf([stored(2), stored(3)]),
  );
  const queue = new Quorate({ url: "http://gateway.test", fetch, timers }).queue<string>("q");
  const calls = ["a", "b", "c"].map((body) => queue.enqueue(body, { groupId: body }));
  await until(() => {
    timers.advance(50);
    return asked.length === 2;
  });
  expect((await Promise.all(calls)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(asked[1]?.body).toBe(
    '{"messages":[{"body":"b","groupId":"b"},{"body":"c","groupId":"c"}]}',
  );
  const keys = asked.map(({ headers }) => headers.get("idempotency-key"));
  expect(new Set(keys).size).toBe(2);
});

test("an entry is not sent again behind a later one of its group", async () => {
  const timers = new ManualTimers();
  const { fetch } = scriptedFetch(answerOf([full, stored(1)]));
  const queue = new Quorate({ url: "http://gateway.test", fetch, timers }).queue<string>("q");
  const calls = ["a", "b"].map((body) => queue.enqueue(body, { groupId: "g" }));
  await expect(calls[0]).rejects.toMatchObject({ code: "queue-full", status: 429 });
  await expect(calls[1]).resolves.toMatchObject({ seq: 1 });
});

test("a batch that fails fails every call in it", async () => {
  const { fetch } = scriptedFetch(problem(403, "scope-missing"));
  const queue = new Quorate({ url: "http://gateway.test", fetch }).queue<string>("q");
  const ended = await Promise.allSettled(["a", "b"].map((body) => queue.enqueue(body)));
  expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("a call that is aborted before it is sent is not sent", async () => {
  const { fetch, asked } = scriptedFetch("silence");
  const quorate = new Quorate({ url: "http://gateway.test", fetch, coalesce: { batchesMax: 1 } });
  const queue = quorate.queue<string>("q");
  const [sent, waiting] = [new AbortController(), new AbortController()];
  const first = queue.enqueue("a", { signal: sent.signal });
  await until(() => asked.length === 1);
  const second = queue.enqueue("b", { signal: waiting.signal });
  waiting.abort();
  await expect(second).rejects.toMatchObject({ code: "aborted", outcome: "not-executed" });
  sent.abort();
  await expect(first).rejects.toMatchObject({ code: "aborted", outcome: "unknown" });
});
