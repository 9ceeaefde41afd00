import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

const tryPut = (queue: string, body: object, headers = {}) =>
  gateway.send("PUT", `/v1/queues/${queue}?dryRun=true`, { body, headers });

describe("PUT /queues/{q}?dryRun=true", () => {
  it("says that it would create the queue, and does not", async () => {
    const seen = await tryPut("dry-1", { maxFailures: 2 });
    expect(seen.status).toBe(200);
    expect(seen.json).toMatchObject({
      name: "dry-1",
      config: { maxFailures: 2, maxDeliveries: 50 },
      effect: { creates: true, changes: [], exceeded: [] },
    });
    const read = await gateway.send("GET", "/v1/queues/dry-1");
    expect(problemIn(read).code).toBe("queue-not-found");
  });

  it("names every field that would change, and limits below what the queue holds", async () => {
    await gateway.send("PUT", "/v1/queues/dry-2", { body: { maxFailures: 9 } });
    const messages = [{ body: 1 }, { body: 2 }];
    await gateway.send("POST", "/v1/queues/dry-2/enqueue/batch", { body: { messages } });
    const given = { maxMessages: 1, backoff: { baseMs: 5 }, onDead: "block" };
    const op = gateway.cluster.op();
    const seen = await tryPut("dry-2", given, { "If-Match": "*" });
    expect(seen.json["effect"]).toEqual({
      creates: false,
      changes: [
        { field: "maxFailures", from: 9, to: 5 },
        { field: "maxMessages", from: 10_000_000, to: 1 },
        { field: "onDead", from: "continue", to: "block" },
        { field: "backoff.baseMs", from: 1000, to: 5 },
      ],
      exceeded: ["maxMessages"],
    });
    expect(gateway.cluster.op()).toBe(op);
    const { json, headers } = await gateway.send("GET", "/v1/queues/dry-2");
    expect(json["config"]).toMatchObject({ maxFailures: 9 });
    // The tag that the change would give.
    expect(seen.headers.get("etag")).not.toBe(headers.get("etag"));
    const real = await gateway.send("PUT", "/v1/queues/dry-2", {
      body: given,
      headers: { "If-Match": "*" },
    });
    expect(real.headers.get("etag")).toBe(seen.headers.get("etag"));
  });

  it("is refused as the call itself would be", async () => {
    await gateway.send("PUT", "/v1/queues/dry-3", { body: {} });
    const codes = [
      problemIn(await tryPut("dry-3", { maxFailures: 2 })).code,
      problemIn(await tryPut("dry-3", {}, { "If-None-Match": "*" })).code,
      problemIn(await tryPut("dry-3", {}, { "If-Match": '"9.9"' })).code,
      problemIn(await tryPut("dry-3", { maxFailures: 0 })).code,
    ];
    expect(codes).toEqual([
      "precondition-required",
      "queue-exists",
      "etag-mismatch",
      "limit-exceeded",
    ]);
    expect((await tryPut("dry-3", {})).json["effect"]).toMatchObject({ changes: [] });
    const odd = await gateway.send("PUT", "/v1/queues/dry-3?dryRun=1", { body: {} });
    expect(odd.status).toBe(400);
  });
});
