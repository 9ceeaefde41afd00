/** What the SDK is tried on: a cluster, its clients, and time in the test's hand. */
import { everyScope, startTestGateway } from "@quorate/api/testing";
import {
  isQuorateError,
  Quorate,
  type QuorateError,
  type QuorateOptions,
  type QueueClient,
  type QueueConfigGiven,
} from "@quorate/sdk";
import { ManualTimers, TestCluster } from "@quorate/sdk/testing";
import { afterAll, vi } from "vitest";

/** A cluster with clients. */
export interface Stage {
  /** A client of the cluster. */
  readonly client: (options?: Partial<QuorateOptions>) => Quorate;
  /** Moves the cluster's time and the clients' timers on. */
  readonly advance: (ms: number) => Promise<void>;
  /** The same, in small steps, waiting after each until every call but those that wait is answered. */
  readonly pass: (ms: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The kinds of cluster that a client may talk to. */
export const stages = [
  { name: "a gateway", start: startGatewayStage },
  { name: "a test's cluster", start: startTestStage },
] as const;

/** The cluster that programs are given for their own tests. */
async function startTestStage(): Promise<Stage> {
  await Promise.resolve();
  const cluster = new TestCluster();
  return {
    client: (options) => cluster.client(options),
    advance: (ms) => cluster.advance(ms),
    pass: (ms) => cluster.advance(ms),
    stop: () => Promise.resolve(),
  };
}

/** A stage for the tests of a suite, which ends after them. */
export interface StageOfTests extends Stage {
  /** A queue that nobody else uses, with a client of its own. */
  readonly newQueue: <T = unknown>(
    config?: QueueConfigGiven,
    options?: Partial<QuorateOptions>,
  ) => Promise<QueueClient<T>>;
}

/** See `StageOfTests`. */
export async function stageOfTests(start: () => Promise<Stage>): Promise<StageOfTests> {
  const stage = await start();
  afterAll(() => stage.stop());
  let queues = 0;
  return {
    ...stage,
    async newQueue<T>(config: QueueConfigGiven = {}, options: Partial<QuorateOptions> = {}) {
      queues += 1;
      const queue = stage.client(options).queue<T>(`queue-${queues}`);
      await queue.put(config);
      return queue;
    },
  };
}

/** The error with which a call ends. Throws when it has another end. */
export async function errorOf(call: Promise<unknown>): Promise<QuorateError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (isQuorateError(error)) return error;
  throw new Error("the call has no error of the SDK", { cause: error });
}

/** A gateway as it is served, over one state machine. */
async function startGatewayStage(): Promise<Stage> {
  const gateway = await startTestGateway();
  const token = await gateway.issuer.token(everyScope);
  const timers = new ManualTimers();
  const { fetch, idle } = watchedFetch(globalThis.fetch);
  const advance = (ms: number) => {
    gateway.cluster.advance(ms);
    timers.advance(ms);
  };
  return {
    client: (options) => new Quorate({ url: gateway.url, token, timers, fetch, ...options }),
    async advance(ms) {
      advance(ms);
      await Promise.resolve();
    },
    pass: (ms) => passSlowly(ms, advance, idle),
    async stop() {
      await gateway.stop();
      if (gateway.logged.length > 0) throw new Error("the gateway has logged an error");
    },
  };
}

/** Settlements are gathered for less than this, in ms. */
const gatherMs = 10;
const stepMs = 1000;

async function passSlowly(
  ms: number,
  advance: (ms: number) => void,
  idle: () => Promise<void>,
): Promise<void> {
  await idle();
  for (let left = ms; left > 0; left -= stepMs) {
    const step = Math.min(left, stepMs);
    advance(Math.min(step, gatherMs));
    await idle();
    advance(Math.max(0, step - gatherMs));
    await idle();
  }
}

/** A fetch of which is known whether calls are unanswered that do not wait for messages. */
function watchedFetch(fetch: typeof globalThis.fetch) {
  let unanswered = 0;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const watched: typeof globalThis.fetch = async (input, init) => {
    if (typeof input === "string" && input.endsWith("/dequeue")) return await fetch(input, init);
    unanswered += 1;
    try {
      return await fetch(input, init);
    } finally {
      unanswered -= 1;
    }
  };
  const idle = async () => {
    const isAnswered = () => unanswered === 0;
    do {
      await turn();
      await vi.waitUntil(isAnswered, { interval: 1, timeout: 10_000 });
      // The answer has yet to be read, and what follows from it to be called.
      await turn();
      await turn();
    } while (!isAnswered());
  };
  return { fetch: watched, idle };
}
