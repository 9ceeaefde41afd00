import { expect, test, vi } from "vitest";
import { Quorate } from "./quorate.ts";
import { ManualTimers } from "./testing/manual-timers.ts";
import { problem, type Scripted, scriptedFetch, success } from "./testing/scripted-fetch.ts";
import { until } from "./testing/until.ts";
import type { WorkerOptions } from "./worker-options.ts";

const none = { messages: [], replayed: false, lost: [], paused: false, coord: {} };

function workerOf(script: readonly Scripted[], options: WorkerOptions = {}) {
  const timers = new ManualTimers();
  const { fetch, asked } = scriptedFetch(...script);
  const quorate = new Quorate({ url: "http://gateway.test", fetch, timers, maxRetries: 0 });
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const worker = quorate.queue("q").worker(() => {}, { onError, ...options });
  const paths = () => asked.map(({ url }) => new URL(url).pathname.split("/").at(-1));
  return { worker, timers, asked, errors, paths };
}

test("what a dequeue may have taken whose answer nobody reads is given back at the end", async () => {
  const leaseId = "l_00000000000000000001";
  const extended = { extended: [{ leaseId, leaseUntil: "" }], lost: [], coord: {} };
  const settled = success({ results: [], summary: {}, coord: {} });
  const { worker, asked, errors, paths } = workerOf(["silence", success(extended), settled]);
  await until(() => asked.length === 1);
  await worker.close();
  expect(paths()).toEqual(["dequeue", "extend", "settle"]);
  expect(asked[2]?.body).toBe(`{"settlements":[{"leaseId":"${leaseId}","action":"release"}]}`);
  expect(errors).toEqual([]);
});

test("a worker that is closed asks nobody any more, although nobody says what a dequeue took", async () => {
  const { worker, timers, asked, paths } = workerOf(["silence"]);
  await until(() => asked.length === 1);
  let isClosed = false;
  const closing = worker.close({ timeoutMs: 1000 }).then(() => (isClosed = true));
  await vi.waitUntil(
    () => {
      if (!isClosed) timers.advance(2000);
      return isClosed;
    },
    { interval: 5, timeout: 10_000 },
  );
  await closing;
  expect(paths()[1]).toBe("extend");
  expect(timers.waitingCount).toBe(0);
  expect(timers.nowMs()).toBeLessThan(40_000);
});

test("a worker that cannot receive tries less and less often, and tells why", async () => {
  const { worker, timers, asked, errors } = workerOf([problem(503, "no-quorum")]);
  const askedWithin = async (ms: number) => {
    const before = asked.length;
    for (let passed = 0; passed < ms; passed += 50) {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      timers.advance(50);
    }
    return asked.length - before;
  };
  expect(await askedWithin(10_000)).toBeGreaterThan(2);
  // By now it waits for up to 5 s; as in the beginning it would ask 200 times.
  expect(await askedWithin(10_000)).toBeLessThan(20);
  expect(errors[0]).toMatchObject({ code: "no-quorum" });
  await worker.close();
});

test("a worker is not made without a handler, nor with an option that there is not", () => {
  const queue = new Quorate({ url: "http://gateway.test" }).queue("q");
  const make = queue.worker.bind(queue) as (...given: unknown[]) => unknown;
  expect(() => make()).toThrow("a worker needs a handler");
  expect(() => make(() => {}, { concurency: 5 })).toThrow("there is no option concurency");
});

test("without onError a refusal is one line on the console", async () => {
  const said = vi.spyOn(console, "error").mockReturnValue();
  try {
    const { worker } = workerOf([problem(404, "queue-not-found")], { onError: undefined });
    await until(() => said.mock.calls.length > 0);
    await worker.close();
    const [line, ...more] = said.mock.calls[0] ?? [];
    expect(line).toMatch(/^quorate worker: RefusedError: .*\(queue-not-found\), request \S+$/);
    expect(more).toEqual([]);
  } finally {
    said.mockRestore();
  }
});

test.each([
  ["throws", () => JSON.parse("{")],
  ["rejects", async () => JSON.parse(await Promise.resolve("{"))],
])(
  "a worker whose onError %s goes on, and the console is told both errors",
  async (_how, onError) => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    try {
      const script = [problem(503, "no-quorum"), "silence", problem(404, "lease-unknown")] as const;
      const { worker, timers, asked } = workerOf(script, { onError });
      await until(() => asked.length === 1 && timers.waitingCount === 1);
      timers.advance(60_000);
      await until(() => asked.length === 2);
      await worker.close();
      expect(said.mock.calls).toEqual([
        [expect.stringContaining("(no-quorum)")],
        ["quorate worker: onError has failed:", expect.any(SyntaxError)],
      ]);
    } finally {
      said.mockRestore();
    }
  },
);

test("each begun hundred of messages has a dequeue of its own, and all together ask for no more", async () => {
  const script = ["silence", "silence", "silence", problem(404, "lease-unknown")] as const;
  const { worker, asked } = workerOf(script, { concurrency: 250 });
  await until(() => asked.length === 3);
  const sent = asked.map(({ body }): unknown => JSON.parse(body ?? "null"));
  expect(sent).toMatchObject([{ max: 100 }, { max: 100 }, { max: 50 }]);
  await worker.close();
});

test("answers without messages that come at once are not asked for in a loop", async () => {
  const { worker, asked } = workerOf([success(none)], { waitMs: 0 });
  await until(() => asked.length === 1);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toHaveLength(1);
  await worker.close();
});

test("what a failed dequeue may have taken is not asked for by others", async () => {
  const unknown = problem(504, "outcome-unknown", { outcome: "unknown", retryable: true });
  const leaseId = "l_00000000000000000001";
  const message = { messageId: "m", seq: 1, body: 1, groupId: null, leaseId, fence: 1 };
  const one = success({ ...none, messages: [message] });
  const lost = problem(404, "lease-unknown");
  const script = [unknown, one, "silence", lost, lost] as const;
  const { worker, asked, paths } = workerOf(script, { concurrency: 101 });
  await until(() => asked.length === 3);
  expect(paths()).toEqual(["dequeue", "dequeue", "dequeue"]);
  const sent = asked.map(({ body }): unknown => JSON.parse(body ?? "null"));
  expect(sent).toMatchObject([{ max: 100 }, { max: 1 }, { max: 1 }]);
  await worker.close();
});

test("a worker that is told to come back in years asks again within a minute", async () => {
  const away = problem(503, "no-quorum", { retryAfter: "99999999" });
  const { worker, timers, asked } = workerOf([away]);
  await until(() => asked.length === 1 && timers.waitingCount === 1);
  timers.advance(60_000);
  await until(() => asked.length === 2);
  await worker.close();
});
