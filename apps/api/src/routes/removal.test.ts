import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

let queues = 0;

/** A new queue: its name, its path, and calls on it. */
async function made(config: object = {}) {
  queues += 1;
  const name = `q${queues}`;
  const path = `/v1/queues/${name}`;
  await gateway.send("PUT", path, { body: config });
  return {
    name,
    path,
    enqueue: async (body: object = { body: 1 }) =>
      String((await gateway.send("POST", `${path}/enqueue`, { body })).json["messageId"]),
    dequeue: (body: object = {}) => gateway.send("POST", `${path}/dequeue`, { body }),
    purge: (states: readonly string[], confirm = name) =>
      gateway.send("POST", `${path}/purge`, { body: { states, confirm } }),
    stats: async () => (await gateway.send("GET", path)).json["stats"],
  };
}

describe("purge", () => {
  it("answers how many messages it took, and they are gone for the next call", async () => {
    const queue = await made();
    for (const body of [{ body: 1 }, { body: 2, groupId: "g" }, { body: 3, delayMs: 9_000 }]) {
      await queue.enqueue(body);
    }
    const { status, json } = await queue.purge(["ready", "scheduled", "ready"]);
    expect(status).toBe(200);
    expect(json).toMatchObject({ removed: 3, coord: { op: gateway.cluster.op() } });
    expect(await queue.stats()).toMatchObject({ ready: 0, blocked: 0, scheduled: 0, bytes: 0 });
    expect((await queue.dequeue()).json["messages"]).toEqual([]);
  });

  it("asks for the queue's name, and for states that there are", async () => {
    const queue = await made();
    await queue.enqueue();
    for (const [answer, pointer] of [
      [await queue.purge(["ready"], "other"), "/confirm"],
      [await queue.purge(["blocked"]), "/states/0"],
      [await queue.purge([]), "/states"],
    ] as const) {
      expect(answer.status).toBe(400);
      expect(problemIn(answer).errors).toMatchObject([{ pointer }]);
    }
    const nameless = await gateway.send("POST", `${queue.path}/purge`, {
      body: { states: ["ready"] },
    });
    expect(problemIn(nameless).errors).toMatchObject([{ pointer: "/confirm" }]);
    expect(await queue.stats()).toMatchObject({ ready: 1 });
  });

  it("is refused where the queue denies it, and without its scope", async () => {
    const queue = await made({ denyPurge: true });
    const denied = await queue.purge(["ready"]);
    expect(denied.status).toBe(403);
    expect(problemIn(denied)).toMatchObject({ code: "purge-denied", outcome: "not-executed" });
    // No other token would help.
    expect(denied.headers.get("www-authenticate")).toBe('Bearer realm="quorate"');
    const token = await gateway.issuer.token("manage:* redrive:* read:* peek:*");
    const body = { states: ["ready"], confirm: queue.name };
    const refused = await gateway.send("POST", `${queue.path}/purge`, { body, token });
    expect(problemIn(refused)).toMatchObject({ code: "scope-missing", scope: "purge:q3" });
  });

  it("may be in doubt, and is then not to be sent again blindly", async () => {
    const queue = await made();
    gateway.cluster.failWith("outcome-unknown");
    const answer = await queue.purge(["ready"]);
    gateway.cluster.failWith(null);
    expect(answer.status).toBe(504);
    expect(problemIn(answer).retryable).toBe(false);
  });

  it("under an Idempotency-Key acts once, however often it is sent", async () => {
    const queue = await made();
    await queue.enqueue();
    const sent = {
      body: { states: ["ready"], confirm: queue.name },
      headers: { "Idempotency-Key": "purge-1" },
    };
    const first = await gateway.send("POST", `${queue.path}/purge`, sent);
    await queue.enqueue();
    const again = await gateway.send("POST", `${queue.path}/purge`, sent);
    expect([first.json["removed"], again.json["removed"]]).toEqual([1, 1]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await queue.stats()).toMatchObject({ ready: 1 });
  });

  it("ends leases as purged", async () => {
    const queue = await made();
    await queue.enqueue();
    const { json } = await queue.dequeue();
    const [{ leaseId } = { leaseId: "" }] = json["messages"] as { leaseId: string }[];
    await queue.purge(["leased"]);
    const late = await gateway.send("POST", `${queue.path}/leases/${leaseId}/ack`, { body: {} });
    expect(problemIn(late)).toMatchObject({ code: "lease-lost", reason: "purged" });
  });
});

describe("DELETE message", () => {
  it("answers 204 once, then 404", async () => {
    const queue = await made();
    const id = await queue.enqueue();
    const path = `${queue.path}/messages/${id}`;
    const { status, text } = await gateway.send("DELETE", path);
    expect([status, text]).toEqual([204, ""]);
    expect(problemIn(await gateway.send("DELETE", path)).code).toBe("message-not-found");
    for (const other of ["m_00000000000000000000", "x"]) {
      const missing = await gateway.send("DELETE", `${queue.path}/messages/${other}`);
      expect(missing.status).toBe(404);
      expect(problemIn(missing).code).toBe("message-not-found");
    }
  });

  it("takes a leased one only by force", async () => {
    const queue = await made();
    const id = await queue.enqueue();
    await queue.dequeue();
    const path = `${queue.path}/messages/${id}`;
    for (const query of ["", "?force=false"]) {
      const refused = await gateway.send("DELETE", path + query);
      expect(refused.status).toBe(409);
      expect(problemIn(refused).code).toBe("message-leased");
    }
    expect((await gateway.send("DELETE", `${path}?force=true`)).status).toBe(204);
    expect((await gateway.send("DELETE", `${path}?force=yes`)).status).toBe(400);
    expect(await queue.stats()).toMatchObject({ leased: 0 });
  });
});

describe("DELETE queue", () => {
  it("answers 204 for an empty queue, 409 for one with messages unless by force", async () => {
    const queue = await made();
    await queue.enqueue();
    const refused = await gateway.send("DELETE", queue.path);
    expect(refused.status).toBe(409);
    expect(problemIn(refused).code).toBe("queue-not-empty");
    expect((await gateway.send("DELETE", `${queue.path}?force=true`)).status).toBe(204);
    const again = await gateway.send("DELETE", queue.path);
    expect(problemIn(again).code).toBe("queue-not-found");
    expect((await gateway.send("GET", queue.path)).status).toBe(404);
  });

  it("is refused where the queue denies it, force or not", async () => {
    const queue = await made({ denyDelete: true });
    for (const query of ["", "?force=true"]) {
      const denied = await gateway.send("DELETE", queue.path + query);
      expect(denied.status).toBe(403);
      expect(problemIn(denied).code).toBe("delete-denied");
    }
  });

  it("on a condition is refused, as no condition is looked at", async () => {
    const { path: queue, stats } = await made();
    for (const [method, path] of [
      ["DELETE", queue],
      ["POST", `${queue}/enqueue`],
    ] as const) {
      const body = method === "POST" ? { body: { body: 1 } } : {};
      const headers = { "If-Match": '"7.7"' };
      const answer = await gateway.send(method, path, { ...body, headers });
      expect(problemIn(answer)).toMatchObject({ status: 400, errors: [{ pointer: "If-Match" }] });
    }
    expect(await stats()).toMatchObject({ ready: 0 });
  });

  it("ends waiting dequeue calls with 404", async () => {
    const queue = await made();
    const waiting = queue.dequeue({ waitMs: 20_000 });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await gateway.send("DELETE", queue.path);
    const answer = await waiting;
    expect(answer.status).toBe(404);
    expect(problemIn(answer).code).toBe("queue-not-found");
  });

  it("under an Idempotency-Key takes no queue that was made in the meantime", async () => {
    const queue = await made();
    const headers = { "Idempotency-Key": "delete-1" };
    expect((await gateway.send("DELETE", queue.path, { headers })).status).toBe(204);
    await gateway.send("PUT", queue.path, { body: {} });
    const again = await gateway.send("DELETE", queue.path, { headers });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([204, "true"]);
    expect((await gateway.send("GET", queue.path)).status).toBe(200);
  });

  it("leaves the name free: a queue made again begins anew", async () => {
    const queue = await made();
    await queue.enqueue({ body: 1, dedupId: "d" });
    const before = await gateway.send("GET", queue.path);
    await gateway.send("DELETE", `${queue.path}?force=true`);
    const created = await gateway.send("PUT", queue.path, { body: {} });
    expect(created.status).toBe(201);
    expect(created.headers.get("etag")).not.toBe(before.headers.get("etag"));
    const { status, json } = await gateway.send("POST", `${queue.path}/enqueue`, {
      body: { body: 2, dedupId: "d" },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({ seq: 1, duplicate: false });
  });
});

describe("ttlMs", () => {
  it.each([
    ["a field", { body: { body: 1, ttlMs: 2_000 } }],
    [
      "a header of a raw body",
      { raw: "x", headers: { "content-type": "text/plain", "quorate-ttl-ms": "2000" } },
    ],
  ])("given as %s ends the message when it has waited for that long", async (_how, sent) => {
    const queue = await made();
    await gateway.send("POST", `${queue.path}/enqueue`, sent);
    gateway.cluster.advance(1_900);
    expect(await queue.stats()).toMatchObject({ ready: 1, dead: 0 });
    gateway.cluster.advance(1_500);
    expect(await queue.stats()).toMatchObject({ ready: 0, dead: 1 });
  });

  it.each([999, 365 * 86_400_000 + 1])("of %d is out of range", async (ttlMs) => {
    const queue = await made();
    const answer = await gateway.send("POST", `${queue.path}/enqueue`, {
      body: { body: 1, ttlMs },
    });
    expect(problemIn(answer)).toMatchObject({ code: "limit-exceeded", limit: "ttlMs" });
    const headers = { "content-type": "text/plain", "quorate-ttl-ms": String(ttlMs) };
    const raw = await gateway.send("POST", `${queue.path}/enqueue`, { raw: "x", headers });
    expect(problemIn(raw).errors).toMatchObject([{ pointer: "Quorate-Ttl-Ms" }]);
  });
});
