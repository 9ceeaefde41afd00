import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

describe("enqueue/batch", () => {
  const send = (queue: string, body: unknown, headers: Record<string, string> = {}) =>
    gateway.send("POST", `${queue}/enqueue/batch`, { body, headers });

  it("answers entry by entry, in request order; a fault of one is its own", async () => {
    const queue = await gateway.newQueue();
    const { status, json: answer } = await send(queue, {
      messages: [
        { body: 1, dedupId: "a" },
        { body: 2, wrong: true },
        { body: 1, dedupId: "a" },
        { body: 3, dedupId: "a" },
        7,
        { bodyBase64: "AB==" },
        { body: 4, priority: 10 },
        { body: 5 },
      ],
    });
    expect(status).toBe(200);
    expect(answer["summary"]).toEqual({ accepted: 2, duplicates: 1, refused: 5 });
    expect(answer["results"]).toMatchObject([
      { status: 201, seq: 1, duplicate: false },
      {
        status: 400,
        problem: { code: "request-invalid", errors: [{ pointer: "/messages/1/wrong" }] },
      },
      { status: 200, seq: 1, duplicate: true },
      { status: 422, problem: { code: "dedup-conflict" } },
      { status: 400, problem: { code: "request-invalid", errors: [{ pointer: "/messages/4" }] } },
      {
        status: 400,
        problem: { code: "request-invalid", errors: [{ pointer: "/messages/5/bodyBase64" }] },
      },
      { status: 400, problem: { code: "limit-exceeded", limit: "priority", max: 9 } },
      { status: 201, seq: 2 },
    ]);
  });

  it("is filled in order when the queue is nearly full", async () => {
    const queue = await gateway.newQueue({ maxMessages: 2 });
    const { json: answer } = await send(queue, {
      messages: [{ body: 1 }, { body: 2 }, { body: 3 }],
    });
    expect(answer["results"]).toMatchObject([
      { status: 201 },
      { status: 201 },
      {
        status: 429,
        problem: { code: "queue-full", limit: "maxMessages", max: 2, retryable: true },
      },
    ]);
  });

  it("answers 200 though every entry is refused, with a coordinate", async () => {
    const queue = await gateway.newQueue();
    const { status, json: answer } = await send(queue, { messages: [{}, { body: 1, x: 1 }] });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ summary: { refused: 2 }, enqueuedAt: null });
    const nowhere = await send("/v1/queues/nowhere", { messages: [{}] });
    expect(problemIn(nowhere).code).toBe("queue-not-found");
  });

  it("atomic: all or nothing, and the problem names the failing entry", async () => {
    const queue = await gateway.newQueue({ bodyBytesMax: 5 });
    const invalid = await send(queue, { atomic: true, messages: [{ body: 1 }, { body: 1, x: 1 }] });
    expect(invalid.status).toBe(400);
    expect(problemIn(invalid)).toMatchObject({ code: "request-invalid", index: 1 });
    const large = await send(queue, {
      atomic: true,
      messages: [{ body: 1 }, { body: 2 }, { body: "too long" }],
    });
    expect(large.status).toBe(413);
    expect(problemIn(large)).toMatchObject({ code: "payload-too-large", index: 2 });
    const { json: state } = await gateway.send("GET", queue);
    expect(state["stats"]).toMatchObject({ ready: 0 });
    const good = await send(queue, { atomic: true, messages: [{ body: 1 }, { body: 2 }] });
    expect(good.json["summary"]).toEqual({ accepted: 2, duplicates: 0, refused: 0 });
  });

  it("is replayed by its Idempotency-Key: equal bytes, equal results", async () => {
    const queue = await gateway.newQueue();
    const key = { "Idempotency-Key": "batch-1" };
    const first = await send(queue, { messages: [{ body: 1 }, { wrong: 1 }] }, key);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    const again = await send(queue, { messages: [{ body: 1 }, { wrong: 1 }] }, key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.json["summary"]).toEqual(first.json["summary"]);
    const idsOf = (answer: typeof first) =>
      (answer.json["results"] as { messageId?: string }[]).map(({ messageId }) => messageId);
    expect(idsOf(again)).toEqual(idsOf(first));
    const other = await send(queue, { messages: [{ body: 2 }] }, key);
    expect(problemIn(other).code).toBe("idempotency-mismatch");
  });

  it("uses up its Idempotency-Key though every entry is malformed", async () => {
    const queue = await gateway.newQueue();
    const key = { "Idempotency-Key": "malformed-1" };
    const malformed = { messages: [{}, { body: 1, wrong: 1 }] };
    const first = await send(queue, malformed, key);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(first.json).toMatchObject({ summary: { refused: 2 }, enqueuedAt: null });
    const again = await send(queue, malformed, key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.json).toMatchObject({ summary: { refused: 2 }, enqueuedAt: null });
    for (const other of [{ messages: [{ body: 1 }] }, { messages: [{}] }]) {
      expect(problemIn(await send(queue, other, key)).code).toBe("idempotency-mismatch");
    }
    const nowhere = await send("/v1/queues/nowhere", malformed, key);
    expect(problemIn(nowhere).code).toBe("queue-not-found");
  });

  it("a fault of the envelope refuses the call", async () => {
    const queue = await gateway.newQueue();
    for (const body of [
      {},
      { messages: {} },
      { messages: [{ body: 1 }], x: 1 },
      { messages: [{ body: 1 }], atomic: 1 },
    ]) {
      expect(problemIn(await send(queue, body)).code).toBe("request-invalid");
    }
    expect(problemIn(await send(queue, { messages: [] })).code).toBe("limit-exceeded");
    const many = await send(queue, { messages: Array.from({ length: 1001 }, () => ({ body: 1 })) });
    expect(many.status).toBe(413);
    expect(problemIn(many)).toMatchObject({ limit: "batchMessagesMax", max: 1000 });
    const large = "x".repeat(900_000);
    const bytes = await send(queue, {
      messages: Array.from({ length: 5 }, () => ({ body: large })),
    });
    expect(bytes.status).toBe(413);
    expect(problemIn(bytes)).toMatchObject({ limit: "batchBytesMax", max: 4_194_304 });
  });

  it("whose headers and ids are too much for one op is refused, whatever its bodies are", async () => {
    const queue = await gateway.newQueue();
    const messages = Array.from({ length: 1000 }, (_, index) => ({
      body: index,
      headers: { large: "h".repeat(5000) },
    }));
    const answer = await send(queue, { messages });
    expect(answer.status).toBe(413);
    expect(problemIn(answer)).toMatchObject({
      code: "payload-too-large",
      outcome: "not-executed",
      limit: "operationBytesMax",
    });
    expect((await send(queue, { messages: messages.slice(100) })).json["summary"]).toMatchObject({
      accepted: 900,
    });
  });

  it("takes 1,000 messages at once", async () => {
    const queue = await gateway.newQueue();
    const messages = Array.from({ length: 1000 }, (_, index) => ({
      body: index,
      dedupId: `d${index}`,
    }));
    const { json: answer } = await send(queue, { messages });
    expect(answer["summary"]).toEqual({ accepted: 1000, duplicates: 0, refused: 0 });
    const again = await send(queue, { messages });
    expect(again.json["summary"]).toEqual({ accepted: 0, duplicates: 1000, refused: 0 });
  });
});
