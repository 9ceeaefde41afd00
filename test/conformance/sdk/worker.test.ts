/** What holds of a worker, whatever cluster it works for. */
import { type Handler, type QueueClient, Reject, Release, type WorkerOptions } from "@quorate/sdk";
import { describe, expect, test } from "vitest";
import { stageOfTests, stages } from "./stage.ts";

/** Steps of 10 ms in which something must come about: a minute. */
const stepsMax = 6000;

describe.each(stages)("a worker of $name", async ({ start }) => {
  const stage = await stageOfTests(start);

  /** Time passes in small steps until the condition holds. */
  const until = async (condition: () => boolean | Promise<boolean>) => {
    for (let step = 0; step < stepsMax && !(await condition()); step++) await stage.pass(10);
    if (!(await condition())) throw new Error("it did not come about");
  };

  /** A worker that tells what went wrong; `closed` ends it with time that passes. */
  async function working(
    handler: Handler<number>,
    options: WorkerOptions = {},
    config: object = {},
  ) {
    const errors: unknown[] = [];
    const queue = await stage.newQueue<number>(config);
    const worker = queue.worker(handler, { onError: (error) => errors.push(error), ...options });
    const closed = async (closeOptions = {}) => {
      let isClosed = false;
      void worker.close(closeOptions).then(() => (isClosed = true));
      await until(() => isClosed);
    };
    return { queue, worker, errors, closed };
  }

  async function collect(queue: QueueClient<number>) {
    const messages = [];
    for await (const message of queue.messages()) messages.push(message);
    return { messages };
  }

  const hanging = () => new Promise<never>(() => {});

  test("a handler that resolves acks, and one that throws nacks", async () => {
    const seen: string[] = [];
    const { queue, errors, closed } = await working(async (message) => {
      seen.push(`${message.body}:${message.failures}`);
      await Promise.resolve();
      if (message.body === 2 && message.failures === 0) throw new Error("broken");
    });
    await queue.enqueueMany([1, 2, 3].map((body) => ({ body })));
    await until(() => seen.length === 4);
    await closed();
    expect(seen.toSorted()).toEqual(["1:0", "2:0", "2:1", "3:0"]);
    expect((await queue.get()).stats).toMatchObject({ ready: 0, leased: 0, scheduled: 0, dead: 0 });
    expect(errors).toEqual([]);
  });

  test("Reject makes a message dead at once, Release gives it back without a failure", async () => {
    const failures: number[] = [];
    const { queue, closed } = await working((message) => {
      if (message.body === 1) throw new Reject("never");
      failures.push(message.failures);
      if (failures.length === 1) throw new Release("later", { delayMs: 1000 });
    });
    await queue.enqueueMany([1, 2].map((body) => ({ body })));
    await until(() => failures.length === 2);
    await closed();
    expect(failures).toEqual([0, 0]);
    expect((await queue.get()).stats).toMatchObject({ ready: 0, dead: 1 });
  });

  test("a lease is extended while the handler runs, however long it takes", async () => {
    const finish = Promise.withResolvers<void>();
    const fences: number[] = [];
    const { queue, errors, closed } = await working(
      async (_message, { fence }) => {
        fences.push(fence);
        await finish.promise;
      },
      { leaseMs: 6000 },
    );
    await queue.enqueue(1);
    await until(() => fences.length === 1);
    await stage.pass(30_000);
    expect((await queue.get()).stats).toMatchObject({ leased: 1 });
    finish.resolve();
    await closed();
    expect((await queue.get()).stats).toMatchObject({ ready: 0, leased: 0, dead: 0 });
    expect(fences).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test("the signal aborts when the lease is lost, and nothing is settled then", async () => {
    const lost: unknown[] = [];
    const leases: (string | null)[] = [];
    const { queue, errors, closed } = await working(
      async (message, { signal }) => {
        leases.push(message.leaseId);
        if (message.deliveries > 1) return;
        await new Promise((resolve) => {
          signal.addEventListener("abort", resolve);
        });
        lost.push(signal.reason);
        throw new Error("gave up");
      },
      { leaseMs: 6000, concurrency: 1 },
    );
    await queue.enqueue(1);
    await until(() => leases.length === 1);
    await queue.release(leases[0] ?? "");
    await stage.pass(3000);
    await until(() => lost.length === 1 && leases.length === 2);
    await closed();
    expect(lost[0]).toMatchObject({ name: "LeaseLostError", code: "already-settled" });
    expect(errors).toHaveLength(0);
    expect((await queue.get()).stats).toMatchObject({ ready: 0, leased: 0, scheduled: 0 });
  });

  test("a handler that takes too long is given up, and its message comes again", async () => {
    const reasons: unknown[] = [];
    let calls = 0;
    const { queue, closed } = await working(
      async (_message, { signal }) => {
        calls += 1;
        if (calls > 1) return;
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        await hanging();
      },
      { maxProcessingMs: 5000 },
    );
    await queue.enqueue(1);
    await until(() => calls === 2);
    await closed();
    expect(reasons).toMatchObject([{ code: "processing-timeout", name: "TimeoutError" }]);
  });

  test("a group is handled one by one and in order, also when a message of it fails", async () => {
    const seen: number[] = [];
    let running = 0;
    let runningMost = 0;
    const { queue, closed } = await working(
      async (message) => {
        running += 1;
        runningMost = Math.max(runningMost, running);
        seen.push(message.body);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (message.body === 3 && message.failures < 2) throw new Error("not yet");
      },
      { concurrency: 20 },
    );
    await queue.enqueueMany([1, 2, 3, 4, 5, 6].map((body) => ({ body, groupId: "g" })));
    await until(() => seen.length === 8);
    await closed();
    expect(seen).toEqual([1, 2, 3, 3, 3, 4, 5, 6]);
    expect(runningMost).toBe(1);
    expect((await queue.get()).stats).toMatchObject({ ready: 0, blocked: 0, leased: 0 });
  });

  test("no more messages are held than may be handled at once", async () => {
    let running = 0;
    let runningMost = 0;
    let done = 0;
    const { queue, worker, closed } = await working(
      async () => {
        running += 1;
        runningMost = Math.max(runningMost, running);
        expect(worker.heldCount).toBeLessThanOrEqual(3);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        done += 1;
      },
      { concurrency: 3 },
    );
    await queue.enqueueMany(Array.from({ length: 30 }, (_, body) => ({ body })));
    await until(() => done === 30);
    await closed();
    expect(runningMost).toBe(3);
  });

  test("a worker that is closed finishes what runs and gives back what waits", async () => {
    const finish = Promise.withResolvers<void>();
    const seen: number[] = [];
    const { queue, worker, closed } = await working(async (message) => {
      seen.push(message.body);
      await finish.promise;
    });
    await queue.enqueueAll([1, 2, 3].map((body) => ({ body, groupId: "g" })));
    await until(() => worker.heldCount === 3);
    const closing = closed();
    await until(() => worker.heldCount === 1);
    finish.resolve();
    await closing;
    expect(seen).toEqual([1]);
    const { messages } = await queue.dequeue({ max: 10 });
    expect(messages.map(({ body, failures }) => [body, failures])).toEqual([
      [2, 0],
      [3, 0],
    ]);
  });

  test("a handler that does not end in time is left, and its message released", async () => {
    const reasons: unknown[] = [];
    const { queue, worker, closed } = await working(async (_message, { signal }) => {
      signal.addEventListener("abort", () => reasons.push(signal.reason));
      await hanging();
    });
    await queue.enqueue(1);
    await until(() => worker.heldCount === 1);
    await closed({ timeoutMs: 1000 });
    expect(reasons).toMatchObject([{ code: "closed" }]);
    const [message] = (await queue.dequeue()).messages;
    expect(message).toMatchObject({ failures: 0, deliveries: 2 });
  });

  test("progress is told while the handler runs", async () => {
    const finish = Promise.withResolvers<void>();
    const told: string[] = [];
    const { queue, closed, errors } = await working(async (_message, { progress }) => {
      await progress({ percent: 50 });
      told.push("half");
      await finish.promise;
    });
    await queue.enqueue(1);
    await until(() => told.length === 1);
    finish.resolve();
    await closed();
    expect(errors).toEqual([]);
  });

  test("progress that has no JSON is the handler's mistake, and costs other messages nothing", async () => {
    const { queue, errors, closed } = await working(async ({ body }, { progress }) => {
      if (body === 2) await progress(() => {});
    });
    await queue.enqueueMany([1, 2, 3].map((body) => ({ body })));
    await until(async () => {
      const { ready, leased } = (await queue.get()).stats;
      return ready + leased === 0;
    });
    await closed();
    const { messages } = await collect(queue);
    expect(messages).toMatchObject([{ body: 2, errors: [{ type: "UsageError" }] }]);
    expect(errors).toEqual([]);
  });

  test("a worker goes on after the queue has come", async () => {
    const errors: unknown[] = [];
    const seen: number[] = [];
    const queue = stage.client().queue<number>("late");
    const worker = queue.worker((message) => void seen.push(message.body), {
      onError: (error) => errors.push(error),
    });
    await until(() => errors.length === 2);
    await queue.put();
    await queue.enqueue(1);
    await until(() => seen.length === 1);
    let isClosed = false;
    void worker.close().then(() => (isClosed = true));
    await until(() => isClosed);
    expect(errors[0]).toMatchObject({ code: "queue-not-found" });
  });
});
