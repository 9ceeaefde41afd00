import { expect, test } from "vitest";
import { TestCluster } from "./test-cluster.ts";

const base = "http://quorate.test/v1/queues/orders";

async function clusterWithQueue(): Promise<TestCluster> {
  const cluster = new TestCluster();
  await cluster.client().queue("orders").put();
  return cluster;
}

test("a body that is not JSON is stored as it is, with its label and its options", async () => {
  const { fetch } = await clusterWithQueue();
  const body = new Uint8Array([0, 255, 10]);
  const headers = { "content-type": "image/x", "quorate-priority": "9" };
  const sent = await fetch(`${base}/enqueue`, { method: "POST", body, headers });
  expect(sent.status).toBe(201);
  const received = await fetch(`${base}/dequeue`, { method: "POST" });
  expect(await received.json()).toMatchObject({
    messages: [{ bodyBase64: "AP8K", contentType: "image/x", priority: 9 }],
  });
});

test("a text without a label is none that JSON is taken from", async () => {
  const { fetch } = await clusterWithQueue();
  const sent = await fetch(`${base}/settle`, { method: "POST", body: "{}" });
  expect(sent.status).toBe(415);
  expect(sent.headers.get("content-type")).toBe("application/problem+json");
});

test("a call that nothing names must not be sent again when its outcome is unknown", async () => {
  const cluster = await clusterWithQueue();
  cluster.failWith("outcome-unknown");
  const send = async (body: object) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return (await cluster.fetch(`${base}/enqueue`, init)).json();
  };
  expect(await send({ body: 1 })).toMatchObject({ code: "outcome-unknown", retryable: false });
  expect(await send({ body: 1, dedupId: "d" })).toMatchObject({ retryable: true });
  cluster.failWith(null);
  const { stats } = await cluster.client().queue("orders").get();
  expect(stats.ready).toBe(2);
});

test("who waits for messages is told when they can no longer come", async () => {
  const cluster = await clusterWithQueue();
  const queue = cluster.client({ maxRetries: 0 }).queue("orders");
  const waiting = queue.dequeue({ waitMs: 5000 }).catch((error: Error) => error);
  await cluster.advance(1000);
  await queue.delete();
  await cluster.advance(5000);
  expect(await waiting).toMatchObject({ code: "queue-not-found" });
});

test("a route that is not of queues is not there", async () => {
  const { fetch } = await clusterWithQueue();
  expect((await fetch("http://quorate.test/v1/cluster")).status).toBe(404);
});
