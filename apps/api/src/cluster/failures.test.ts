import type { ClusterErrorCode } from "@quorate/session";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn, type Sent } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });
await gateway.send("POST", "/v1/queues/orders/enqueue", { body: { body: 1 } });

const issuer = "https://issuer.test";

async function failing(code: ClusterErrorCode, path: string, sent: Sent = {}, method = "POST") {
  gateway.cluster.failWith(code);
  const answer = await gateway.send(method, path, sent);
  gateway.cluster.failWith(null);
  return answer;
}

describe("without an answer of the cluster", () => {
  it.each(["no-quorum", "view-change", "overloaded", "starting"] as const)(
    "%s is a 503 that may be tried again, and nothing was done",
    async (code) => {
      for (const [method, path, sent] of [
        ["POST", "/v1/queues/orders/enqueue", { body: { body: 1 } }],
        ["POST", "/v1/queues/orders/enqueue/batch", { body: { messages: [{ body: 1 }] } }],
        ["POST", "/v1/queues/orders/dequeue", { body: {} }],
        [
          "POST",
          "/v1/queues/orders/settle",
          { body: { settlements: [{ leaseId: "x", action: "ack" }] } },
        ],
        ["GET", "/v1/queues/orders", {}],
        ["GET", "/v1/queues", {}],
        ["PUT", "/v1/queues/new", { body: {} }],
      ] as const) {
        const answer = await failing(code, path, sent, method);
        expect(answer.status).toBe(503);
        expect(answer.headers.get("retry-after")).toBe("2");
        expect(problemIn(answer)).toMatchObject({ code, outcome: "not-executed", retryable: true });
      }
    },
  );

  it.each([
    ["a single enqueue without an id", "/v1/queues/orders/enqueue", { body: { body: 1 } }, false],
    ["one with a dedupId", "/v1/queues/orders/enqueue", { body: { body: 1, dedupId: "u1" } }, true],
    [
      "one with a key",
      "/v1/queues/orders/enqueue",
      { body: { body: 1 }, headers: { "Idempotency-Key": "u2" } },
      true,
    ],
    [
      "a batch without ids",
      "/v1/queues/orders/enqueue/batch",
      { body: { messages: [{ body: 1 }] } },
      false,
    ],
    [
      "a batch with ids",
      "/v1/queues/orders/enqueue/batch",
      { body: { messages: [{ body: 1, dedupId: "u3" }] } },
      true,
    ],
    ["a token's revocation", "/v1/trust/revocations", { body: { issuer, jti: "t" } }, true],
    [
      "a revocation until a time",
      "/v1/trust/revocations",
      { body: { issuer, sub: "bob", before: "2026-11-23T00:00:00Z" } },
      true,
    ],
    ["a revocation until now", "/v1/trust/revocations", { body: { issuer, sub: "bob" } }, false],
    ["a settlement", "/v1/queues/orders/leases/l_00000000000000000000/ack", {}, true],
  ])("an unknown outcome of %s is an honest 504", async (_name, path, sent, retryable) => {
    const answer = await failing("outcome-unknown", path, sent);
    expect(answer.status).toBe(504);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(problemIn(answer)).toMatchObject({
      code: "outcome-unknown",
      outcome: "unknown",
      retryable,
    });
  });

  it("a read is never in doubt: it is a 503", async () => {
    const answer = await failing("outcome-unknown", "/v1/queues/orders", {}, "GET");
    expect(problemIn(answer)).toMatchObject({ code: "no-quorum", outcome: "not-executed" });
  });

  it("who waits keeps waiting, and gets what comes when the cluster is back", async () => {
    await gateway.send("PUT", "/v1/queues/later", { body: {} });
    const waiting = gateway.send("POST", "/v1/queues/later/dequeue", { body: { waitMs: 30_000 } });
    await gateway.send("GET", "/v1/queues/later");
    gateway.cluster.failWith("view-change");
    gateway.cluster.advance(1000);
    gateway.cluster.failWith(null);
    await gateway.send("POST", "/v1/queues/later/enqueue", { body: { body: "back" } });
    expect((await waiting).json["messages"]).toMatchObject([{ body: "back" }]);
  });
});

it("an error that nobody expected is a 500 that tells nothing, and is logged", async () => {
  gateway.cluster.failWith(new Error("secret detail"));
  const answer = await gateway.send("GET", "/v1/queues/orders");
  gateway.cluster.failWith(null);
  expect(answer.status).toBe(500);
  expect(problemIn(answer)).toMatchObject({
    code: "internal",
    outcome: "unknown",
    retryable: false,
  });
  expect(answer.text).not.toContain("secret");
  expect(gateway.logged.splice(0)).toMatchObject([{ message: "secret detail" }]);
});
