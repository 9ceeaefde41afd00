import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

/** A new queue's path, and what may be done with it. */
async function newQueue() {
  const path = await gateway.newQueue();
  const post = (action: string, body: object = {}, headers = {}) =>
    gateway.send("POST", `${path}/${action}`, { body, headers });
  return { path, post };
}

describe("a queue whose sending is paused", () => {
  it("answers 409, which may be tried again, and duplicates as ever", async () => {
    const { path, post } = await newQueue();
    await post("enqueue", { body: 1, dedupId: "a" });
    const paused = await post("pause", { what: "send", reason: "upkeep" });
    const at = new Date(gateway.cluster.nowMs()).toISOString();
    const by = "https://issuer.test alice";
    expect(paused.json["paused"]).toEqual({ send: { by, at, reason: "upkeep" }, receive: null });
    const refused = await post("enqueue", { body: 2 });
    expect(problemIn(refused)).toMatchObject({
      code: "paused",
      status: 409,
      retryable: true,
      outcome: "not-executed",
    });
    expect((await post("enqueue", { body: 1, dedupId: "a" })).status).toBe(200);
    const { json } = await gateway.send("GET", path);
    expect(json["paused"]).toEqual(paused.json["paused"]);
    expect((await post("resume", { what: "send" })).json["paused"]).toEqual({
      send: null,
      receive: null,
    });
    expect((await post("enqueue", { body: 2 })).status).toBe(201);
  });
});

describe("a queue whose receiving is paused", () => {
  it("answers as if it were empty, with paused: true, and settles", async () => {
    const { path, post } = await newQueue();
    await post("enqueue", { body: 1 });
    await post("enqueue", { body: 2 });
    const first = await post("dequeue", { dequeueId: "d" });
    await post("pause", { what: "receive" });
    const opBefore = gateway.cluster.op();
    expect((await post("dequeue")).json).toMatchObject({ messages: [], paused: true });
    expect(gateway.cluster.op()).toBe(opBefore);
    const again = await post("dequeue", { dequeueId: "d" });
    expect(again.json).toMatchObject({ replayed: true, paused: true });
    const [message] = first.json["messages"] as { leaseId: string }[];
    const acked = await gateway.send("POST", `${path}/leases/${message?.leaseId}/ack`, {
      body: {},
    });
    expect(acked.json["state"]).toBe("done");
  });

  it("lets a call wait, and serves it once receiving goes on", async () => {
    const { post } = await newQueue();
    await post("enqueue", { body: 1 });
    await post("pause", { what: "receive" });
    const waiting = post("dequeue", { waitMs: 20_000 });
    // A second call behind it tells that the first has asked, and waits.
    expect((await post("dequeue")).json["paused"]).toBe(true);
    await post("resume", { what: "receive" });
    const served = await waiting;
    expect(served.json).toMatchObject({ messages: [{ body: 1 }], paused: false });
  });
});

it("pausing needs manage, and a reason is cut at 1 KiB", async () => {
  const { path, post } = await newQueue();
  const token = await gateway.issuer.token("enqueue:* dequeue:* purge:*");
  const refused = await gateway.send("POST", `${path}/pause`, { body: { what: "send" }, token });
  expect(refused.status).toBe(403);
  const { json } = await post("pause", { what: "send", reason: "é".repeat(600) });
  expect(json).toMatchObject({ paused: { send: { reason: "é".repeat(512) } } });
  expect((await post("pause", { what: "both" })).status).toBe(400);
  const missing = await gateway.send("POST", "/v1/queues/no/pause", { body: { what: "send" } });
  expect(problemIn(missing).code).toBe("queue-not-found");
});
