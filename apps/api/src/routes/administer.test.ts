import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

const put = (path: string, key: string, body: object = {}, headers: object = {}) =>
  gateway.send("PUT", path, { body, headers: { "Idempotency-Key": key, ...headers } });

describe("a call that administers something, under an Idempotency-Key", () => {
  it("is answered again what it was answered first, and does nothing again", async () => {
    const path = "/v1/queues/once-1";
    const first = await put(path, "key-1");
    expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([201, null]);
    await gateway.send("PUT", path, { body: { maxFailures: 9 }, headers: { "If-Match": "*" } });
    const again = await put(path, '"key-1"');
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(again.json["config"]).toEqual(first.json["config"]);
    expect(again.json["coord"]).toMatchObject({ op: gateway.cluster.op() });
    const { json } = await gateway.send("GET", path);
    expect(json["config"]).toMatchObject({ maxFailures: 9 });
  });

  it("is 422 for another request: body, path or condition", async () => {
    await put("/v1/queues/once-2", "key-2");
    const others = [
      await put("/v1/queues/once-2", "key-2", { maxFailures: 2 }),
      await put("/v1/queues/once-3", "key-2"),
      await put("/v1/queues/once-2", "key-2", {}, { "If-Match": "*" }),
      await gateway.send("POST", "/v1/queues/once-2/pause", {
        body: { what: "send" },
        headers: { "Idempotency-Key": "key-2" },
      }),
    ];
    for (const other of others) expect(problemIn(other).code).toBe("idempotency-mismatch");
  });

  it("is tried anew when it was refused", async () => {
    const path = "/v1/queues/once-4/pause";
    const headers = { "Idempotency-Key": "key-4" };
    const refused = await gateway.send("POST", path, { body: { what: "send" }, headers });
    expect(problemIn(refused).code).toBe("queue-not-found");
    await gateway.send("PUT", "/v1/queues/once-4", { body: {} });
    expect((await gateway.send("POST", path, { body: { what: "send" }, headers })).status).toBe(
      200,
    );
  });

  it("is another call of another principal", async () => {
    const path = "/v1/queues/once-5";
    await put(path, "key-5");
    const token = await gateway.issuer.token("manage:*", { claims: { sub: "bob" } });
    const other = await gateway.send("PUT", path, {
      body: { maxFailures: 5 },
      headers: { "Idempotency-Key": "key-5" },
      token,
    });
    expect([other.status, other.headers.get("idempotency-replayed")]).toEqual([200, null]);
  });

  it("may be retried after a 504, and then acts once", async () => {
    const path = "/v1/queues/once-6";
    gateway.cluster.failWith("outcome-unknown");
    const lost = await put(path, "key-6");
    gateway.cluster.failWith(null);
    expect(problemIn(lost)).toMatchObject({ code: "outcome-unknown", retryable: true });
    const again = await put(path, "key-6");
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
  });
});
