/** Two gateways of one cluster with a real Redis, and what becomes of them when it fails. */
import { liveChanges, livePath } from "@quorate/contract";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hintedAskMsMin, redisAnswerMsMax, redisRestMs } from "../limits.ts";
import { hasRedis, linkTo, type RedisServer, startRedis } from "../testing/redis-server.ts";
import { clusterId } from "../testing/in-process-cluster.ts";
import { problemIn, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import type { RedisLink } from "./redis-link.ts";

let redis: RedisServer;
const gateways: TestGateway[] = [];
const sockets: Socket[] = [];

/** A busy machine answers within this time, in ms; a gateway is less patient. */
const patientMs = 10_000;

const limit = { requests: 10, windowSeconds: 60 };
const rateKeys = `quorate:${clusterId}:rate:*`;

describe.skipIf(!hasRedis)("gateways with Redis", () => {
  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(async () => {
    await redis.stop();
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    for (const gateway of gateways.splice(0).toReversed()) {
      await gateway.stop();
      expect(gateway.logged).toEqual([]);
    }
    await redis.client.flushAll();
  });

  /** Two gateways that are connected. */
  async function startTwo(answerMsMax = patientMs) {
    const links: [RedisLink, RedisLink] = [linkTo(redis, answerMsMax), linkTo(redis, answerMsMax)];
    const first = await startTestGateway({ redis: links[0], rateLimits: { principal: limit } });
    gateways.push(first);
    const options = { redis: links[1], rateLimits: { principal: limit }, beside: first };
    const second = await startTestGateway(options);
    gateways.push(second);
    const connected = async (): Promise<void> => {
      expect(links.every((link) => link.isUsable())).toBe(true);
      const hearing = (await redis.client.clientList()).filter(({ sub, psub }) => sub + psub === 2);
      expect(hearing).toHaveLength(2);
    };
    await vi.waitFor(connected, { timeout: patientMs });
    return { first, second, links };
  }

  /** How many of so many calls are let through, by turns on both. */
  async function admitted(calls: number, { first, second }: Awaited<ReturnType<typeof startTwo>>) {
    let count = 0;
    for (let call = 0; call < calls; call++) {
      const { status } = await (call % 2 === 0 ? first : second).send("GET", "/v1/me");
      expect([200, 429]).toContain(status);
      if (status === 200) count += 1;
    }
    return count;
  }

  it("count together what a principal may do", async () => {
    expect(await admitted(30, await startTwo())).toBe(limit.requests);
    const [key = ""] = await redis.client.keys(rateKeys);
    expect(key).not.toContain("alice");
  });

  it("count alone, each its part, while Redis is dead, and together again when it is back", async () => {
    const both = await startTwo();
    await redis.kill();
    try {
      expect(await admitted(30, both)).toBe(limit.requests);
    } finally {
      await redis.restart();
    }
    await vi.waitFor(
      () => {
        expect(both.links.every((link) => link.isUsable())).toBe(true);
      },
      { timeout: 10_000 },
    );
    expect(await admitted(30, both)).toBe(limit.requests);
  });

  it("go on while Redis is frozen: they wait for it in vain once a second, not at each request", async () => {
    const both = await startTwo(redisAnswerMsMax);
    const doubts = both.links.map((link) => vi.spyOn(link, "doubt"));
    redis.freeze();
    try {
      const begin = performance.now();
      expect(await admitted(30, both)).toBe(limit.requests);
      const rests = Math.ceil((performance.now() - begin) / redisRestMs);
      for (const { mock } of doubts) {
        expect(mock.calls.length).toBeGreaterThanOrEqual(1);
        expect(mock.calls.length).toBeLessThanOrEqual(rests);
      }
    } finally {
      redis.thaw();
    }
  });

  it("let nobody through twice more when Redis is flushed: a new window begins, and no more", async () => {
    const both = await startTwo();
    expect(await admitted(12, both)).toBe(limit.requests);
    await redis.client.flushAll();
    expect(await admitted(30, both)).toBe(limit.requests);
  });

  it.each([
    ["a text", "many", {}],
    ["a count for a year", "1000000", { EX: 31_536_000 }],
    ["less than nothing", "-1000000", { EX: 10 }],
  ])("believe no %s in place of a count, and go on", async (_name, value, options) => {
    const both = await startTwo();
    await both.first.send("GET", "/v1/me");
    const [key = ""] = await redis.client.keys(rateKeys);
    await redis.client.set(key, value, options);
    const count = await admitted(40, both);
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(2 * limit.requests);
  });

  it("hear of a revocation at once", async () => {
    const { first, second } = await startTwo();
    const token = await first.issuer.token("read:*", { claims: { jti: "stolen" } });
    const accepted = async () => (await second.send("GET", "/v1/me", { token })).status;
    expect(await accepted()).toBe(200);
    const body = { issuer: first.issuer.issuer, jti: "stolen" };
    await first.send("POST", "/v1/trust/revocations", { body });
    // Nobody asks the cluster by himself in this test: it is the hint that does it.
    await expect.poll(accepted, { timeout: patientMs, interval: 50 }).toBe(401);
  });

  it("believe no hint: it only makes them ask, and not often", async () => {
    const { first, second } = await startTwo();
    const query = vi.spyOn(first.cluster, "query");
    const channel = `quorate:${clusterId}:revocations`;
    const lies = ["", "stolen", "[]", "x".repeat(100_000)];
    const begin = performance.now();
    for (let call = 0; call < 200; call++) {
      await redis.client.publish(channel, lies[call % lies.length] ?? "");
    }
    const token = await first.issuer.token("read:*", { claims: { jti: "stolen" } });
    expect((await second.send("GET", "/v1/me", { token })).status).toBe(200);
    const hearers = 2;
    const asked = Math.ceil((performance.now() - begin) / hintedAskMsMin) + 1;
    expect(query.mock.calls.length).toBeLessThanOrEqual(hearers * asked);
    query.mockRestore();
  });

  /** Somebody who hears of changes at this gateway; gives what he has heard so far. */
  async function listener(gateway: TestGateway) {
    const token = await gateway.issuer.token("cluster:read");
    const options = { path: livePath, transports: ["websocket"], auth: { token } };
    const socket = io(`${gateway.url}${liveChanges.namespace}`, options);
    sockets.push(socket);
    const heard: unknown[][] = [];
    socket.onAny((...event: unknown[]) => heard.push(event));
    await new Promise((resolve) => socket.once("connect", () => resolve(null)));
    return { socket, heard };
  }

  it("tell each other's browsers of changes", async () => {
    const { first, second } = await startTwo();
    const { heard } = await listener(second);
    await first.send("PUT", "/v1/queues/orders", { body: {} });
    await expect.poll(() => heard, { timeout: patientMs }).toEqual([[liveChanges.event]]);
  });

  it("tell their own browsers of changes without Redis", async () => {
    const { first } = await startTwo();
    const { heard } = await listener(first);
    await redis.kill();
    try {
      await first.send("PUT", "/v1/queues/orders", { body: {} });
      await expect.poll(() => heard, { timeout: patientMs }).toEqual([[liveChanges.event]]);
    } finally {
      await redis.restart();
    }
  });

  it("drop what a liar sends in their name, and lose no browser by it", async () => {
    const { second } = await startTwo();
    const { socket, heard } = await listener(second);
    const prefix = `quorate:${clusterId}:live`;
    for (const channel of ["", "-request", "-response"]) {
      for (const lie of ["", "{", '{"type":4,"opts":{"rooms":[]},"close":true}', "\u0093\u00a1x"]) {
        await redis.client.publish(`${prefix}${channel}#${liveChanges.namespace}#`, lie);
      }
    }
    // Messages come in order: when this one was heard, the lies were.
    expect((await second.send("PUT", "/v1/queues/orders", { body: {} })).status).toBe(201);
    await expect.poll(() => heard, { timeout: patientMs }).toEqual([[liveChanges.event]]);
    expect(socket.connected).toBe(true);
  });

  it("refuse a revoked token whatever becomes of Redis", async () => {
    const { first, second } = await startTwo();
    const token = await first.issuer.token("read:*", { claims: { jti: "stolen" } });
    const body = { issuer: first.issuer.issuer, jti: "stolen" };
    await redis.kill();
    try {
      await first.send("POST", "/v1/trust/revocations", { body });
      await second.revocations.refresh();
      for (const gateway of [first, second]) {
        const answer = await gateway.send("GET", "/v1/me", { token });
        expect(problemIn(answer).code).toBe("token-invalid");
      }
    } finally {
      await redis.restart();
    }
    await redis.client.flushAll();
    const after = await second.send("GET", "/v1/me", { token });
    expect(problemIn(after).code).toBe("token-invalid");
  });
});
