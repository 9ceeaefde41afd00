import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readQueues } from "../live/queues.ts";
import { queueDepthsFreshMs } from "../limits.ts";
import { problemIn, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import { queueMetricsText } from "./queue-metrics.ts";

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway();
});

afterEach(async () => {
  await gateway.stop();
  expect(gateway.logged).toEqual([]);
});

/** What a scraper with a token of this scope is told of queues; null: without a token. */
async function scraped(scope: string | null, at = gateway): Promise<readonly string[]> {
  const token = scope === null ? null : await at.issuer.token(scope);
  const { status, text } = await at.send("GET", "/metrics", { token });
  expect(status).toBe(200);
  expect(text).toMatch(/^quorate_view 4\n/);
  return text.split("\n").filter((line) => line.startsWith("quorate_queue"));
}

/** A queue with messages in every state. */
async function fill(name: string): Promise<void> {
  const path = `/v1/queues/${name}`;
  await gateway.send("PUT", path, { body: { maxFailures: 1 } });
  const messages = [
    { body: "dead" },
    { body: "leased", groupId: "g" },
    { body: "blocked", groupId: "g" },
    { body: "scheduled", delayMs: 60_000 },
    ...Array.from({ length: 4 }, () => ({ body: "ready" })),
  ];
  await gateway.send("POST", `${path}/enqueue/batch`, { body: { messages } });
  const { text } = await gateway.send("POST", `${path}/dequeue`, { body: {} });
  const [, leaseId = ""] = /"leaseId":"(l_\w+)"/.exec(text) ?? [];
  await gateway.send("POST", `${path}/leases/${leaseId}/reject`, { body: {} });
  await gateway.send("POST", `${path}/dequeue`, { body: {} });
}

test("the depths of a queue by state, and how long its oldest message has waited", async () => {
  await fill("orders");
  gateway.cluster.advance(2500);
  expect(await scraped("read:*")).toEqual([
    'quorate_queue_messages{queue="orders",state="ready"} 4',
    'quorate_queue_messages{queue="orders",state="blocked"} 1',
    'quorate_queue_messages{queue="orders",state="leased"} 1',
    'quorate_queue_messages{queue="orders",state="scheduled"} 1',
    'quorate_queue_messages{queue="orders",state="dead"} 1',
    'quorate_queue_oldest_ready_age_seconds{queue="orders"} 2.5',
    expect.stringMatching(/^quorate_queue_bytes\{queue="orders"\} [1-9]\d*$/),
    "quorate_queues_left_out 0",
  ]);
});

test("queues are told to whose token may read them, and to nobody without one", async () => {
  for (const name of ["orders", "mail"]) await gateway.send("PUT", `/v1/queues/${name}`);
  const named = (lines: readonly string[]) =>
    [...new Set(lines.flatMap((line) => /queue="(\w+)"/.exec(line)?.[1] ?? []))].toSorted();
  expect(named(await scraped("read:*"))).toEqual(["mail", "orders"]);
  expect(named(await scraped("read:or*"))).toEqual(["orders"]);
  expect(named(await scraped("enqueue:*"))).toEqual([]);
  expect(await scraped(null)).toEqual([]);
  const bad = await gateway.send("GET", "/metrics", { token: "x" });
  expect(problemIn(bad).code).toBe("token-invalid");
  const open = await startTestGateway({ beside: gateway, queueMetrics: "everyone" });
  expect(named(await scraped(null, open))).toEqual(["mail", "orders"]);
  await open.stop();
});

test("however often it is scraped, a replica is asked once in a few seconds", async () => {
  await gateway.send("PUT", "/v1/queues/orders");
  const asked = vi.spyOn(gateway.cluster, "query");
  await Promise.all([scraped("read:*"), scraped("read:*"), scraped("read:*")]);
  gateway.cluster.advance(queueDepthsFreshMs - 1);
  await scraped("read:*");
  expect(asked).toHaveBeenCalledTimes(1);
  await gateway.send("PUT", "/v1/queues/mail");
  gateway.cluster.advance(1);
  expect((await scraped("read:*")).join(" ")).toContain("mail");
  expect(asked).toHaveBeenCalledTimes(2);
});

test("while no replica answers there are no depths, rather than old ones, and the rest is told", async () => {
  await gateway.send("PUT", "/v1/queues/orders");
  expect(await scraped("read:*")).not.toEqual([]);
  gateway.cluster.failWith("no-quorum");
  gateway.cluster.advance(queueDepthsFreshMs);
  expect(await scraped("read:*")).toEqual([]);
  gateway.cluster.failWith(null);
  gateway.cluster.advance(queueDepthsFreshMs);
  expect(await scraped("read:*")).not.toEqual([]);
});

test("more queues than are told of are left out, and that is said", async () => {
  const names = Array.from({ length: 101 }, (_, index) => `q${String(index).padStart(3, "0")}`);
  for (const name of names) await gateway.send("PUT", `/v1/queues/${name}`);
  const { views, isWhole } = await readQueues(gateway.cluster, 100);
  expect(views.map(({ name }) => name)).toEqual(names.slice(0, 100));
  const text = queueMetricsText(views, { isWhole, nowMs: gateway.cluster.nowMs() });
  expect(text).toContain("\nquorate_queues_left_out 1\n");
});
