/** What holds of a client, whatever cluster it talks to. */
import { LeaseLostError } from "@quorate/sdk";
import { describe, expect, test } from "vitest";
import { errorOf, stageOfTests, stages } from "./stage.ts";

describe.each(stages)("a client of $name", async ({ start }) => {
  const stage = await stageOfTests(start);
  const { newQueue } = stage;

  test("a message comes back as it was sent, with what was said of it", async () => {
    const queue = await newQueue<{ readonly id: number }>();
    const sent = await queue.enqueue(
      { id: 7 },
      { groupId: "g", priority: 9, headers: { "X-Kind": "a" }, contentType: "application/x" },
    );
    expect(sent).toMatchObject({ duplicate: false, seq: 1 });
    const { messages, replayed, dequeueId } = await queue.dequeue({ worker: "w" });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      messageId: sent.messageId,
      body: { id: 7 },
      groupId: "g",
      priority: 9,
      headers: { "X-Kind": "a" },
      contentType: "application/x",
      deliveries: 1,
      failures: 0,
      enqueuedAt: sent.enqueuedAt,
    });
    expect(replayed).toBe(false);
    expect(dequeueId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("bytes stay bytes, and whole numbers of any size stay exact", async () => {
    const queue = await newQueue();
    const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 256);
    const bodies = [bytes, { n: 2n ** 64n }, null, "text", 1.5, [], new Uint8Array(0)];
    await queue.enqueueMany(bodies.map((body) => ({ body })));
    const { messages } = await queue.dequeue({ max: 10 });
    expect(messages.map(({ body }) => body)).toEqual(bodies);
    expect(messages[0]?.contentType).toBe("application/octet-stream");
  });

  test("a body that has no JSON fails alone", async () => {
    const queue = await newQueue();
    const [bad, good] = await Promise.allSettled([queue.enqueue(undefined), queue.enqueue(1)]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "usage" } });
    expect(good.status).toBe("fulfilled");
  });

  test("a body that no gateway reads costs the calls beside it nothing", async () => {
    const queue = await newQueue<string>();
    const bodies = ["a", "half \ud800", "b"];
    const results = await queue.enqueueMany(bodies.map((body) => ({ body, groupId: "g" })));
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({ error: { code: "request-invalid" } });
    expect((await queue.dequeue({ max: 9 })).messages.map(({ body }) => body)).toEqual(["a", "b"]);
  });

  test("a dedup id is the caller's, and its duplicate answers the first one's ids", async () => {
    const queue = await newQueue<number>();
    const first = await queue.enqueue(1, { dedupId: "d" });
    const second = await queue.enqueue(1, { dedupId: "d" });
    expect(second).toMatchObject({ messageId: first.messageId, seq: 1, duplicate: true });
    const error = await errorOf(queue.enqueue(2, { dedupId: "d" }));
    expect(error).toMatchObject({ code: "dedup-conflict", status: 422, outcome: "not-executed" });
    expect(error.problem?.messageId).toBe(first.messageId);
    // Equal bodies without a dedup id are two messages.
    await Promise.all([queue.enqueue(3), queue.enqueue(3)]);
    expect((await queue.get()).stats.ready).toBe(3);
  });

  test("many messages are stored in their order, and each has its own result", async () => {
    const queue = await newQueue<number>();
    const bodies = Array.from({ length: 2500 }, (_, index) => index);
    const results = await queue.enqueueMany(
      bodies.map((body) => ({ body, groupId: "all", ...(body === 7 ? { priority: 11 } : {}) })),
    );
    expect(results).toHaveLength(2500);
    expect(results.filter(({ ok }) => !ok)).toHaveLength(1);
    expect(results[7]).toMatchObject({ ok: false, error: { code: "limit-exceeded", status: 400 } });
    const seqs = results.flatMap((result) => (result.ok ? [result.seq] : []));
    expect(seqs).toEqual(seqs.toSorted((left, right) => left - right));
    const { messages } = await queue.dequeue({ max: 100 });
    expect(messages.map(({ body }) => body)).toEqual(
      bodies.filter((body) => body !== 7).slice(0, 100),
    );
  });

  test("an asynchronous source is stored as it comes", async () => {
    const queue = await newQueue<number>();
    async function* source() {
      for (let body = 0; body < 3; body++) yield await Promise.resolve({ body });
    }
    const results = await queue.enqueueMany(source());
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  test("all or nothing is all or nothing", async () => {
    const queue = await newQueue<number>();
    const error = await errorOf(queue.enqueueAll([{ body: 1 }, { body: 2, priority: 11 }]));
    expect(error.problem?.index).toBe(1);
    expect((await queue.get()).stats.ready).toBe(0);
    const stored = await queue.enqueueAll([{ body: 1 }, { body: 2 }]);
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("a dequeue that is asked again brings the same leases", async () => {
    const queue = await newQueue<number>();
    await queue.enqueueMany([1, 2, 3].map((body) => ({ body })));
    const first = await queue.dequeue({ max: 2 });
    const again = await queue.dequeue({ max: 2, dequeueId: first.dequeueId });
    expect(again.replayed).toBe(true);
    expect(again.messages.map(({ leaseId }) => leaseId)).toEqual(
      first.messages.map(({ leaseId }) => leaseId),
    );
  });

  test("a dequeue that waits gets what is sent meanwhile", async () => {
    const queue = await newQueue<number>();
    const waiting = queue.dequeue({ waitMs: 20_000 });
    await queue.enqueue(5);
    expect((await waiting).messages.map(({ body }) => body)).toEqual([5]);
  });

  test("every verb settles as it says, and a lost lease is an error of its own", async () => {
    const queue = await newQueue<number>();
    await queue.enqueueMany([1, 2, 3, 4].map((body) => ({ body })));
    const { messages } = await queue.dequeue({ max: 4, leaseMs: 10_000 });
    const [first, second, third, fourth] = messages;
    if (!first || !second || !third || !fourth) throw new Error("a message is missing");
    expect(await queue.extend(first, { leaseMs: 60_000 })).toMatchObject({ state: "leased" });
    expect(await queue.ack(first)).toMatchObject({ state: "done", alreadySettled: false });
    expect(await queue.ack(first)).toMatchObject({ state: "done", alreadySettled: true });
    const error = { type: "Error", message: "broken" };
    expect(await queue.nack(second, { error })).toMatchObject({ state: "scheduled" });
    expect(await queue.release(third)).toMatchObject({ state: "ready" });
    expect(await queue.reject(fourth, { reason: "never" })).toMatchObject({ state: "dead" });
    const lost = await errorOf(queue.ack(second));
    expect(lost).toBeInstanceOf(LeaseLostError);
    expect(lost).toMatchObject({ code: "already-settled", status: 409 });
  });

  test("a lease that has ended is lost, and its successor has a higher fence", async () => {
    const queue = await newQueue<number>();
    await queue.enqueue(1);
    const first = (await queue.dequeue({ leaseMs: 1000 })).messages[0];
    await stage.advance(5000);
    const second = (await queue.dequeue()).messages[0];
    if (!first || !second) throw new Error("a message is missing");
    expect(second.fence).toBeGreaterThan(first.fence ?? Infinity);
    expect(second).toMatchObject({ failures: 1, deliveries: 2 });
    expect((await errorOf(queue.ack(first))).problem?.reason).toBe("superseded");
    await queue.ack(second);
  });

  test("a batch of settlements answers for each of them", async () => {
    const queue = await newQueue<number>();
    await queue.enqueueMany([1, 2].map((body) => ({ body })));
    const { messages, dequeueId } = await queue.dequeue({ max: 2 });
    const extended = await queue.extendAll({ dequeueId }, 60_000);
    expect(extended.extended).toHaveLength(2);
    const { results, summary } = await queue.settle([
      ...messages.map(({ leaseId }) => ({ action: "ack" as const, leaseId: leaseId ?? "" })),
      { action: "ack", leaseId: "l_nobody" },
    ]);
    expect(summary).toEqual({ ok: 2, failed: 1 });
    expect(results[2]).toMatchObject({ status: 404, problem: { code: "lease-unknown" } });
  });

  test("what is taken out has no lease", async () => {
    const queue = await newQueue<number>();
    await queue.enqueue(1);
    const [message] = (await queue.dequeue({ mode: "delete" })).messages;
    if (!message) throw new Error("a message is missing");
    expect(message.leaseId).toBeNull();
    expect(await errorOf(queue.ack(message))).toMatchObject({ code: "usage" });
  });

  test("whether calls share requests or not, a group keeps the order of the calls", async () => {
    for (const coalesce of [false, { batchesMax: 8, entriesMax: 3 }] as const) {
      const queue = await newQueue<number>({}, { coalesce });
      const bodies = Array.from({ length: 60 }, (_, index) => index);
      await Promise.all(bodies.map((body) => queue.enqueue(body, { groupId: `g${body % 2}` })));
      for (const group of ["g0", "g1"]) {
        const { messages } = await queue.dequeue({ max: 100, maxPerGroup: 100 });
        const inGroup = messages.filter(({ groupId }) => groupId === group);
        const order = inGroup.map(({ body }) => body);
        expect(order).toEqual(order.toSorted((left, right) => left - right));
        await queue.settle(
          messages.map(({ leaseId }) => ({ action: "release", leaseId: leaseId ?? "" })),
        );
      }
    }
  });
});
