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
