import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn, type Received } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

async function newQueue(config: object = {}, bodies: readonly unknown[] = []): Promise<string> {
  const path = await gateway.newQueue(config);
  for (const body of bodies) await gateway.send("POST", `${path}/enqueue`, { body: { body } });
  return path;
}

const dequeue = (queue: string, body: object = {}, headers: Record<string, string> = {}) =>
  gateway.send("POST", `${queue}/dequeue`, { body, headers });

interface Delivery {
  readonly leaseId: string;
  readonly body: unknown;
  readonly leaseUntil: string;
  readonly fence: number;
}

const messagesIn = ({ json }: Received) => json["messages"] as readonly Delivery[];

/** Callers who have asked for messages of the queue. */
async function consumersOf(queue: string): Promise<number> {
  const { json } = await gateway.send("GET", queue);
  return (json["stats"] as { readonly consumers: number }).consumers;
}

describe("dequeue", () => {
  it("gives messages under leases, oldest first, with the default of one", async () => {
    const queue = await newQueue({ leaseMsDefault: 5000 }, [1, 2, 3]);
    const first = await dequeue(queue);
    expect(messagesIn(first)).toMatchObject([
      { body: 1, seq: 1, deliveries: 1, failures: 0, groupId: null, headers: {}, priority: 4 },
    ]);
    const until = new Date(gateway.cluster.nowMs() + 5000).toISOString();
    expect(messagesIn(first)[0]?.leaseUntil).toBe(until);
    const rest = await dequeue(queue, { max: 10, leaseMs: 60_000, worker: "w1" });
    expect(messagesIn(rest).map(({ body }) => body)).toEqual([2, 3]);
    expect(rest.json).toMatchObject({ replayed: false, lost: [], paused: false });
    expect(messagesIn(rest)[0]?.fence).toBeGreaterThan(messagesIn(first)[0]?.fence ?? Infinity);
  });

  it("without messages answers a read: no op is added", async () => {
    const queue = await newQueue();
    const before = gateway.cluster.op();
    const { status, json } = await dequeue(queue, { dequeueId: "a" });
    expect(status).toBe(200);
    expect(json).toMatchObject({ messages: [], coord: { op: before } });
    expect(gateway.cluster.op()).toBe(before);
    await gateway.send("POST", `${queue}/enqueue`, { body: { body: 1 } });
    await dequeue(queue);
    expect((await dequeue(queue)).json["coord"]).toMatchObject({ op: before + 2 });
  });

  it("with an id is replayed to the same principal, and to nobody else", async () => {
    const queue = await newQueue({}, [1, 2, 3]);
    const first = await dequeue(queue, { max: 2, dequeueId: "d" });
    const again = await dequeue(queue, { max: 2 }, { "Idempotency-Key": '"d"' });
    expect(again.json["replayed"]).toBe(true);
    const ids = messagesIn(first).map(({ leaseId }) => leaseId);
    expect(messagesIn(again).map(({ leaseId }) => leaseId)).toEqual(ids);
    const token = await gateway.issuer.token("dequeue:*", { claims: { sub: "bob" } });
    const bob = await gateway.send("POST", `${queue}/dequeue`, {
      token,
      body: { max: 2, dequeueId: "d" },
    });
    expect(messagesIn(bob).map(({ body }) => body)).toEqual([3]);
    await gateway.send("POST", `${queue}/leases/${ids[0]}/ack`, {});
    const rest = await dequeue(queue, { max: 2, dequeueId: "d" });
    expect(messagesIn(rest).map(({ leaseId }) => leaseId)).toEqual([ids[1]]);
    expect(rest.json["lost"]).toMatchObject([
      { leaseId: ids[0], messageId: null, reason: "settled" },
    ]);
    const other = await dequeue(queue, { max: 3, dequeueId: "d" });
    expect(other.status).toBe(422);
    expect(problemIn(other).code).toBe("dequeue-id-reused");
  });

  it("refuses two different ids", async () => {
    const queue = await newQueue();
    const answer = await dequeue(queue, { dequeueId: "a" }, { "Idempotency-Key": "b" });
    expect(problemIn(answer)).toMatchObject({ code: "request-invalid" });
    expect((await dequeue(queue, { dequeueId: "a" }, { "Idempotency-Key": "a" })).status).toBe(200);
  });

  it("in mode delete takes messages out at once, and can be fetched again", async () => {
    const queue = await newQueue({}, [1, 2]);
    const popped = await dequeue(queue, { max: 2, mode: "delete", dequeueId: "p" });
    expect(messagesIn(popped)).toMatchObject([
      { body: 1, leaseId: null, leaseUntil: null, fence: null },
      { body: 2, leaseId: null },
    ]);
    const { json } = await gateway.send("GET", queue);
    expect(json["stats"]).toMatchObject({ ready: 0, leased: 0 });
    const again = await dequeue(queue, { max: 2, mode: "delete", dequeueId: "p" });
    expect(messagesIn(again).map(({ body }) => body)).toEqual([1, 2]);
    expect(again.json["replayed"]).toBe(true);
  });

  it("stops at the limit of messages in flight", async () => {
    const queue = await newQueue({ maxInFlight: 1 }, [1, 2]);
    expect(messagesIn(await dequeue(queue, { max: 2 }))).toHaveLength(1);
    const answer = await dequeue(queue, { max: 2 });
    expect(answer.status).toBe(429);
    expect(problemIn(answer)).toMatchObject({
      code: "in-flight-limit",
      limit: "maxInFlight",
      max: 1,
    });
    expect(answer.headers.get("retry-after")).toBe("1");
  });

  it("delivers again what was not settled in time, and counts it", async () => {
    const queue = await newQueue({ leaseMsDefault: 1000 }, [1]);
    await dequeue(queue);
    gateway.cluster.advance(2500);
    gateway.cluster.advance(2500);
    expect(messagesIn(await dequeue(queue))).toMatchObject([
      { body: 1, deliveries: 2, failures: 1 },
    ]);
    const { json } = await gateway.send("GET", queue);
    expect(json["stats"]).toMatchObject({ leased: 1, consumers: 1, rates: { source: "gateway" } });
  });

  it("of groups gives one run at a time, in order", async () => {
    const queue = await newQueue();
    const messages = ["a", "a", "b", "a"].map((groupId, body) => ({ body, groupId }));
    await gateway.send("POST", `${queue}/enqueue/batch`, { body: { messages } });
    const first = await dequeue(queue, { max: 10, maxPerGroup: 2 });
    expect(messagesIn(first).map(({ body }) => body)).toEqual([0, 1, 2]);
    expect(messagesIn(await dequeue(queue, { max: 10 }))).toEqual([]);
  });

  it("takes a worker's label of 128 characters, whatever they are, and shows it", async () => {
    const queue = await newQueue({}, [1]);
    const worker = "😀".repeat(128);
    expect(messagesIn(await dequeue(queue, { worker }))).toHaveLength(1);
    const { json } = await gateway.send("GET", `${queue}/messages`);
    expect(json["messages"]).toMatchObject([{ lease: { worker } }]);
  });

  it.each([
    [{ max: 0 }, "limit-exceeded"],
    [{ max: 101 }, "limit-exceeded"],
    [{ leaseMs: 999 }, "limit-exceeded"],
    [{ leaseMs: 43_200_001 }, "limit-exceeded"],
    [{ waitMs: 30_001 }, "limit-exceeded"],
    [{ maxPerGroup: 101 }, "limit-exceeded"],
    [{ worker: "w".repeat(129) }, "limit-exceeded"],
    [{ worker: "😀".repeat(129) }, "limit-exceeded"],
    [{ mode: "peek" }, "request-invalid"],
    [{ from: "leased" }, "request-invalid"],
    [{ dequeueId: "a b" }, "request-invalid"],
    [{ max: "1" }, "request-invalid"],
    [{ limit: 1 }, "request-invalid"],
  ])("refuses %j as %s", async (body, code) => {
    const queue = await newQueue();
    const answer = await dequeue(queue, body);
    expect(answer.status).toBe(400);
    expect(problemIn(answer).code).toBe(code);
  });

  it("needs no body, and finds no queue where there is none", async () => {
    const queue = await newQueue({}, [1]);
    expect(messagesIn(await gateway.send("POST", `${queue}/dequeue`))).toHaveLength(1);
    expect(problemIn(await dequeue("/v1/queues/nowhere")).code).toBe("queue-not-found");
  });
});

describe("waiting", () => {
  const enqueue = (queue: string, body: unknown) =>
    gateway.send("POST", `${queue}/enqueue`, { body: { body } });

  it("a waiting call gets what comes, as soon as it comes", async () => {
    const queue = await newQueue();
    const waiting = dequeue(queue, { waitMs: 30_000, dequeueId: "w" });
    await enqueue(queue, "late");
    const answer = await waiting;
    expect(messagesIn(answer)).toMatchObject([{ body: "late" }]);
  });

  it("waiting calls are served in order of arrival", async () => {
    const queue = await newQueue();
    const served: number[] = [];
    const calls: Promise<void>[] = [];
    for (let index = 0; index < 5; index++) {
      const token = await gateway.issuer.token("dequeue:*", { claims: { sub: `caller-${index}` } });
      const body = { waitMs: 30_000 };
      const call = gateway.send("POST", `${queue}/dequeue`, { token, body }).then((answer) => {
        served.push(index);
        expect(messagesIn(answer)).toMatchObject([{ body: index }]);
      });
      calls.push(call);
      // A read that counts the caller comes back after his call has joined the line.
      await expect.poll(() => consumersOf(queue)).toBe(index + 1);
    }
    for (let body = 0; body < 5; body++) await enqueue(queue, body);
    await Promise.all(calls);
    expect(served).toEqual([0, 1, 2, 3, 4]);
  });

  it("ends empty when its time is over, with a fresh read", async () => {
    const queue = await newQueue();
    const startedAt = performance.now();
    const answer = await dequeue(queue, { waitMs: 60 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
    expect(answer.json).toMatchObject({ messages: [], coord: { op: gateway.cluster.op() } });
  });

  it("takes nothing when its client has gone", async () => {
    const queue = await newQueue();
    const gone = new AbortController();
    const waiting = gateway.send("POST", `${queue}/dequeue`, {
      body: { waitMs: 30_000 },
      signal: gone.signal,
    });
    await expect.poll(() => consumersOf(queue)).toBe(1);
    gone.abort();
    await expect(waiting).rejects.toThrow("aborted");
    await gateway.send("GET", queue);
    await enqueue(queue, 1);
    const { json } = await gateway.send("GET", queue);
    expect(json["stats"]).toMatchObject({ ready: 1, leased: 0 });
  });

  it("Prefer: wait is waitMs, and the answer says so", async () => {
    const queue = await newQueue();
    const waiting = dequeue(queue, {}, { Prefer: "wait=20" });
    await gateway.send("GET", queue);
    await enqueue(queue, 1);
    const answer = await waiting;
    expect(messagesIn(answer)).toHaveLength(1);
    expect(answer.headers.get("preference-applied")).toBe("wait=20");
    for (const [preference, applied] of [
      ['respond-async, wait="5"', "wait=5"],
      ["Wait = 123456789; x", "wait=30"],
      ["wait=soon", null],
    ] as const) {
      await enqueue(queue, 1);
      const { headers } = await dequeue(queue, {}, { Prefer: preference });
      expect(headers.get("preference-applied"), preference).toBe(applied);
    }
    const other = await dequeue(queue, { waitMs: 0 }, { Prefer: "wait=20" });
    expect(other.headers.get("preference-applied")).toBeNull();
  });

  it("answers a replay of what another call with the same id took meanwhile", async () => {
    const queue = await newQueue();
    const waiting = dequeue(queue, { waitMs: 30_000, dequeueId: "twin" });
    await gateway.send("GET", queue);
    await enqueue(queue, 1);
    const [one, two] = await Promise.all([waiting, dequeue(queue, { dequeueId: "twin" })]);
    expect(messagesIn(one).map(({ leaseId }) => leaseId)).toEqual(
      messagesIn(two).map(({ leaseId }) => leaseId),
    );
    expect(one.json["replayed"]).toBe(two.json["replayed"] === false);
  });

  it("a flood of messages is shared out among all who wait", async () => {
    const queue = await newQueue();
    const calls = Array.from({ length: 40 }, () => dequeue(queue, { waitMs: 30_000, max: 5 }));
    await gateway.send("GET", queue);
    const messages = Array.from({ length: 200 }, (_, body) => ({ body }));
    await gateway.send("POST", `${queue}/enqueue/batch`, { body: { messages } });
    const bodies = (await Promise.all(calls)).flatMap((each) =>
      messagesIn(each).map(({ body }) => body),
    );
    expect(bodies.toSorted((left, right) => Number(left) - Number(right))).toEqual(
      messages.map(({ body }) => body),
    );
  });
});
