/** What a user of the queue does, over REST, against real processes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldsIn, listIn, numberIn, textIn } from "./rig/answer.ts";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { eventually } from "./rig/eventually.ts";
import { Producer } from "./rig/producer.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

test("a message is enqueued once, leased, acknowledged, and then gone", async () => {
  const admin = cluster.client("admin");
  const [producer, consumer] = [cluster.client("producer"), cluster.client("consumer")];
  expect((await admin.put("/v1/queues/story", {})).status).toBe(201);

  const body = { order: 7 };
  const first = await producer.post("/v1/queues/story/enqueue", { body, dedupId: "order-7" });
  const again = await producer.post("/v1/queues/story/enqueue", { body, dedupId: "order-7" });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.body).toMatchObject({ messageId: first.body["messageId"], duplicate: true });

  const taken = await consumer.post("/v1/queues/story/dequeue", { max: 10, dequeueId: "d1" });
  const [message, ...others] = listIn(taken.body, "messages");
  expect(others).toEqual([]);
  expect(message).toMatchObject({ messageId: first.body["messageId"], body, deliveries: 1 });
  const replay = await consumer.post("/v1/queues/story/dequeue", { max: 10, dequeueId: "d1" });
  expect(replay.body).toMatchObject({ replayed: true });
  const leaseId = textIn(message ?? {}, "leaseId");
  expect(listIn(replay.body, "messages").map((each) => each["leaseId"])).toEqual([leaseId]);

  const ack = `/v1/queues/story/leases/${leaseId}/ack`;
  expect((await consumer.post(ack, {})).body).toMatchObject({ state: "done" });
  expect((await consumer.post(ack, {})).body).toMatchObject({ alreadySettled: true });
  const { body: queue } = await producer.get("/v1/queues/story");
  const empty = { ready: 0, blocked: 0, leased: 0, scheduled: 0, dead: 0, bytes: 0 };
  expect(queue).toMatchObject({ stats: empty });
});

test("the largest batch is taken, and larger ones are refused and hold nobody up", async () => {
  const admin = cluster.client("admin");
  await admin.put("/v1/queues/large", {});
  const messagesOf = (bytes: number) =>
    Array.from({ length: 1000 }, (_, index) => ({
      body: "b".repeat(3000),
      headers: { large: "h".repeat(bytes) },
      groupId: `group-${index}`,
    }));
  const send = (bytes: number) =>
    admin.post("/v1/queues/large/enqueue/batch", { messages: messagesOf(bytes) });
  // More of them than the gateway has sessions: each would wait for ever in one.
  for (let refused = 0; refused < 4; refused++) {
    const { status, body } = await send(1700);
    expect([status, body["limit"]]).toEqual([413, "operationBytesMax"]);
  }
  const { status, body } = await send(1600);
  expect([status, fieldsIn(body, "summary")["accepted"]]).toEqual([200, 1000]);
});

test("what was in flight when the gateway was killed is enqueued exactly once", async () => {
  const count = 600;
  const admin = cluster.client("admin");
  await admin.put("/v1/queues/in-flight", {});
  const client = cluster.client("producer", 8);
  const load = { client, queue: "in-flight", count, batch: 5, connections: 8, bodyBytes: 256 };
  const producer = new Producer(load);
  cluster.api.restartAfter(0);
  const producing = producer.run();
  await eventually("a part is acknowledged", 30_000, () =>
    producer.acknowledged.size >= count / 3 ? true : null,
  );
  const [before] = producer.acknowledged;
  await cluster.api.kill();
  await producing;

  expect(producer.retries).toBeGreaterThan(0);
  expect(new Set(producer.acknowledged.values()).size).toBe(count);
  const { body: queue } = await client.get("/v1/queues/in-flight");
  expect(numberIn(fieldsIn(queue, "stats"), "ready")).toBe(count);

  // One that was acknowledged by the gateway that died.
  const [dedupId = "", messageId = ""] = before ?? [];
  const found = await admin.post("/v1/queues/in-flight/enqueue", { body: "another", dedupId });
  expect(found.status).toBe(422);
  expect(found.body).toMatchObject({ code: "dedup-conflict", messageId });
});

test("what was purged stays gone when the primary dies before it is freed", async () => {
  const admin = cluster.client("admin");
  await admin.put("/v1/queues/purged", {});
  const messages = Array.from({ length: 1_000 }, (_, body) => ({ body, groupId: `g${body % 7}` }));
  for (let batch = 0; batch < 6; batch++) {
    await admin.post("/v1/queues/purged/enqueue/batch", { messages });
  }
  const purge = { states: ["ready"], confirm: "purged" };
  const { body } = await admin.post("/v1/queues/purged/purge", purge);
  expect(body).toMatchObject({ removed: 6_000 });
  const primary = await cluster.primary();
  await primary.process.kill();

  const message = { body: "new", groupId: "g1", dedupId: "new" };
  await eventually("another primary stores a message", 30_000, async () => {
    const { status } = await admin.post("/v1/queues/purged/enqueue", message);
    return status < 300 ? status : null;
  });
  const { body: queue } = await admin.get("/v1/queues/purged");
  const one = { ready: 1, blocked: 0, leased: 0, scheduled: 0, dead: 0 };
  expect(queue).toMatchObject({ stats: one });
  const taken = await admin.post("/v1/queues/purged/dequeue", { max: 10 });
  expect(listIn(taken.body, "messages")).toMatchObject([{ seq: 6_001, body: "new" }]);
  primary.process.start();
  await cluster.whole();
});

test("a queue that was deleted ends who waits for it, and begins anew when it is made again", async () => {
  const admin = cluster.client("admin");
  await admin.put("/v1/queues/deleted", {});
  await admin.post("/v1/queues/deleted/enqueue", { body: 1, dedupId: "d" });
  const { status, text } = await admin.send("DELETE", "/v1/queues/deleted", null);
  expect([status, text.includes("queue-not-empty")]).toEqual([409, true]);
  await admin.post("/v1/queues/deleted/dequeue", { mode: "delete" });
  const waiting = admin.post("/v1/queues/deleted/dequeue", { waitMs: 20_000 });
  expect((await admin.send("DELETE", "/v1/queues/deleted", null)).status).toBe(204);
  expect(await waiting).toMatchObject({ status: 404, body: { code: "queue-not-found" } });

  await admin.put("/v1/queues/deleted", {});
  const again = await admin.post("/v1/queues/deleted/enqueue", { body: 2, dedupId: "d" });
  expect(again).toMatchObject({ status: 201, body: { seq: 1, duplicate: false } });
});

test("a message whose ttl is over becomes a dead letter by itself", async () => {
  const admin = cluster.client("admin");
  await admin.put("/v1/queues/ended", {});
  await admin.post("/v1/queues/ended/enqueue", { body: 1, ttlMs: 1_000 });
  const dead = await eventually("the message is dead", 10_000, async () => {
    const { body } = await admin.get("/v1/queues/ended/messages?state=dead");
    return listIn(body, "messages")[0] ?? null;
  });
  expect(dead).toMatchObject({ state: "dead", deliveries: 0, dead: { reason: "expired" } });
});
