import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });

const json = (text: string) => ({ raw: text, headers: { "content-type": "application/json" } });

describe("enqueue", () => {
  it.each([
    ["no body", {}, ""],
    ["both bodies", { body: 1, bodyBase64: "AA==" }, ""],
    ["null as base64", { bodyBase64: null }, "/bodyBase64"],
    ["unpadded base64", { bodyBase64: "AA" }, "/bodyBase64"],
    ["base64 of the URL alphabet", { bodyBase64: "_-8=" }, "/bodyBase64"],
    ["base64 with loose bits", { bodyBase64: "AB==" }, "/bodyBase64"],
    ["an unknown field", { body: 1, dedup: "x" }, "/dedup"],
    ["a text as ttl", { body: 1, ttlMs: "5000" }, "/ttlMs"],
    ["null for absent", { body: 1, groupId: null }, "/groupId"],
    ["an empty dedupId", { body: 1, dedupId: "" }, "/dedupId"],
    ["a space in a dedupId", { body: 1, dedupId: "a b" }, "/dedupId"],
    ["a text as delay", { body: 1, delayMs: "5" }, "/delayMs"],
    ["half a millisecond", { body: 1, delayMs: 0.5 }, "/delayMs"],
    ["two delays", { body: 1, delayMs: 1, notBefore: "2026-11-23T00:00:00Z" }, ""],
    ["a day that does not exist", { body: 1, notBefore: "2026-02-30T00:00:00Z" }, "/notBefore"],
    ["a number as header", { body: 1, headers: { a: 1 } }, "/headers/a"],
    ["a header with a bad name", { body: 1, headers: { "a b": "1" } }, "/headers"],
    ["a list as headers", { body: 1, headers: [] }, "/headers"],
    ["an empty content type", { body: 1, contentType: "" }, "/contentType"],
    ["a content type with é", { body: 1, contentType: "é" }, "/contentType"],
    ["a list", [], ""],
    ["a text", "body", ""],
  ])("refuses %s", async (_name, body, pointer) => {
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", { body });
    expect(answer.status).toBe(400);
    const problem = problemIn(answer);
    expect(problem).toMatchObject({ code: "request-invalid", outcome: "not-executed" });
    expect(problem.errors?.map((each) => each.pointer)).toContain(pointer);
  });

  it.each([
    ["priority", { priority: 10 }, 9],
    ["priority", { priority: -1 }, 9],
    ["delayMs", { delayMs: 366 * 86_400_000 }, 365 * 86_400_000],
    ["maxFailures", { maxFailures: 0 }, 1000],
    ["ttlMs", { ttlMs: 999 }, 365 * 86_400_000],
    ["dedupId", { dedupId: "x".repeat(129) }, 128],
    [
      "headers",
      { headers: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`h${n}`, ""])) },
      32,
    ],
    ["headersBytes", { headers: { a: "é".repeat(4096) } }, 8192],
  ])("names the limit %s", async (limit, fields, max) => {
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", {
      body: { body: 1, ...fields },
    });
    expect(answer.status).toBe(400);
    expect(problemIn(answer)).toMatchObject({ code: "limit-exceeded", limit, max });
  });

  it.each([
    ['{"body":1,"body":2}', "twice"],
    ['{"body":{"__proto__":1}}', "__proto__"],
    [`{"body":${"[".repeat(32)}${"]".repeat(32)}}`, "deep"],
    ['{"body":"\\ud800"}', "surrogate"],
    ['{"body":1', "JSON"],
    ['{"body":1}x', "follows"],
  ])("refuses the text %s", async (text, word) => {
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", json(text));
    expect(answer.status).toBe(400);
    expect(problemIn(answer).detail).toContain(word);
  });

  it("refuses invalid UTF-8", async () => {
    const raw = Buffer.concat([Buffer.from('{"body":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const headers = { "content-type": "application/json" };
    const answer = await gateway.send("POST", "/v1/queues/orders/enqueue", { raw, headers });
    expect(problemIn(answer)).toMatchObject({ code: "request-invalid" });
  });
});
