import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();

let queues = 0;

/** A queue in which these bodies lie dead, and what may be done with it. */
async function queueOfDead(...bodies: readonly string[]) {
  queues += 1;
  const name = `redrive-${queues}`;
  const path = `/v1/queues/${name}`;
  await gateway.send("PUT", path, { body: {} });
  const post = (action: string, body: object = {}, headers = {}) =>
    gateway.send("POST", `${path}/${action}`, { body, headers });
  for (const body of bodies) {
    await post("enqueue", { body, groupId: body });
    const { json } = await post("dequeue");
    const [message] = json["messages"] as { leaseId: string }[];
    await post(`leases/${message?.leaseId}/reject`, { error: { type: body, message: "no" } });
    gateway.cluster.advance(1000);
  }
  const states = async () => {
    const { json } = await gateway.send("GET", `${path}/messages`);
    return (json["messages"] as { state: string }[]).map(({ state }) => state);
  };
  return { name, path, post, states };
}

describe("POST /queues/{q}/redrive", () => {
  it("begins a task, which is done soon, and tells what it did", async () => {
    const { name, post, states } = await queueOfDead("a", "b");
    const startedAt = new Date(gateway.cluster.nowMs()).toISOString();
    const begun = await post("redrive", { filter: {} });
    expect(begun.status).toBe(202);
    expect(begun.json).toMatchObject({ matched: 2, counting: false });
    const task = `/v1/tasks/${String(begun.json["taskId"])}`;
    const running = await gateway.send("GET", task);
    expect(running.json).toMatchObject({
      taskId: begun.json["taskId"],
      queue: name,
      kind: "redrive",
      state: "running",
      matched: 2,
      counting: false,
      moved: 0,
      startedAt,
      endedAt: null,
    });
    gateway.cluster.advance(1000);
    const done = await gateway.send("GET", task);
    expect(done.json).toMatchObject({ state: "done", moved: 2 });
    expect(done.json["endedAt"]).not.toBeNull();
    expect(await states()).toEqual(["ready", "ready"]);
  });

  it("counts what it would do in a dry run, with every field of the filter", async () => {
    const { path, post, states } = await queueOfDead("a", "b", "c");
    const { json } = await gateway.send("GET", `${path}/messages`);
    const messages = json["messages"] as { messageId: string; dead: { at: string } }[];
    const ids = messages.map(({ messageId }) => messageId);
    const counts = [
      [{}, 3],
      [{ reason: "rejected" }, 3],
      [{ reason: "expired" }, 0],
      [{ groupId: "b" }, 1],
      [{ errorType: "c" }, 1],
      [{ errorType: "c", groupId: "b" }, 0],
      [{ ids: ids.slice(1) }, 2],
      [{ ids, errorType: "a" }, 1],
      [{ from: messages[1]?.dead.at }, 2],
      [{ to: messages[1]?.dead.at }, 2],
      [{ from: messages[1]?.dead.at, to: messages[1]?.dead.at }, 1],
    ] as const;
    const op = gateway.cluster.op();
    for (const [filter, matched] of counts) {
      const seen = await post("redrive", { filter, dryRun: true });
      expect(seen.status).toBe(200);
      expect(seen.json, JSON.stringify(filter)).toMatchObject({
        taskId: null,
        matched,
        counting: false,
      });
    }
    const nowhere = await post("redrive", { filter: {}, target: "no-such", dryRun: true });
    expect(problemIn(nowhere).code).toBe("queue-not-found");
    expect(gateway.cluster.op()).toBe(op);
    expect(await states()).toEqual(["dead", "dead", "dead"]);
  });

  it("says that it still counts what lies behind the first 2,000, and then how many they are", async () => {
    const { post } = await queueOfDead();
    for (let left = 2100; left > 0; left -= 1000) {
      const messages = Array.from({ length: Math.min(left, 1000) }, () => ({ body: 1 }));
      await post("enqueue/batch", { messages });
    }
    for (let left = 2100; left > 0; left -= 100) {
      const { json } = await post("dequeue", { max: 100 });
      const settlements = (json["messages"] as { leaseId: string }[]).map(({ leaseId }) => ({
        leaseId,
        action: "reject",
        error: { type: "Late", message: "no" },
      }));
      await post("settle", { settlements });
    }
    const filter = { errorType: "Late" };
    const dry = await post("redrive", { filter, dryRun: true });
    expect(dry.json).toMatchObject({ matched: 2100, counting: false });
    const begun = await post("redrive", { filter, rate: 1 });
    expect(begun.json).toMatchObject({ matched: 2000, counting: true });
    gateway.cluster.advance(500);
    const task = await gateway.send("GET", `/v1/tasks/${String(begun.json["taskId"])}`);
    expect(task.json).toMatchObject({ matched: 2100, counting: false, state: "running" });
  });

  it("moves messages into a target, for whom the token has redrive, too", async () => {
    const { name, path, post } = await queueOfDead("a");
    await gateway.send("PUT", "/v1/queues/redrive-target", { body: {} });
    const body = { filter: {}, target: "redrive-target" };
    const token = await gateway.issuer.token(`redrive:${name}`);
    const refused = await gateway.send("POST", `${path}/redrive`, { body, token });
    expect(problemIn(refused)).toMatchObject({ status: 403, scope: "redrive:redrive-target" });
    expect((await post("redrive", body)).status).toBe(202);
    gateway.cluster.advance(1000);
    const { json } = await gateway.send("GET", "/v1/queues/redrive-target/messages");
    expect(json["messages"]).toMatchObject([{ body: "a", seq: 1, redrives: 1 }]);
    const none = await post("redrive", { filter: {}, target: "no-such" });
    expect(problemIn(none).code).toBe("queue-not-found");
  });

  it("is begun once under an Idempotency-Key", async () => {
    const { post } = await queueOfDead("a");
    const headers = { "Idempotency-Key": "redrive-once" };
    const first = await post("redrive", { filter: {} }, headers);
    const again = await post("redrive", { filter: {} }, headers);
    expect([again.status, again.json["taskId"]]).toEqual([202, first.json["taskId"]]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  it("beyond those that may run is too much for now, not a bad request", async () => {
    const { post } = await queueOfDead("a");
    const tasks: string[] = [];
    for (let count = 0; count < 100; count++) {
      tasks.push(String((await post("redrive", { filter: {}, rate: 1 })).json["taskId"]));
    }
    const key = { "Idempotency-Key": "redrive-beyond" };
    const refused = await post("redrive", { filter: {} }, key);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(problemIn(refused)).toMatchObject({
      status: 429,
      code: "rate-limited",
      outcome: "not-executed",
      retryable: true,
      limit: "tasksRunningMax",
      max: 100,
    });
    for (const task of tasks) await gateway.send("DELETE", `/v1/tasks/${task}`);
    expect((await post("redrive", { filter: {} }, key)).status).toBe(202);
  });

  it("refuses what is no filter, rate or target", async () => {
    const { post } = await queueOfDead();
    const bodies = [
      {},
      { filter: { state: "dead" } },
      { filter: { ids: [] } },
      { filter: { ids: ["x"] } },
      { filter: { from: "yesterday" } },
      { filter: {}, rate: 0 },
      { filter: {}, rate: 10_001 },
      { filter: {}, target: "No" },
    ];
    for (const body of bodies) {
      expect((await post("redrive", body)).status, JSON.stringify(body)).toBe(400);
    }
    const missing = await gateway.send("POST", "/v1/queues/no/redrive", { body: { filter: {} } });
    expect(problemIn(missing).code).toBe("queue-not-found");
  });
});

describe("/tasks/{id}", () => {
  it("cancels: what is moved stays", async () => {
    const { post, states } = await queueOfDead("a", "b");
    const begun = await post("redrive", { filter: {}, rate: 1 });
    gateway.cluster.advance(1000);
    const task = `/v1/tasks/${String(begun.json["taskId"])}`;
    const cancelled = await gateway.send("DELETE", task);
    expect(cancelled.json).toMatchObject({ state: "cancelled", moved: 1 });
    gateway.cluster.advance(3000);
    expect((await states()).toSorted()).toEqual(["dead", "ready"]);
    expect((await gateway.send("DELETE", task)).json["state"]).toBe("cancelled");
  });

  it("is there for those alone who may read its queue, or redrive it", async () => {
    const { name, post } = await queueOfDead("a");
    const begun = await post("redrive", { filter: {} });
    const task = `/v1/tasks/${String(begun.json["taskId"])}`;
    const reader = await gateway.issuer.token(`read:${name}`);
    expect((await gateway.send("GET", task, { token: reader })).status).toBe(200);
    expect((await gateway.send("DELETE", task, { token: reader })).status).toBe(403);
    // They may know of it: what they lack is no secret.
    for (const [method, lacks, has] of [
      ["DELETE", "redrive", "read"],
      ["GET", "read", "redrive"],
    ] as const) {
      const token = await gateway.issuer.token(`${has}:${name} ${lacks}:other`);
      const denied = await gateway.send(method, task, { token });
      expect(problemIn(denied)).toMatchObject({ code: "scope-missing", scope: `${lacks}:${name}` });
    }
    expect((await gateway.send("GET", task)).json["state"]).toBe("running");
    const stranger = await gateway.issuer.token("read:other redrive:other");
    for (const method of ["GET", "DELETE"]) {
      const hidden = await gateway.send(method, task, { token: stranger });
      expect(problemIn(hidden).code).toBe("task-not-found");
    }
    for (const id of ["t_00000000000000000000", "t_zzzzzzzzzzzzzzzzzzzz", "none"]) {
      const missing = await gateway.send("GET", `/v1/tasks/${id}`);
      expect(problemIn(missing).code).toBe("task-not-found");
    }
  });
});
