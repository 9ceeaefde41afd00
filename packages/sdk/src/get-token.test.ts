import { expect, test } from "vitest";
import { Quorate } from "./quorate.ts";
import { UsageError } from "./quorate-error.ts";
import { ManualTimers } from "./testing/manual-timers.ts";
import { type Scripted, scriptedFetch } from "./testing/scripted-fetch.ts";
import { until } from "./testing/until.ts";

function clientOf(script: readonly Scripted[], getToken: () => Promise<string>) {
  const timers = new ManualTimers();
  const { fetch, asked } = scriptedFetch(...script);
  const quorate = new Quorate({ url: "http://gateway.test", getToken, fetch, timers });
  const dequeue = (call = {}) => quorate.queue("q").dequeue({ dequeueId: "d", ...call });
  return { timers, asked, dequeue };
}

test("when no token can be had for a retry, the attempt before may still have acted", async () => {
  let calls = 0;
  const getToken = async () => {
    if (calls++ > 0) throw new Error("no login");
    return "token";
  };
  const { timers, dequeue } = clientOf([new TypeError("fetch failed")], getToken);
  const end = dequeue().catch((error: unknown) => error);
  await until(() => {
    timers.advance(50);
    return calls > 1;
  });
  expect(await end).toMatchObject({ code: "token-unavailable", outcome: "unknown" });
  expect(await end).toBeInstanceOf(UsageError);
});

test("a token that never comes holds a call no longer than its whole time, and until it is aborted", async () => {
  const { timers, asked, dequeue } = clientOf([], () => new Promise(() => {}));
  const late = dequeue({ timeoutMs: 5000 }).catch((error: unknown) => error);
  await until(() => timers.waitingCount === 1);
  timers.advance(5000);
  expect(await late).toMatchObject({ code: "timed-out", outcome: "not-executed" });
  const caller = new AbortController();
  const aborted = dequeue({ signal: caller.signal }).catch((error: unknown) => error);
  await until(() => timers.waitingCount === 1);
  caller.abort();
  expect(await aborted).toMatchObject({ code: "aborted", outcome: "not-executed" });
  expect(timers.waitingCount).toBe(0);
  expect(asked).toEqual([]);
});
