import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

/** A queue of its own with these messages; its path and the messages' ids. */
async function queueWith(...messages: readonly object[]) {
  const path = await gateway.newQueue();
  const sent = await gateway.send("POST", `${path}/enqueue/batch`, { body: { messages } });
  return { path, ids: idsIn(sent.json["results"]) };
}

function idsIn(results: unknown): readonly string[] {
  if (!Array.isArray(results)) throw new Error("no results");
  return results.map((result: { readonly messageId: string }) => result.messageId);
}

function listIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw new Error("no list");
  return value;
}

describe("GET /queues/{q}/messages", () => {
  it("shows a page after the other, with a cursor only when more follows", async () => {
    const { path, ids } = await queueWith({ body: 1 }, { body: 2 }, { body: 3 });
    const first = await gateway.send("GET", `${path}/messages?limit=2`);
    expect(idsIn(first.json["messages"])).toEqual(ids.slice(0, 2));
    expect(first.json["coord"]).toMatchObject({ op: gateway.cluster.op() });
    const cursor = String(first.json["cursor"]);
    const rest = await gateway.send("GET", `${path}/messages?limit=2&cursor=${cursor}`);
    expect(idsIn(rest.json["messages"])).toEqual(ids.slice(2));
    expect(rest.json).not.toHaveProperty("cursor");
  });

  it("filters by state, group and dedup id together", async () => {
    const { path, ids } = await queueWith(
      { body: 1, groupId: "g" },
      { body: 2, groupId: "g", dedupId: "d" },
      { body: 3, delayMs: 60_000 },
    );
    await gateway.send("POST", `${path}/dequeue`, { body: {} });
    const found = async (query: string) => {
      const { json } = await gateway.send("GET", `${path}/messages?${query}`);
      return idsIn(json["messages"]);
    };
    expect(await found("state=leased")).toEqual([ids[0]]);
    expect(await found("state=blocked&groupId=g")).toEqual([ids[1]]);
    expect(await found("groupId=g")).toEqual([ids[0], ids[1]]);
    expect(await found("dedupId=d")).toEqual([ids[1]]);
    expect(await found("dedupId=d&state=ready")).toEqual([]);
    expect(await found("state=scheduled")).toEqual([ids[2]]);
  });

  it("gives bodies back as the bytes that they were, and only to who may peek", async () => {
    const body = '{"b": 1,  "a":[1.0]}';
    const path = "/v1/queues/messages-raw";
    await gateway.send("PUT", path, { body: {} });
    const raw = `{"messages":[{"body":${body},"headers":{"h":"v"}},{"bodyBase64":"AP8="}]}`;
    const headers = { "content-type": "application/json" };
    await gateway.send("POST", `${path}/enqueue/batch`, { raw, headers });
    const seen = await gateway.send("GET", `${path}/messages`);
    expect(seen.text).toContain(`"body":${body}}`);
    expect(listIn(seen.json["messages"])).toMatchObject([
      { headers: { h: "v" }, errors: [] },
      { bodyBase64: "AP8=", contentType: "application/octet-stream" },
    ]);
    const token = await gateway.issuer.token("read:messages-*");
    const labels = await gateway.send("GET", `${path}/messages`, { token });
    for (const message of listIn(labels.json["messages"])) {
      for (const field of ["body", "bodyBase64", "headers", "errors"]) {
        expect(message).not.toHaveProperty(field);
      }
    }
    const peeker = await gateway.issuer.token("peek:messages-*");
    const peeked = await gateway.send("GET", `${path}/messages`, { token: peeker });
    expect(peeked.text).toContain(body);
    const nobody = await gateway.issuer.token("dequeue:* manage:*");
    const refused = await gateway.send("GET", `${path}/messages`, { token: nobody });
    expect(problemIn(refused)).toMatchObject({
      status: 403,
      scope: expect.stringMatching("read:"),
    });
  });

  it("refuses the cursor of another listing", async () => {
    await gateway.send("PUT", "/v1/queues/1.1", { body: {} });
    await gateway.send("PUT", "/v1/queues/1.2", { body: {} });
    for (const [body, groupId] of [
      [1, "a"],
      [2, "b"],
    ] as const) {
      await gateway.send("POST", "/v1/queues/1.1/enqueue", { body: { body, groupId } });
    }
    const listings = ["/v1/queues", "/v1/queues/1.1/messages", "/v1/queues/1.1/groups"];
    for (const listing of listings) {
      const { json } = await gateway.send("GET", `${listing}?limit=1`);
      for (const other of listings) {
        const next = await gateway.send("GET", `${other}?cursor=${String(json["cursor"])}`);
        expect(next.status, `${other} after ${listing}`).toBe(other === listing ? 200 : 400);
      }
    }
  });

  it("refuses what is no filter, limit or cursor, and names a queue that is not there", async () => {
    const { path } = await queueWith({ body: 1 });
    for (const query of ["state=done", "limit=0", "limit=101", "cursor=abc", "groupId=", "x=1"]) {
      const refused = await gateway.send("GET", `${path}/messages?${query}`);
      const isBeyond = query.startsWith("limit=");
      expect(problemIn(refused), query).toMatchObject(
        isBeyond
          ? { code: "limit-exceeded", limit: "limit", max: 100 }
          : { code: "request-invalid" },
      );
    }
    const missing = await gateway.send("GET", "/v1/queues/no-such/messages");
    expect(problemIn(missing).code).toBe("queue-not-found");
  });
});

describe("GET /queues/{q}/messages/{id}", () => {
  it("shows a leased message with its lease, and never the lease's id", async () => {
    const { path, ids } = await queueWith({ body: "hello", groupId: "g", priority: 7 });
    const taken = await gateway.send("POST", `${path}/dequeue`, {
      body: { worker: "w1", leaseMs: 30_000 },
    });
    const [delivery] = listIn(taken.json["messages"]);
    await gateway.send("POST", `${path}/leases/${String(delivery?.["leaseId"])}/extend`, {
      body: { leaseMs: 60_000, progress: { done: 3 } },
    });
    const seen = await gateway.send("GET", `${path}/messages/${ids[0]}`);
    expect(seen.json).toMatchObject({
      messageId: ids[0],
      seq: 1,
      state: "leased",
      groupId: "g",
      dedupId: null,
      contentType: "application/json",
      priority: 7,
      dueAt: null,
      deliveries: 1,
      failures: 0,
      redrives: 0,
      body: "hello",
      lease: {
        worker: "w1",
        principal: { issuer: "https://issuer.test", subject: "alice" },
        fence: delivery?.["fence"],
        progress: { done: 3 },
      },
      dead: null,
      errors: [],
    });
    expect(seen.text).not.toContain(String(delivery?.["leaseId"]));
    const token = await gateway.issuer.token("read:*");
    const labels = await gateway.send("GET", `${path}/messages/${ids[0]}`, { token });
    expect(labels.json["lease"]).not.toHaveProperty("progress");
  });

  it("shows why and when a message died, and its errors with the newest first", async () => {
    const { path, ids } = await queueWith({ body: 1, maxFailures: 2 });
    for (const message of ["one", "two"]) {
      const taken = await gateway.send("POST", `${path}/dequeue`, { body: { worker: "w" } });
      const [delivery] = listIn(taken.json["messages"]);
      await gateway.send("POST", `${path}/leases/${String(delivery?.["leaseId"])}/nack`, {
        body: { delayMs: 0, error: { type: "E", message } },
      });
    }
    const { json } = await gateway.send("GET", `${path}/messages/${ids[0]}`);
    expect(json).toMatchObject({
      state: "dead",
      dead: { reason: "max-failures" },
      errors: [
        { type: "E", message: "two", worker: "w" },
        { type: "E", message: "one", worker: "w" },
      ],
      lease: null,
    });
  });

  it("does not find what is done, what never was, and what is no id", async () => {
    const { path, ids } = await queueWith({ body: 1 });
    await gateway.send("POST", `${path}/dequeue`, { body: { mode: "delete" } });
    for (const id of [ids[0], "m_00000000000000000000", "none"]) {
      const missing = await gateway.send("GET", `${path}/messages/${id}`);
      expect(problemIn(missing).code).toBe("message-not-found");
    }
    const missing = await gateway.send("GET", `/v1/queues/no-such/messages/${ids[0]}`);
    expect(problemIn(missing).code).toBe("queue-not-found");
  });
});

describe("GET /queues/{q}/groups", () => {
  it("says what each group waits for, and pages", async () => {
    const { path, ids } = await queueWith(
      { body: 1, groupId: "a" },
      { body: 2, groupId: "b" },
      { body: 3, groupId: "a" },
    );
    await gateway.send("POST", `${path}/dequeue`, { body: {} });
    const first = await gateway.send("GET", `${path}/groups?limit=1`);
    expect(first.json["groups"]).toMatchObject([
      { groupId: "a", state: "locked", waiting: 1, head: ids[0] },
    ]);
    const cursor = String(first.json["cursor"]);
    const rest = await gateway.send("GET", `${path}/groups?cursor=${cursor}`);
    expect(rest.json["groups"]).toMatchObject([{ groupId: "b", state: "ready", head: ids[1] }]);
    const ready = await gateway.send("GET", `${path}/groups?state=ready`);
    expect(listIn(ready.json["groups"])).toHaveLength(1);
    const missing = await gateway.send("GET", "/v1/queues/no-such/groups");
    expect(problemIn(missing).code).toBe("queue-not-found");
  });
});
