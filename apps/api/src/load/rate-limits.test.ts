import { afterEach, describe, expect, it } from "vitest";
import { problemIn, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

const gateways: TestGateway[] = [];

afterEach(async () => {
  for (const gateway of gateways.splice(0).toReversed()) {
    await gateway.stop();
    expect(gateway.logged).toEqual([]);
  }
});

async function start(rateLimits: object): Promise<TestGateway> {
  const gateway = await startTestGateway({ rateLimits });
  gateways.push(gateway);
  return gateway;
}

/** A window that does not end within a test. */
const windowSeconds = 60;

describe("rate limits", () => {
  it("are off unless they are set: no header says anything of them", async () => {
    const gateway = await start({});
    const { headers } = await gateway.send("GET", "/v1/me");
    expect(headers.get("ratelimit")).toBe(null);
    expect(headers.get("ratelimit-policy")).toBe(null);
  });

  it("of principals count each by itself, on all routes, and say what is left", async () => {
    const gateway = await start({ principal: { requests: 2, windowSeconds } });
    const alice = await gateway.issuer.token("read:*");
    const bob = await gateway.issuer.token("read:*", { claims: { sub: "bob" } });
    const me = (token: string) => gateway.send("GET", "/v1/me", { token });
    const { headers } = await me(alice);
    expect(headers.get("ratelimit-policy")).toBe('"principal";q=2;w=60');
    expect(headers.get("ratelimit")).toMatch(/^"principal";r=1;t=(?:59|60)$/);
    expect((await gateway.send("GET", "/v1/queues", { token: alice })).status).toBe(200);
    const refused = await me(alice);
    expect(problemIn(refused)).toMatchObject({
      code: "rate-limited",
      limit: "requestsPerPrincipal",
      max: 2,
      outcome: "not-executed",
      retryable: true,
    });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(refused.headers.get("ratelimit")).toMatch(/^"principal";r=0;/);
    expect((await me(bob)).status).toBe(200);
  });

  it("of queues count whoever calls, and name both limits in the headers", async () => {
    const gateway = await start({
      principal: { requests: 100, windowSeconds },
      queue: { requests: 2, windowSeconds },
    });
    const get = (queue: string) => gateway.send("GET", `/v1/queues/${queue}`);
    expect((await get("a")).headers.get("ratelimit-policy")).toBe(
      '"principal";q=100;w=60, "queue";q=2;w=60',
    );
    await get("a");
    expect(problemIn(await get("a"))).toMatchObject({ limit: "requestsPerQueue", max: 2 });
    expect(problemIn(await get("b")).code).toBe("queue-not-found");
    expect((await gateway.send("GET", "/v1/me")).status).toBe(200);
  });

  it("begin anew with each window", async () => {
    const gateway = await start({ principal: { requests: 1, windowSeconds: 1 } });
    const statuses: number[] = [];
    const heard = async (): Promise<string> => {
      statuses.push((await gateway.send("GET", "/v1/me")).status);
      return statuses.join(" ");
    };
    await expect.poll(heard).toMatch(/200 (?:429 )+200$/);
  });

  it("are asked after the token and the scope, and never of probes", async () => {
    const gateway = await start({ principal: { requests: 1, windowSeconds } });
    const token = await gateway.issuer.token("read:*");
    const statuses: number[] = [];
    for (const [path, sent] of [
      ["/v1/me", { token: "x" }],
      ["/v1/cluster", { token }],
      ["/v1/me", { token }],
      ["/v1/me", { token }],
      ["/v1/cluster", { token }],
      ["/livez", { token: null }],
    ] as const) {
      statuses.push((await gateway.send("GET", path, sent)).status);
    }
    expect(statuses).toEqual([401, 403, 200, 429, 403, 200]);
  });
});
