import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn, type Sent } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });

const json = (text: string): Sent => ({
  raw: text,
  headers: { "content-type": "application/json" },
});

describe("enqueue", () => {
  it("answers 201 with ids, the time and the coordinate", async () => {
    const queue = await gateway.newQueue();
    const { status, json: body } = await gateway.send("POST", `${queue}/enqueue`, {
      body: { body: { id: 1 } },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ seq: 1, duplicate: false, coord: { op: gateway.cluster.op() } });
  });

  it("keeps a JSON body as the exact bytes of the value, without the space around it", async () => {
    const queue = await gateway.newQueue();
    const bodies = [
      '{"b" : 1.0,\n "a":[ 1e2 , "\\u00e9é" ]}',
      "null",
      '" x "',
      "-0",
      "12345678901234567890",
    ];
    for (const body of bodies) {
      const { status } = await gateway.send(
        "POST",
        `${queue}/enqueue`,
        json(`{ "body" : \t${body} \n}`),
      );
      expect(status).toBe(201);
    }
    const { text } = await gateway.send("POST", `${queue}/dequeue`, { body: { max: 10 } });
    for (const body of bodies) expect(text).toContain(`"body":${body},"contentType"`);
  });

  it("keeps bytes as they are, from base64 or raw", async () => {
    const queue = await gateway.newQueue();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const base64 = Buffer.from(bytes).toString("base64");
    await gateway.send("POST", `${queue}/enqueue`, { body: { bodyBase64: base64 } });
    await gateway.send("POST", `${queue}/enqueue`, {
      raw: bytes,
      headers: { "content-type": "image/x-test" },
    });
    await gateway.send("POST", `${queue}/enqueue`, {
      raw: "",
      headers: { "content-type": "text/plain" },
    });
    const { json: answer } = await gateway.send("POST", `${queue}/dequeue`, { body: { max: 10 } });
    expect(answer["messages"]).toMatchObject([
      { bodyBase64: base64, contentType: "application/octet-stream" },
      { bodyBase64: base64, contentType: "image/x-test" },
      { bodyBase64: "", contentType: "text/plain" },
    ]);
  });

  it("keeps labels, headers, group and priority", async () => {
    const queue = await gateway.newQueue();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await gateway.send("POST", `${queue}/enqueue`, {
      body: {
        body: 1,
        contentType: "application/x-order",
        groupId: "customer-7",
        priority: 9,
        headers: { "X-Source": "wëb", __proto: "ok" },
      },
      headers: { traceparent, tracestate: "a=1" },
    });
    const { json: answer } = await gateway.send("POST", `${queue}/dequeue`, {});
    expect(answer["messages"]).toMatchObject([
      {
        contentType: "application/x-order",
        groupId: "customer-7",
        priority: 9,
        headers: { "X-Source": "wëb", __proto: "ok", traceparent, tracestate: "a=1" },
      },
    ]);
  });

  it("adds of the request's trace what there is room for beside the message's own headers", async () => {
    const queue = await gateway.newQueue();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const many = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`h${index}`, ""]));
    const large = { a: "x".repeat(8191) };
    const { h0: _h0, ...roomForOne } = many;
    for (const own of [many, large, roomForOne]) {
      const { status } = await gateway.send("POST", `${queue}/enqueue`, {
        body: { body: 1, headers: own },
        headers: { traceparent, tracestate: "a=1" },
      });
      expect(status).toBe(201);
    }
    const { json: answer } = await gateway.send("POST", `${queue}/dequeue`, { body: { max: 3 } });
    expect(answer["messages"]).toMatchObject([
      { headers: many },
      { headers: large },
      { headers: { ...roomForOne, traceparent } },
    ]);
  });

  it("takes a notBefore that is long past, however it is spelt, as now", async () => {
    const queue = await gateway.newQueue();
    for (const notBefore of ["0001-01-01T00:00:00Z", "1969-12-31t23:59:59.1234567891z"]) {
      const sent = { body: { body: 1, notBefore } };
      expect((await gateway.send("POST", `${queue}/enqueue`, sent)).status).toBe(201);
    }
    const { json: answer } = await gateway.send("GET", queue);
    expect(answer["stats"]).toMatchObject({ ready: 2, scheduled: 0 });
  });

  it("takes the options of a raw body from headers", async () => {
    const queue = await gateway.newQueue();
    const headers = {
      "content-type": "text/plain",
      "Quorate-Group-Id": "g",
      "Quorate-Dedup-Id": "d",
      "Quorate-Priority": "7",
      "Quorate-Delay-Ms": "0",
    };
    const first = await gateway.send("POST", `${queue}/enqueue`, { raw: "hello", headers });
    expect(first.status).toBe(201);
    const second = await gateway.send("POST", `${queue}/enqueue`, { raw: "hello", headers });
    expect(second.status).toBe(200);
    for (const wrong of [
      { "Quorate-Priority": "10" },
      { "Quorate-Priority": "high" },
      { "Quorate-Prority": "1" },
      { "Quorate-Not-Before": "2026-11-23T00:00:00Z" },
      { "Quorate-Group-Id": "with space" },
    ]) {
      const answer = await gateway.send("POST", `${queue}/enqueue`, {
        raw: "x",
        headers: { ...headers, ...wrong },
      });
      expect(answer.status, JSON.stringify(wrong)).toBe(400);
      expect(problemIn(answer).errors?.[0]?.pointer.toLowerCase()).toMatch(/^quorate-|^$/);
    }
  });

  it("drops no option silently: beside JSON a header of one is refused", async () => {
    const queue = await gateway.newQueue();
    for (const [path, body] of [
      ["enqueue", { body: 1 }],
      ["enqueue/batch", { messages: [{ body: 1 }] }],
    ] as const) {
      const headers = { "Quorate-Delay-Ms": "60000" };
      const answer = await gateway.send("POST", `${queue}/${path}`, { body, headers });
      expect(problemIn(answer)).toMatchObject({
        code: "request-invalid",
        errors: [{ pointer: "Quorate-Delay-Ms" }],
      });
    }
  });

  it("answers a duplicate with the original's ids and time, and refuses another message", async () => {
    const queue = await gateway.newQueue();
    const first = await gateway.send("POST", `${queue}/enqueue`, {
      body: { body: { a: 1 }, dedupId: "order-1" },
    });
    gateway.cluster.advance(5000);
    const again = await gateway.send("POST", `${queue}/enqueue`, {
      body: { dedupId: "order-1", priority: 1, body: { a: 1 } },
    });
    expect(again.status).toBe(200);
    const { coord: _coord, ...original } = first.json;
    expect(again.json).toMatchObject({ ...original, duplicate: true });
    const other = await gateway.send("POST", `${queue}/enqueue`, {
      body: { dedupId: "order-1", body: { a: 2 } },
    });
    expect(other.status).toBe(422);
    expect(problemIn(other)).toMatchObject({
      code: "dedup-conflict",
      messageId: first.json["messageId"],
      outcome: "not-executed",
      retryable: false,
    });
    gateway.cluster.advance(600_000);
    const later = await gateway.send("POST", `${queue}/enqueue`, {
      body: { dedupId: "order-1", body: { a: 2 } },
    });
    expect(later.status).toBe(201);
  });

  it("knows a repetition by its Idempotency-Key, private to the principal", async () => {
    const queue = await gateway.newQueue();
    const bob = await gateway.issuer.token("enqueue:*", { claims: { sub: "bob" } });
    const send = (body: object, key: string, token?: string) =>
      gateway.send("POST", `${queue}/enqueue`, {
        body,
        headers: { "Idempotency-Key": key },
        ...(token === undefined ? {} : { token }),
      });
    const first = await send({ body: 1 }, '"k 1"');
    expect(first.status).toBe(201);
    const again = await send({ body: 1 }, "k 1");
    expect(again.status).toBe(200);
    expect(again.json["messageId"]).toBe(first.json["messageId"]);
    expect(problemIn(await send({ body: 2 }, "k 1")).code).toBe("idempotency-mismatch");
    expect((await send({ body: 2 }, "k 1", bob)).status).toBe(201);
    expect((await send({ body: 3, dedupId: "d" }, "k 1")).status).toBe(201);
    expect(problemIn(await send({ body: 1 }, "k".repeat(129))).code).toBe("request-invalid");
  });

  it("refuses what the queue has no room for, and says which limit", async () => {
    const queue = await gateway.newQueue({ maxMessages: 1, bodyBytesMax: 10 });
    const large = await gateway.send("POST", `${queue}/enqueue`, {
      body: { body: "x".repeat(20) },
    });
    expect(large.status).toBe(413);
    expect(problemIn(large)).toMatchObject({
      code: "payload-too-large",
      limit: "bodyBytesMax",
      max: 10,
    });
    await gateway.send("POST", `${queue}/enqueue`, { body: { body: 1, dedupId: "a" } });
    const full = await gateway.send("POST", `${queue}/enqueue`, { body: { body: 2 } });
    expect(full.status).toBe(429);
    expect(full.headers.get("retry-after")).toBe("1");
    expect(problemIn(full)).toMatchObject({
      code: "queue-full",
      limit: "maxMessages",
      max: 1,
      retryable: true,
    });
    const duplicate = await gateway.send("POST", `${queue}/enqueue`, {
      body: { body: 1, dedupId: "a" },
    });
    expect(duplicate.status).toBe(200);
  });

  it("delays, with a time of any offset; a delay beyond the retention is refused", async () => {
    const queue = await gateway.newQueue({ retentionMs: 60_000 });
    const at = new Date(gateway.cluster.nowMs() + 10_000 + 7_200_000).toISOString();
    const notBefore = at.replace("Z", "+02:00");
    expect(
      (await gateway.send("POST", `${queue}/enqueue`, { body: { body: 1, notBefore } })).status,
    ).toBe(201);
    expect(
      (await gateway.send("POST", `${queue}/enqueue`, { body: { body: 2, delayMs: 20_000 } }))
        .status,
    ).toBe(201);
    const messages = async () =>
      (await gateway.send("POST", `${queue}/dequeue`, { body: { max: 10 } })).json["messages"];
    expect(await messages()).toEqual([]);
    gateway.cluster.advance(11_000);
    expect(await messages()).toMatchObject([{ body: 1 }]);
    gateway.cluster.advance(10_000);
    expect(await messages()).toMatchObject([{ body: 2 }]);
    for (const body of [
      { delayMs: 70_000 },
      { notBefore: "2099-01-01T00:00:00Z" },
      { notBefore: "9999-01-01T00:00:00Z" },
    ]) {
      const late = await gateway.send("POST", `${queue}/enqueue`, { body: { body: 3, ...body } });
      expect(late.status).toBe(400);
      expect(problemIn(late)).toMatchObject({ code: "limit-exceeded", limit: "retentionMs" });
    }
  });
});
