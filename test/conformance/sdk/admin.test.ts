/** What holds of a client's ways to look at queues and to keep them. */
import { describe, expect, test } from "vitest";
import { errorOf, stageOfTests, stages } from "./stage.ts";

describe.each(stages)("an operator of $name", async ({ start }) => {
  const stage = await stageOfTests(start);
  const { newQueue } = stage;

  test("a configuration is changed only by who has seen it", async () => {
    const queue = await newQueue({ maxFailures: 3 });
    const { etag, config } = await queue.get();
    expect(config.maxFailures).toBe(3);
    expect(await errorOf(queue.put({ maxFailures: 4 }))).toMatchObject({
      code: "precondition-required",
    });
    const changed = await queue.put({ maxFailures: 4 }, { ifMatch: etag });
    expect(changed.config.maxFailures).toBe(4);
    expect(await errorOf(queue.put({}, { ifMatch: etag }))).toMatchObject({
      code: "etag-mismatch",
    });
    expect(await errorOf(queue.put({}, { onlyCreate: true }))).toMatchObject({
      code: "queue-exists",
    });
  });

  test("what a new configuration would do is told without doing it", async () => {
    const queue = await newQueue({ maxMessages: 5 });
    await queue.enqueueAll([{ body: 1 }, { body: 2 }]);
    const tried = await queue.put({ maxMessages: 1 }, { ifMatch: "*", dryRun: true });
    expect(tried).toMatchObject({
      config: { maxMessages: 1 },
      effect: {
        creates: false,
        changes: [{ field: "maxMessages", from: 5, to: 1 }],
        exceeded: ["maxMessages"],
      },
    });
    expect((await queue.get()).config.maxMessages).toBe(5);
  });

  test("what is in a queue can be looked at without touching it", async () => {
    const queue = await newQueue<number>({ backoff: { baseMs: 0 } });
    const bodies = [1, 2, 3, 4, 5];
    await queue.enqueueMany(
      bodies.map((body) => ({ body, groupId: "g", ...(body === 1 ? { dedupId: "first" } : {}) })),
    );
    const { messages } = await queue.dequeue({ worker: "w" });
    const [leased] = messages;
    if (!leased) throw new Error("a message is missing");
    await queue.extend(leased, { progress: { step: 1 } });
    const seen = [];
    for await (const message of queue.messages({ pageSize: 2 })) seen.push(message);
    expect(seen.map(({ body, state }) => [body, state])).toEqual([
      [1, "leased"],
      ...[2, 3, 4, 5].map((body) => [body, "blocked"]),
    ]);
    expect(seen[0]?.lease).toMatchObject({
      worker: "w",
      fence: leased.fence,
      progress: { step: 1 },
    });
    expect(seen[0]?.dedupId).toBe("first");
    const groups = [];
    for await (const group of queue.groups()) groups.push(group);
    expect(groups).toMatchObject([{ groupId: "g", state: "locked", head: leased.messageId }]);
    await queue.nack(leased, { error: { type: "E", message: "no" }, delayMs: 0 });
    const message = await queue.message(leased.messageId);
    expect(message.errors).toMatchObject([{ type: "E", message: "no", worker: "w" }]);
    const filtered = [];
    for await (const { body } of queue.messages({ dedupId: "first" })) filtered.push(body);
    expect(filtered).toEqual([1]);
  });

  test("messages, what is in a state, and queues can be taken away", async () => {
    const queue = await newQueue<number>();
    const sent = await queue.enqueueAll([{ body: 1 }, { body: 2 }, { body: 3, delayMs: 60_000 }]);
    await queue.deleteMessage(sent[0]?.messageId ?? "");
    expect(await errorOf(queue.message(sent[0]?.messageId ?? ""))).toMatchObject({
      code: "message-not-found",
    });
    expect(await errorOf(queue.delete())).toMatchObject({ code: "queue-not-empty" });
    expect(await queue.purge(["ready"])).toMatchObject({ removed: 1 });
    expect((await queue.get()).stats).toMatchObject({ ready: 0, scheduled: 1 });
    await queue.delete({ force: true });
    expect(await errorOf(queue.get())).toMatchObject({ code: "queue-not-found" });
  });

  test("dead letters can be leased, and are gone when they are acked", async () => {
    const queue = await newQueue<number>();
    await queue.enqueueAll([{ body: 1 }, { body: 2 }]);
    for (const message of (await queue.dequeue({ max: 2 })).messages) await queue.reject(message);
    const { messages } = await queue.dequeue({ from: "dead", max: 2 });
    expect(messages.map(({ body }) => body)).toEqual([1, 2]);
    const [first, second] = messages;
    if (!first || !second) throw new Error("a message is missing");
    await queue.ack(first);
    await queue.release(second);
    expect((await queue.get()).stats).toMatchObject({ leased: 0, dead: 1 });
  });

  test("dead letters are brought back by a task", async () => {
    const queue = await newQueue<number>();
    await queue.enqueueAll([{ body: 1 }, { body: 2 }, { body: 3 }]);
    const { messages } = await queue.dequeue({ max: 3 });
    for (const message of messages) {
      await queue.reject(message, { error: { type: message.body === 2 ? "Other" : "Known" } });
    }
    expect(await queue.redrive({}, { dryRun: true })).toMatchObject({ taskId: null, matched: 3 });
    const { taskId, matched } = await queue.redrive({ errorType: "Known" }, { rate: 100 });
    expect(matched).toBe(2);
    await stage.advance(5000);
    const { tasks } = stage.client();
    expect(await tasks.get(taskId ?? "")).toMatchObject({ state: "done", moved: 2 });
    expect((await queue.get()).stats).toMatchObject({ ready: 2, dead: 1 });
    expect(await tasks.cancel(taskId ?? "")).toMatchObject({ state: "done" });
    expect(await errorOf(tasks.get("t_nothing"))).toMatchObject({ code: "task-not-found" });
  });

  test("a queue that is paused takes nothing, or gives nothing out, and says so", async () => {
    const queue = await newQueue<number>({}, { maxRetries: 0 });
    await queue.enqueue(1);
    const { paused } = await queue.pause("send", { reason: "holidays" });
    expect(paused).toMatchObject({ send: { reason: "holidays" }, receive: null });
    expect(await errorOf(queue.enqueue(2))).toMatchObject({ code: "paused", retryable: true });
    await queue.resume("send");
    await queue.enqueue(2);
    await queue.pause("receive");
    expect(await queue.dequeue()).toMatchObject({ messages: [], paused: true });
    await queue.resume("receive");
    expect((await queue.dequeue({ max: 9 })).messages).toHaveLength(2);
  });

  test("queues are listed by name, page by page", async () => {
    const quorate = stage.client();
    const names = Array.from({ length: 7 }, (_, index) => `listed.${index}`);
    await Promise.all(names.map((name) => quorate.queue(name).put()));
    const found: string[] = [];
    const list = quorate.queues.list({ prefix: "listed.", pageSize: 3 });
    for await (const { name } of list) found.push(name);
    expect(found).toEqual(names);
  });

  test("a queue that is not there is named as such", async () => {
    const queue = stage.client().queue("nowhere");
    const calls = [queue.get(), queue.enqueue(1), queue.dequeue(), queue.ack("l_nobody")];
    for (const error of await Promise.all(calls.map(errorOf))) {
      expect(error).toMatchObject({ code: "queue-not-found", status: 404 });
    }
  });
});
