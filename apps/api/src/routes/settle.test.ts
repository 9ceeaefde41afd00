import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

/** A queue with so many leased messages: its path and the lease ids. */
async function leased(count: number, config: object = {}) {
  const queue = await gateway.newQueue(config);
  const messages = Array.from({ length: count }, (_, body) => ({ body }));
  await gateway.send("POST", `${queue}/enqueue/batch`, { body: { messages } });
  const { json } = await gateway.send("POST", `${queue}/dequeue`, {
    body: { max: count, leaseMs: 10_000, dequeueId: "d" },
  });
  const leases = (json["messages"] as { leaseId: string }[]).map(({ leaseId }) => leaseId);
  const [lease = ""] = leases;
  const one = (action: string, body: object = {}, leaseId = lease) =>
    gateway.send("POST", `${queue}/leases/${leaseId}/${action}`, { body });
  return { queue, lease, leases, one };
}

describe("a lease", () => {
  it.each([
    ["ack", {}, "done"],
    ["nack", { error: { type: "E", message: "no" }, delayMs: 5000 }, "scheduled"],
    ["release", {}, "ready"],
    ["reject", { reason: "never" }, "dead"],
  ])("is settled by %s, again the same, and not by another verb", async (action, body, state) => {
    const { lease, one } = await leased(1);
    const first = await one(action, body);
    expect(first.json).toMatchObject({ leaseId: lease, state, alreadySettled: false, late: false });
    const again = await one(action, body);
    expect(again.json).toMatchObject({ state, alreadySettled: true });
    const other = await one(action === "ack" ? "nack" : "ack");
    expect(other.status).toBe(409);
    expect(problemIn(other)).toMatchObject({ code: "already-settled", action, state });
  });

  it("is extended from now, and says until when", async () => {
    const { one } = await leased(1);
    const { json } = await one("extend", { leaseMs: 60_000, progress: { done: 0.5, text: "é" } });
    const leaseUntil = new Date(gateway.cluster.nowMs() + 60_000).toISOString();
    expect(json).toMatchObject({ state: "leased", leaseUntil });
    const long = await one("extend", { leaseMs: 60_000, progress: "é".repeat(2050) });
    expect(problemIn(long)).toMatchObject({
      code: "limit-exceeded",
      limit: "progressBytes",
      max: 4096,
    });
    expect((await one("extend", { leaseMs: 60_000, progress: null })).status).toBe(200);
  });

  it("that has expired can be acknowledged late, but nothing else", async () => {
    const { queue, one } = await leased(1);
    for (let step = 0; step < 12; step++) gateway.cluster.advance(1000);
    const nack = await one("nack");
    expect(problemIn(nack)).toMatchObject({ code: "lease-lost", reason: "expired" });
    expect((await one("ack")).json).toMatchObject({ state: "done", late: true });
    const { json } = await gateway.send("GET", queue);
    expect(json["stats"]).toMatchObject({ ready: 0, leased: 0, scheduled: 0 });
  });

  it("that nobody knows is 404, whatever it looks like", async () => {
    const { queue, one, lease } = await leased(1);
    const flipped = lease.slice(0, -1) + (lease.endsWith("0") ? "1" : "0");
    for (const leaseId of [flipped, "l_00000000000000000000", "nonsense", "l_%20", `x${lease}`]) {
      const answer = await one("ack", {}, leaseId);
      expect(answer.status, leaseId).toBe(404);
      expect(problemIn(answer).code).toBe("lease-unknown");
    }
    const settlements = ["", "x".repeat(1000)].map((leaseId) => ({ leaseId, action: "ack" }));
    const { json } = await gateway.send("POST", `${queue}/settle`, { body: { settlements } });
    expect(json["summary"]).toEqual({ ok: 0, failed: 2 });
    const elsewhere = await leased(1);
    expect(problemIn(await elsewhere.one("ack", {}, lease)).code).toBe("lease-unknown");
  });

  it("takes a long error message, cut", async () => {
    const { one } = await leased(1);
    const message = "é".repeat(30_000);
    expect((await one("nack", { error: { message } })).status).toBe(200);
  });

  it.each([
    ["ack", { reason: "x" }, "request-invalid"],
    ["nack", { reason: "x" }, "request-invalid"],
    ["nack", { error: "x" }, "request-invalid"],
    ["nack", { error: { code: 1 } }, "request-invalid"],
    ["nack", { delayMs: 604_800_001 }, "limit-exceeded"],
    ["release", { delayMs: -1 }, "limit-exceeded"],
    ["extend", { leaseMs: 0 }, "limit-exceeded"],
    ["extend", { leaseMs: null }, "request-invalid"],
  ])("%s refuses %j", async (action, body, code) => {
    const { one } = await leased(1);
    const answer = await one(action, body);
    expect(answer.status).toBe(400);
    expect(problemIn(answer).code).toBe(code);
  });

  it("has five verbs", async () => {
    const { one } = await leased(1);
    expect(problemIn(await one("drop")).code).toBe("route-not-found");
  });
});

describe("settle", () => {
  it("answers each entry in request order, 200 even when some fail", async () => {
    const { queue, leases } = await leased(4);
    const [a, b, c, d] = leases;
    const { status, json } = await gateway.send("POST", `${queue}/settle`, {
      body: {
        settlements: [
          { leaseId: a, action: "ack" },
          { leaseId: a, action: "ack" },
          { leaseId: "nonsense", action: "ack" },
          { leaseId: b, action: "nack", delayMs: 0 },
          { leaseId: c, action: "reject", reason: "bad" },
          { leaseId: d, action: "extend", leaseMs: 20_000 },
        ],
      },
    });
    expect(status).toBe(200);
    expect(json["summary"]).toEqual({ ok: 5, failed: 1 });
    expect(json["results"]).toMatchObject([
      { leaseId: a, status: 200, state: "done", alreadySettled: false, leaseUntil: null },
      { leaseId: a, status: 200, state: "done", alreadySettled: true },
      {
        leaseId: "nonsense",
        status: 404,
        problem: { code: "lease-unknown", outcome: "not-executed" },
      },
      { leaseId: b, status: 200, state: "ready" },
      { leaseId: c, status: 200, state: "dead" },
      { leaseId: d, status: 200, state: "leased" },
    ]);
  });

  it("atomic: all or nothing, naming the failing entry; a lease twice is refused", async () => {
    const { queue, leases } = await leased(2);
    const [a, b] = leases;
    const send = (settlements: object[]) =>
      gateway.send("POST", `${queue}/settle`, { body: { atomic: true, settlements } });
    const twice = await send([
      { leaseId: a, action: "ack" },
      { leaseId: a, action: "ack" },
    ]);
    expect(problemIn(twice)).toMatchObject({ code: "request-invalid" });
    const failed = await send([
      { leaseId: a, action: "ack" },
      { leaseId: "x", action: "ack" },
    ]);
    expect(failed.status).toBe(404);
    expect(problemIn(failed)).toMatchObject({ code: "lease-unknown", index: 1 });
    const unknown = await send([
      { leaseId: "x", action: "ack" },
      { leaseId: "y", action: "ack" },
    ]);
    expect(problemIn(unknown)).toMatchObject({ code: "lease-unknown", index: 0 });
    const good = await send([
      { leaseId: a, action: "ack" },
      { leaseId: b, action: "release" },
    ]);
    expect(good.json["summary"]).toEqual({ ok: 2, failed: 0 });
  });

  it.each([
    [{ settlements: [] }, "limit-exceeded"],
    [
      { settlements: Array.from({ length: 1001 }, () => ({ leaseId: "x", action: "ack" })) },
      "limit-exceeded",
    ],
    [{ settlements: [{ leaseId: "x", action: "eat" }] }, "request-invalid"],
    [{ settlements: [{ action: "ack" }] }, "request-invalid"],
    [{ settlements: [{ leaseId: "x", action: "ack", delayMs: 1 }] }, "request-invalid"],
    [{ settlements: [1] }, "request-invalid"],
    [{}, "request-invalid"],
  ])("refuses the envelope %#", async (body, code) => {
    const { queue } = await leased(1);
    const answer = await gateway.send("POST", `${queue}/settle`, { body });
    expect(answer.status).toBe(400);
    expect(problemIn(answer).code).toBe(code);
  });
});

describe("extend by dequeueId", () => {
  it("extends what is still held and names what is lost", async () => {
    const { queue, leases, one } = await leased(2);
    await one("ack");
    const { status, json } = await gateway.send("POST", `${queue}/extend`, {
      body: { dequeueId: "d", leaseMs: 60_000 },
    });
    expect(status).toBe(200);
    const leaseUntil = new Date(gateway.cluster.nowMs() + 60_000).toISOString();
    expect(json).toMatchObject({
      extended: [{ leaseId: leases[1], leaseUntil }],
      lost: [{ leaseId: leases[0], reason: "settled" }],
    });
  });

  it("of an id that nobody knows is 404", async () => {
    const { queue } = await leased(1);
    const answer = await gateway.send("POST", `${queue}/extend`, {
      body: { dequeueId: "other", leaseMs: 60_000 },
    });
    expect(problemIn(answer).code).toBe("lease-unknown");
  });
});
