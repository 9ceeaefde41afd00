import { afterEach, describe, expect, it } from "vitest";
import { openWith } from "../testing/raw-connection.ts";
import {
  problemIn,
  type Received,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from "../testing/test-gateway.ts";

const gateways: TestGateway[] = [];

afterEach(async () => {
  for (const gateway of gateways.splice(0)) {
    await gateway.stop();
    expect(gateway.logged).toEqual([]);
  }
});

async function start(options: TestGatewayOptions): Promise<TestGateway> {
  const gateway = await startTestGateway(options);
  gateways.push(gateway);
  await gateway.send("PUT", "/v1/queues/orders", { body: {} });
  return gateway;
}

/** A lease on a message that was enqueued. */
async function lease(gateway: TestGateway): Promise<string> {
  await gateway.send("POST", "/v1/queues/orders/enqueue", { body: { body: 1 } });
  const { text } = await gateway.send("POST", "/v1/queues/orders/dequeue", { body: {} });
  const [, leaseId = ""] = /"leaseId":"(l_\w+)"/.exec(text) ?? [];
  return leaseId;
}

const enqueue = (gateway: TestGateway, body: unknown = 1) =>
  gateway.send("POST", "/v1/queues/orders/enqueue", { body: { body } });

/** Comes again until it is let in: for a moment a probe may have had its place. */
async function letIn(call: () => Promise<Received>): Promise<Received> {
  for (;;) {
    const answer = await call();
    if (answer.status !== 503) return answer;
  }
}

describe("a gateway that holds as many calls as it may", () => {
  it("refuses to add work, and still settles, takes out, administers and says how it is", async () => {
    const gateway = await start({ limits: { addingCallsMax: 4 } });
    const leaseId = await lease(gateway);
    const release = gateway.cluster.hold();
    const adding = Array.from({ length: 3 }, () => letIn(() => enqueue(gateway)));
    // Three of four places are one caller's share: they are inside once a fourth call is refused.
    await expect.poll(async () => (await probe(gateway)).status, { timeout: 10_000 }).toBe(503);
    const refused = await probe(gateway);
    expect(problemIn(refused)).toMatchObject({
      code: "overloaded",
      outcome: "not-executed",
      retryable: true,
    });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    const draining = [
      gateway.send("POST", `/v1/queues/orders/leases/${leaseId}/ack`, { body: {} }),
      gateway.send("POST", "/v1/queues/orders/dequeue", { body: {} }),
      gateway.send("PUT", "/v1/queues/mail", { body: {} }),
    ];
    for (const path of ["/livez", "/readyz", "/v1/cluster", "/v1/me", "/v1/queues/orders"]) {
      expect((await gateway.send("GET", path)).status, path).toBe(200);
    }
    release();
    const statuses = await Promise.all(
      [...adding, ...draining].map(async (call) => (await call).status),
    );
    expect(statuses.slice(0, 3)).toEqual([201, 201, 201]);
    expect(statuses.slice(3)).toEqual([200, 200, 201]);
    expect((await enqueue(gateway)).status).toBe(201);
  });

  it("bounds what waits for messages by itself, and takes enqueues meanwhile", async () => {
    const gateway = await start({ limits: { drainingCallsMax: 3 } });
    const body = { waitMs: 30_000, mode: "delete" };
    const waiting = Array.from({ length: 2 }, () =>
      letIn(() => gateway.send("POST", "/v1/queues/orders/dequeue", { body })),
    );
    await expect
      .poll(async () => (await gateway.send("GET", "/v1/me")).status, { timeout: 10_000 })
      .toBe(503);
    for (const each of waiting) {
      expect((await enqueue(gateway)).status).toBe(201);
      expect((await each).status).toBe(200);
    }
    expect((await gateway.send("GET", "/v1/me")).status).toBe(200);
  });

  it("holds for a call that waits what its body had, not what one in chunks could have had", async () => {
    const gateway = await start({ limits: { drainingBytesMax: 9 * 1024 * 1024 } });
    const token = await gateway.issuer.token("dequeue:*");
    const chunked = (body: string) =>
      openWith(
        gateway,
        `POST /v1/queues/orders/dequeue HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
          "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
          `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      );
    await chunked('{"waitMs":30000}');
    const consumers = async () => {
      const { json } = await gateway.send("GET", "/v1/queues/orders");
      return (json["stats"] as { consumers: number }).consumers;
    };
    await expect.poll(consumers).toBe(1);
    const other = await chunked("{}");
    await expect.poll(other.heard).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("refuses a body for which there is no room before it has read it", async () => {
    const gateway = await start({ limits: { addingBytesMax: 100_000 } });
    expect((await enqueue(gateway, "x".repeat(50_000))).status).toBe(201);
    expect(problemIn(await enqueue(gateway, "x".repeat(100_000))).code).toBe("overloaded");
  });

  it("gives back the room of calls that fail, so that none is lost", async () => {
    const gateway = await start({ limits: { addingCallsMax: 2 } });
    for (let call = 0; call < 20; call++) {
      const { status } = await gateway.send("POST", "/v1/queues/orders/enqueue", {
        raw: "{",
        headers: { "content-type": "application/json" },
      });
      expect(status).toBe(400);
    }
    expect((await enqueue(gateway)).status).toBe(201);
  });
});

describe("a gateway that is late", () => {
  it("refuses to add work until it is in time again, and drains meanwhile", async () => {
    let lagMs = 0;
    const gateway = await start({
      limits: { eventLoopLagMsMax: 100 },
      lag: { lagMs: () => lagMs },
    });
    const leaseId = await lease(gateway);
    lagMs = 101;
    expect(problemIn(await enqueue(gateway)).code).toBe("overloaded");
    const ack = await gateway.send("POST", `/v1/queues/orders/leases/${leaseId}/ack`, { body: {} });
    expect(ack.status).toBe(200);
    lagMs = 100;
    expect((await enqueue(gateway)).status).toBe(201);
  });
});

/** An enqueue that nobody has to answer: it is refused, or given up. */
async function probe(gateway: TestGateway) {
  const signal = AbortSignal.timeout(200);
  const sent = { body: { body: "probe" }, signal };
  try {
    return await gateway.send("POST", "/v1/queues/orders/enqueue", sent);
  } catch {
    return gateway.send("GET", "/v1/me");
  }
}
