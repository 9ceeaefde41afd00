import { expect, test } from "vitest";
import { Inbox } from "./inbox.ts";
import { Quorate } from "./quorate.ts";
import { problem, type Scripted, scriptedFetch, success } from "./testing/scripted-fetch.ts";
import { workerSettingsOf } from "./worker-options.ts";

const none = { messages: [], replayed: false, lost: [], paused: false, coord: {} };
const unknown = () => problem(504, "outcome-unknown", { outcome: "unknown", retryable: true });

function inboxOf(...script: readonly Scripted[]) {
  const { fetch, asked } = scriptedFetch(...script);
  const quorate = new Quorate({ url: "http://gateway.test", fetch, maxRetries: 0 });
  const bodies = () =>
    asked.map(({ body }): Record<string, unknown> => JSON.parse(body ?? "null") ?? {});
  const inbox = new Inbox(quorate.queue("q"), workerSettingsOf({ name: "w" }));
  return { inbox, bodies, paths: () => asked.map(({ url }) => new URL(url).pathname) };
}

const { signal } = new AbortController();

test("a dequeue whose outcome is unknown is asked again as it was", async () => {
  const { inbox, bodies } = inboxOf(unknown(), success(none), success(none));
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ outcome: "unknown" });
  await inbox.receive(9, signal);
  await inbox.receive(9, signal);
  const [first, again, next] = bodies();
  expect(first).toMatchObject({ max: 5, leaseMs: 30_000, waitMs: 20_000, worker: "w" });
  expect(again).toEqual(first);
  expect(next).toMatchObject({ max: 9 });
  expect(next?.["dequeueId"]).not.toBe(first?.["dequeueId"]);
});

test("a dequeue that may have taken something is not forgotten when it cannot be asked again", async () => {
  const { inbox, bodies } = inboxOf(
    unknown(),
    problem(503, "no-quorum"),
    problem(401, "token-invalid"),
    success(none),
  );
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ outcome: "unknown" });
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ outcome: "not-executed" });
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ code: "token-invalid" });
  await inbox.receive(5, signal);
  expect(new Set(bodies().map(({ dequeueId }) => dequeueId)).size).toBe(1);
});

test("a dequeue that was refused is not asked again", async () => {
  const { inbox, bodies } = inboxOf(problem(404, "queue-not-found"), success(none));
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ code: "queue-not-found" });
  await inbox.receive(5, signal);
  expect(new Set(bodies().map(({ dequeueId }) => dequeueId)).size).toBe(2);
});

test("what a dequeue may have taken is given back", async () => {
  const leaseId = "l_00000000000000000001";
  const extended = { extended: [{ leaseId, leaseUntil: "" }], lost: [], coord: {} };
  const settled = success({ results: [], summary: {}, coord: {} });
  const { inbox, bodies, paths } = inboxOf(unknown(), success(extended), settled);
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ outcome: "unknown" });
  await inbox.giveBack(signal);
  expect(paths().map((path) => path.slice("/v1/queues/q/".length))).toEqual([
    "dequeue",
    "extend",
    "settle",
  ]);
  expect(bodies()[1]?.["dequeueId"]).toBe(bodies()[0]?.["dequeueId"]);
  expect(bodies()[2]).toEqual({ settlements: [{ leaseId, action: "release" }] });
});

test("a dequeue that has taken nothing leaves nothing to give back", async () => {
  const { inbox } = inboxOf(unknown(), problem(404, "lease-unknown"));
  await expect(inbox.receive(5, signal)).rejects.toMatchObject({ outcome: "unknown" });
  await expect(inbox.giveBack(signal)).resolves.toBeUndefined();
});
