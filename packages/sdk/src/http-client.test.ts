import { inspect } from "node:util";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import type { Operations } from "./operations.ts";
import { Quorate } from "./quorate.ts";
import { isQuorateError, type QuorateError, UsageError } from "./quorate-error.ts";
import { ManualTimers } from "./testing/manual-timers.ts";
import { problem, type Scripted, scriptedFetch, success } from "./testing/scripted-fetch.ts";
import { until } from "./testing/until.ts";

const enqueued: Operations["enqueue"]["answer"] = {
  messageId: "m_00000000000000000001",
  seq: 1,
  duplicate: false,
  enqueuedAt: "2026-11-23T04:05:06.789Z",
  coord: { epoch: 0, view: 0, op: 7 },
};
const secret = "secret.token.text";

const busy = (retryAfter?: string) =>
  problem(503, "overloaded", { retryable: true, ...(retryAfter && { retryAfter }) });
const unknown = () =>
  problem(504, "outcome-unknown", { outcome: "unknown", retryable: true, retryAfter: "0" });
const broken = () => new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
const refused = () => new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });

function clientOf(
  script: readonly Scripted[],
  options: Partial<ConstructorParameters<typeof Quorate>[0]> = {},
) {
  const timers = new ManualTimers();
  const { fetch, asked } = scriptedFetch(...script);
  const given = options.urls === undefined ? { url: "http://gateway.test/" } : {};
  const quorate = new Quorate({ ...given, token: secret, fetch, timers, ...options });
  const enqueue = (call = {}) =>
    quorate.request("enqueue", { params: { queue: "orders" }, body: { body: 1 }, ...call });
  return { quorate, timers, asked, enqueue };
}

/** Lets time pass until the call has ended; answers its error, or null. */
async function endOf(call: Promise<unknown>, timers: ManualTimers): Promise<QuorateError | null> {
  let end: { readonly error: unknown } | null = null;
  call.then(
    () => (end = { error: null }),
    (error: unknown) => (end = { error }),
  );
  await until(() => {
    if (end === null) timers.advance(50);
    return end !== null;
  });
  const { error } = end ?? { error: null };
  if (error !== null && !isQuorateError(error)) throw error;
  return error;
}

test("a retry sends the same bytes under the same Idempotency-Key", async () => {
  const { asked, timers, enqueue } = clientOf([busy(), broken(), unknown(), success(enqueued)]);
  expect(await endOf(enqueue(), timers)).toBeNull();
  expect(asked).toHaveLength(4);
  expect(new Set(asked.map(({ body }) => body))).toEqual(new Set(['{"body":1}']));
  const keys = new Set(asked.map(({ headers }) => headers.get("idempotency-key")));
  expect([...keys][0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys.size).toBe(1);
});

test("a message that a retry finds stored is no duplicate, unless it has a dedup id", async () => {
  const again = { ...enqueued, duplicate: true };
  const plain = clientOf([success(again)]).quorate.queue("orders");
  expect(await plain.enqueue(1)).toMatchObject({ duplicate: false });
  expect(await plain.enqueue(1, { dedupId: "d" })).toMatchObject({ duplicate: true });
});

test("two calls never share an Idempotency-Key", async () => {
  const { asked, enqueue } = clientOf([success(enqueued)]);
  await enqueue();
  await enqueue();
  expect(new Set(asked.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(2);
});

test("what the API does not call retryable is not sent again", async () => {
  const { asked, timers, enqueue } = clientOf([problem(422, "dedup-conflict")]);
  const error = await endOf(enqueue(), timers);
  expect(asked).toHaveLength(1);
  expect(error).toMatchObject({
    name: "RefusedError",
    code: "dedup-conflict",
    status: 422,
    outcome: "not-executed",
    retryable: false,
    requestId: "request-1",
  });
  expect(error?.problem?.detail).toBe("Because of dedup-conflict.");
});

test("a broken connection is not retried when the call carries no id", async () => {
  const { asked, timers, enqueue } = clientOf([broken(), success(enqueued)]);
  const error = await endOf(enqueue({ idempotencyKey: null }), timers);
  expect(error).toMatchObject({ code: "connection-failed", outcome: "unknown", retryable: false });
  expect(asked).toHaveLength(1);
});

test("a connection that was never made is retried also without an id", async () => {
  const { asked, timers, enqueue } = clientOf([refused(), success(enqueued)]);
  expect(await endOf(enqueue({ idempotencyKey: null }), timers)).toBeNull();
  expect(asked).toHaveLength(2);
});

test("once an attempt may have acted, the outcome stays unknown whatever comes after", async () => {
  const { timers, enqueue } = clientOf([unknown(), problem(403, "scope-missing")]);
  const error = await endOf(enqueue(), timers);
  expect(error).toMatchObject({ code: "scope-missing", outcome: "unknown", name: "RefusedError" });
});

test("Retry-After is waited for", async () => {
  const { asked, timers, enqueue } = clientOf([busy("3"), success(enqueued)]);
  const call = enqueue();
  await until(() => asked.length === 1);
  await until(() => timers.waitingCount === 1);
  timers.advance(2999);
  expect(asked).toHaveLength(1);
  expect(await endOf(call, timers)).toBeNull();
  expect(asked).toHaveLength(2);
});

test("a call that cannot come again in its time ends at once with the reason", async () => {
  const { timers, enqueue } = clientOf([busy("60")]);
  await expect(enqueue()).rejects.toMatchObject({ code: "overloaded", retryAfterMs: 60_000 });
  expect(timers.nowMs()).toBe(0);
});

test("the whole time of a call is bounded, silence included", async () => {
  const { timers, enqueue } = clientOf(["silence"]);
  const error = await endOf(enqueue({ timeoutMs: 5000 }), timers);
  expect(error).toMatchObject({ code: "timed-out", outcome: "unknown", name: "TimeoutError" });
  expect(timers.nowMs()).toBeLessThanOrEqual(5100);
});

test("maxRetries bounds the attempts", async () => {
  const { asked, timers, enqueue } = clientOf([busy()], { maxRetries: 2 });
  expect(await endOf(enqueue(), timers)).toMatchObject({ code: "overloaded" });
  expect(asked).toHaveLength(3);
});

test("a gateway that does not serve is left, and the next one is kept", async () => {
  const urls = ["http://one.test", "http://two.test"];
  const { asked, timers, enqueue } = clientOf([refused(), success(enqueued)], { urls });
  await enqueue();
  expect(timers.nowMs()).toBe(0);
  await enqueue();
  expect(asked.map(({ url }) => new URL(url).host)).toEqual(["one.test", "two.test", "two.test"]);
});

test("an aborted call ends at once and tells whether it may have acted", async () => {
  const { asked, enqueue } = clientOf(["silence"]);
  const abort = new AbortController();
  const call = enqueue({ signal: abort.signal });
  await until(() => asked.length === 1);
  abort.abort(new Error("enough"));
  await expect(call).rejects.toMatchObject({
    code: "aborted",
    outcome: "unknown",
    cause: { message: "enough" },
  });
  expect(asked[0]?.signal?.aborted).toBe(true);
  await expect(enqueue({ signal: abort.signal })).rejects.toMatchObject({
    code: "aborted",
    outcome: "not-executed",
  });
});

test("a call that is aborted while its token is fetched is never sent", async () => {
  const abort = new AbortController();
  const { asked, enqueue } = clientOf([success(enqueued)], {
    token: undefined,
    getToken() {
      abort.abort(new Error("enough"));
      return "late";
    },
  });
  await expect(enqueue({ signal: abort.signal })).rejects.toMatchObject({
    code: "aborted",
    outcome: "not-executed",
  });
  expect(asked).toEqual([]);
});

test("a call that is aborted with an error of this package is an aborted call", async () => {
  const { asked, enqueue } = clientOf(["silence"]);
  const abort = new AbortController();
  const call = enqueue({ signal: abort.signal });
  await until(() => asked.length === 1);
  abort.abort(new UsageError("closed", "closed"));
  await expect(call).rejects.toMatchObject({ code: "aborted", outcome: "unknown" });
});

test("a read that fails has changed nothing, however it failed", async () => {
  const page = new Response("<h1>?</h1>", { status: 500 });
  const { quorate } = clientOf([broken(), page], { maxRetries: 0 });
  for (const code of ["connection-failed", "answer-unreadable"]) {
    const call = quorate.request("getQueue", { params: { queue: "orders" } });
    await expect(call).rejects.toMatchObject({ code, outcome: "not-executed" });
  }
});

test("what no header can hold is a mistake of the caller, not of the connection", async () => {
  const { asked, enqueue } = clientOf([success(enqueued)]);
  await expect(enqueue({ idempotencyKey: "a\nb" })).rejects.toMatchObject({ code: "usage" });
  const other = clientOf([success(enqueued)], { token: "two\nlines" });
  await expect(other.enqueue()).rejects.toMatchObject({ code: "token-unavailable" });
  expect([...asked, ...other.asked]).toEqual([]);
});

test("a refused token is replaced once", async () => {
  const tokens = ["old", "old", "new"];
  const { asked, enqueue } = clientOf([problem(401, "token-invalid"), success(enqueued)], {
    token: undefined,
    getToken: () => tokens.shift() ?? "new",
  });
  await expect(enqueue()).rejects.toMatchObject({ code: "token-invalid" });
  await enqueue();
  const sent = asked.map(({ headers }) => headers.get("authorization"));
  expect(sent).toEqual(["Bearer old", "Bearer new"]);
});

test("a page of a proxy is an error of the connection", async () => {
  const page = new Response("<h1>Bad gateway</h1>", { status: 502 });
  const { asked, timers, enqueue } = clientOf([page, success(enqueued)]);
  expect(await endOf(enqueue(), timers)).toBeNull();
  expect(asked).toHaveLength(2);
});

test("an answer that is cut off is asked for again, and is an unknown outcome", async () => {
  const cut = new Response('{"messageId":"m_', { headers: { "content-type": "application/json" } });
  const { asked, timers, enqueue } = clientOf([cut]);
  const error = await endOf(enqueue({ maxRetries: 1 }), timers);
  expect(error).toMatchObject({ code: "answer-unreadable", outcome: "unknown" });
  expect(asked).toHaveLength(2);
});

test("the token is shown by nothing that is printed", async () => {
  const { quorate, timers, enqueue } = clientOf([broken()], { maxRetries: 0 });
  const error = await endOf(enqueue(), timers);
  const shown = [
    inspect(quorate, { depth: 20, showHidden: true }),
    JSON.stringify(quorate),
    inspect(error, { depth: 20, showHidden: true }),
  ];
  expect(shown.filter((text) => text.includes(secret))).toEqual([]);
  expect(JSON.stringify(quorate)).toBe('{"urls":["http://gateway.test"]}');
});

test("a client names itself, and the program that it serves", async () => {
  const { asked, enqueue } = clientOf([success(enqueued)], { userAgent: "shop/3" });
  await enqueue();
  const { version } = manifest;
  expect(asked[0]?.headers.get("user-agent")).toBe(`shop/3 quorate-sdk/${version}`);
});

test("names in a path cannot leave it", async () => {
  const { quorate, asked } = clientOf([success({ coord: {} })]);
  await quorate.request("getQueue", { params: { queue: "a/../b?c#d" } });
  expect(asked[0]?.url).toBe("http://gateway.test/v1/queues/a%2F..%2Fb%3Fc%23d");
  await expect(quorate.request("getQueue", { params: { queue: ".." } })).rejects.toMatchObject({
    code: "usage",
  });
});

test.each([
  ["no address", {}],
  ["no URL", { url: "queue" }],
  ["another protocol", { url: "ftp://queue.test" }],
  ["a password in the address", { url: "http://user:word@queue.test" }],
  ["two tokens", { url: "http://queue.test", token: "a", getToken: () => "b" }],
  ["no time", { url: "http://queue.test", timeoutMs: 0 }],
])("options with %s are refused", (_title, options) => {
  expect(() => new Quorate(options)).toThrow(expect.objectContaining({ code: "usage" }));
});

test("a success that is no gateway's, such as the page of a network's login, stores nothing", async () => {
  const page = new Response("<html>", { headers: { "content-type": "text/html" } });
  for (const strange of [page, success({ status: "ok" }), success(null)]) {
    const { timers, enqueue } = clientOf([strange, success(enqueued, 201)]);
    const call = enqueue();
    expect(await endOf(call, timers)).toBeNull();
    expect((await call).body).toEqual(enqueued);
    const alone = clientOf([strange], { maxRetries: 0 });
    expect(await endOf(alone.enqueue(), alone.timers)).toMatchObject({
      code: "answer-unreadable",
      outcome: "unknown",
    });
  }
});
