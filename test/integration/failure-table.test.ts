/**
 * What survives which failure: the table of docs/queue.md, a row a test, on real processes. An
 * answer is lost by a proxy that breaks the connection once the API has answered.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Fields, fieldsIn, listIn, numberIn, textIn } from "./rig/answer.ts";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { type LossyProxy, startLossyProxy } from "./rig/lossy-proxy.ts";
import { NoAnswer, RestClient } from "./rig/rest-client.ts";
import { untilDone } from "./rig/retry.ts";

/** The shortest lease that the contract allows. */
const leaseMsMin = 1_000;
const roundsOfAtomicBatches = 6;
const messagesPerBatch = 200;

let cluster: Cluster;
let admin: RestClient;
let proxy: LossyProxy;
/** The same caller on a connection that may lose an answer. */
let unlucky: RestClient;
beforeAll(async () => {
  cluster = await startCluster();
  admin = cluster.client("admin");
  proxy = await startLossyProxy(cluster.apiUrl);
  unlucky = new RestClient({ apiUrl: proxy.url, token: cluster.tokens.admin, connections: 1 });
});
beforeEach(() => cluster.whole());
afterAll(async () => {
  unlucky.close();
  await proxy.stop();
  await cluster.stop();
});

const madeQueue = async (name: string, config: Fields = {}): Promise<string> => {
  const path = `/v1/queues/${name}`;
  await untilDone(() => admin.put(path, config));
  return path;
};
const stats = async (queue: string): Promise<Fields> => {
  const { body } = await untilDone(() => admin.get(queue));
  return fieldsIn(body, "stats");
};
/** Sends a call whose answer is lost. */
const lose = async (path: string, value: unknown, headers: Record<string, string> = {}) => {
  proxy.loseNextAnswer();
  await expect(unlucky.post(path, value, headers)).rejects.toThrow(NoAnswer);
};
const messageOf = async (queue: string, options: Fields = {}): Promise<Fields> => {
  const { body } = await untilDone(() =>
    admin.post(`${queue}/dequeue`, { dequeueId: "first", ...options }),
  );
  const [message] = listIn(body, "messages");
  expect(message, JSON.stringify(body)).toBeDefined();
  return message ?? {};
};

test("enqueue, refused before anybody prepared it: 503, nothing, and the retry enqueues", async () => {
  const queue = await madeQueue("never-prepared");
  const message = { body: 1, dedupId: "one" };
  await Promise.all(cluster.replicas.map(({ process }) => process.kill()));
  await cluster.lookUntil("nobody to ask", ({ reachable }) => reachable === 0);
  const refused = await admin.post(`${queue}/enqueue`, message);
  expect(refused.status).toBe(503);
  expect(refused.body).toMatchObject({ outcome: "not-executed", retryable: true });

  for (const { process } of cluster.replicas) process.start();
  await cluster.whole();
  const retried = await untilDone(() => admin.post(`${queue}/enqueue`, message));
  expect([retried.status, retried.body["duplicate"]]).toEqual([201, false]);
  expect(await stats(queue)).toMatchObject({ ready: 1 });
});

test("enqueue, prepared by one and dropped by a view change: 504, nothing, and the retry enqueues", async () => {
  const queue = await madeQueue("dropped");
  const message = { body: 1, dedupId: "one" };
  const primary = await cluster.primary();
  const backups = await cluster.backups();
  await Promise.all(backups.map(({ process }) => process.kill()));
  const lost = await admin.post(`${queue}/enqueue`, message);
  expect([lost.status, lost.body["outcome"]]).toEqual([504, "unknown"]);

  // Neither the one that prepared it nor the gateway that would ask again is there when the others
  // form the next view.
  await Promise.all([primary.process.kill(), cluster.api.kill()]);
  for (const { process } of [...backups, { process: cluster.api }]) process.start();
  const retried = await untilDone(() => admin.post(`${queue}/enqueue`, message));
  expect([retried.status, retried.body["duplicate"]]).toEqual([201, false]);

  primary.process.start();
  await cluster.whole();
  expect(await stats(queue)).toMatchObject({ ready: 1 });
  const again = await untilDone(() => admin.post(`${queue}/enqueue`, message));
  expect([again.status, again.body["messageId"]]).toEqual([200, retried.body["messageId"]]);
});

test("enqueue, committed and the answer lost: the message is there, the retry names it", async () => {
  const queue = await madeQueue("lost-enqueue");
  for (const [message, headers] of [
    [{ body: 1, dedupId: "one" }, {}],
    [{ body: 2 }, { "idempotency-key": '"two"' }],
  ] as const) {
    await lose(`${queue}/enqueue`, message, headers);
    const retried = await admin.post(`${queue}/enqueue`, message, headers);
    expect([retried.status, retried.body["duplicate"]]).toEqual([200, true]);
  }
  expect(await stats(queue)).toMatchObject({ ready: 2 });
});

test("dequeue, committed and the answer lost: the same call gets the same leases", async () => {
  const queue = await madeQueue("lost-dequeue");
  await admin.post(`${queue}/enqueue/batch`, { messages: [{ body: 1 }, { body: 2 }, { body: 3 }] });
  const call = { max: 2, dequeueId: "first", leaseMs: 60_000 };
  await lose(`${queue}/dequeue`, call);
  expect(await stats(queue)).toMatchObject({ ready: 1, leased: 2 });

  const replayed = await admin.post(`${queue}/dequeue`, call);
  expect(replayed.body).toMatchObject({ replayed: true, lost: [] });
  expect(listIn(replayed.body, "messages").map((each) => each["body"])).toEqual([1, 2]);
  expect(listIn(replayed.body, "messages").map((each) => each["deliveries"])).toEqual([1, 1]);
});

test("pop, committed and the answer lost: the same call gets the same bodies", async () => {
  const queue = await madeQueue("lost-pop");
  await admin.post(`${queue}/enqueue/batch`, { messages: [{ body: "a" }, { body: "b" }] });
  const call = { max: 2, mode: "delete", dequeueId: "first" };
  await lose(`${queue}/dequeue`, call);
  expect(await stats(queue)).toMatchObject({ ready: 0, leased: 0 });

  const replayed = await admin.post(`${queue}/dequeue`, call);
  expect(listIn(replayed.body, "messages").map((each) => each["body"])).toEqual(["a", "b"]);
  const other = await admin.post(`${queue}/dequeue`, { ...call, dequeueId: "second" });
  expect(listIn(other.body, "messages")).toEqual([]);
});

test("a worker that crashed: its lease ends, the message is at its group's head again", async () => {
  const queue = await madeQueue("crashed-worker", { backoff: { baseMs: 0, maxMs: 0 } });
  const messages = [1, 2].map((body) => ({ body, groupId: "g" }));
  await admin.post(`${queue}/enqueue/batch`, { messages });
  const taken = await messageOf(queue, { leaseMs: leaseMsMin });
  const again = await messageOf(queue, { dequeueId: "second", waitMs: 10_000 });
  expect(again).toMatchObject({ body: 1, deliveries: 2, failures: 1 });
  expect(numberIn(again, "fence")).toBeGreaterThan(numberIn(taken, "fence"));
});

test("ack, committed and the answer lost: the retry hears that it is settled", async () => {
  const queue = await madeQueue("lost-ack");
  await admin.post(`${queue}/enqueue`, { body: 1 });
  const ack = `${queue}/leases/${textIn(await messageOf(queue), "leaseId")}/ack`;
  await lose(ack, {});
  const retried = await admin.post(ack, {});
  expect(retried.body).toMatchObject({ state: "done", alreadySettled: true });
});

test("an ack after the message was leased to another: refused as superseded", async () => {
  const queue = await madeQueue("superseded");
  await admin.post(`${queue}/enqueue`, { body: 1 });
  const first = await messageOf(queue, { leaseMs: leaseMsMin });
  const second = await messageOf(queue, { dequeueId: "second", waitMs: 10_000 });
  const stale = await admin.post(`${queue}/leases/${textIn(first, "leaseId")}/ack`, {});
  expect(stale.status).toBe(409);
  expect(stale.body).toMatchObject({ code: "lease-lost", reason: "superseded" });
  const held = await admin.post(`${queue}/leases/${textIn(second, "leaseId")}/ack`, {});
  expect(held.body).toMatchObject({ state: "done", late: false });
});

test("the primary killed within an atomic batch: all of it or nothing, and the retry completes it", async () => {
  const queue = await madeQueue("atomic");
  for (let round = 1; round <= roundsOfAtomicBatches; round++) {
    const messages = Array.from({ length: messagesPerBatch }, (_, body) => ({ body }));
    const call = { messages, atomic: true };
    const headers = { "idempotency-key": `"round-${round}"` };
    const primary = await cluster.primary();
    const [, answer] = await Promise.all([
      primary.process.kill(),
      admin.post(`${queue}/enqueue/batch`, call, headers),
    ]);
    const ready = numberIn(await stats(queue), "ready");
    expect([round - 1, round].map((each) => each * messagesPerBatch)).toContain(ready);
    if (answer.status === 200) expect(ready).toBe(round * messagesPerBatch);

    await untilDone(() => admin.post(`${queue}/enqueue/batch`, call, headers));
    expect(await stats(queue)).toMatchObject({ ready: round * messagesPerBatch });
    primary.process.start();
    await cluster.whole();
  }
});

test("the majority lost: every write and read is refused, a stale read says what it knew", async () => {
  const queue = await madeQueue("no-majority");
  await admin.post(`${queue}/enqueue`, { body: 1 });
  const leaseId = textIn(await messageOf(queue, { leaseMs: 600_000 }), "leaseId");
  await cluster.whole();
  const primary = await cluster.primary();
  const [backup] = await cluster.backups();
  const killed = [primary.process, backup?.process ?? primary.process];
  await Promise.all(killed.map((each) => each.kill()));
  await cluster.lookUntil("a gateway that knows", ({ status }) => status === "no-quorum");

  for (const call of [
    () => admin.post(`${queue}/enqueue`, { body: 2 }),
    () => admin.post(`${queue}/dequeue`, {}),
    () => admin.post(`${queue}/leases/${leaseId}/ack`, {}),
    () => admin.put(queue, { maxFailures: 9 }),
    () => admin.get(queue),
  ]) {
    const refused = await call();
    expect(refused.status, refused.text).toBe(503);
    expect(refused.body).toMatchObject({ code: "no-quorum", outcome: "not-executed" });
  }
  const stale = await admin.get(`${queue}?consistency=stale`);
  // The last commit may not have reached the one that is left; the one before it has.
  const { ready, leased } = fieldsIn(stale.body, "stats");
  expect([stale.status, Number(ready) + Number(leased)]).toEqual([200, 1]);
  expect((await admin.get("/readyz")).status).toBe(503);
  expect((await admin.get("/livez")).status).toBe(200);

  for (const each of killed) each.start();
  await cluster.whole();
  const acked = await untilDone(() => admin.post(`${queue}/leases/${leaseId}/ack`, {}));
  expect(acked.body).toMatchObject({ state: "done" });
  expect(await stats(queue)).toMatchObject({ ready: 0, leased: 0 });
});
