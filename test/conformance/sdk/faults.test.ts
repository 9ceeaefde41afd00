/**
 * The SDK on a bad day, many times: requests and answers get lost, calls are refused for a while,
 * handlers fail, workers come and go. Everything is in one process and in the test's time.
 */
import { Prng } from "@quorate/prelude";
import { type Message, type QueueClient, Release, type Worker } from "@quorate/sdk";
import { TestCluster } from "@quorate/sdk/testing";
import { expect, test } from "vitest";
import { Ledger } from "../../proof/audit/ledger.ts";
import { auditedFetch } from "../../proof/worker/audited-fetch.ts";

const seeds = 25;
const messages = 200;
const workerCount = 3;

/** Longer than a day: what a lost dequeue has taken comes only to who asks for it again, in ms. */
const leaseMs = 3_600_000;

/** Out of a hundred calls, as long as the bad day lasts. */
const percent = { requestLost: 6, answerLost: 8, silent: 2 } as const;

/** Handlers that throw, or give back, out of a hundred; each message fails once at most. */
const failPercent = 15;

/** Steps of a second until all is settled, at most; half of them are the bad day. */
const stepsMax = 600;

interface Job {
  readonly id: string;
  /** Position in its group. */
  readonly position: number;
}

const neverSent = () => new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
const broken = () => new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });

/** A fetch that loses some of what it carries while it is told to. */
function losing(inner: typeof fetch, random: Prng, isBad: () => boolean): typeof fetch {
  return async (input, init) => {
    const drawn = isBad() ? random.below(100) : 100;
    const { requestLost, answerLost, silent } = percent;
    if (drawn < requestLost) throw neverSent();
    if (drawn < requestLost + silent)
      return await new Promise<never>((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    const response = await inner(input, init);
    if (drawn < requestLost + silent + answerLost) throw broken();
    return response;
  };
}

class BadDay {
  readonly ledger = new Ledger();
  readonly errors: unknown[] = [];
  /** Ungrouped messages that were handled again although their handler had not failed. */
  readonly surplus: string[] = [];
  readonly random: Prng;
  /** Messages with another number of failures than that of their handler. */
  readonly expired: string[] = [];
  /** Messages that were handled before an earlier one of their group. */
  readonly overtaking: string[] = [];
  private readonly cluster = new TestCluster();
  /** The position that is next to be handled, by group. */
  private readonly nextOf = new Map<string, number>();
  private readonly failed = new Set<string>();
  private readonly threw = new Set<string>();
  private readonly handled = new Map<string, number>();
  private isBad = true;

  constructor(seed: number) {
    this.random = new Prng(seed);
  }

  async run(): Promise<void> {
    const fetch = losing(this.cluster.fetch, this.random, () => this.isBad);
    const audited = auditedFetch(this.ledger, fetch);
    // Senders do not give up. Workers do, and begin anew; and small batches overtake each other.
    const patient = { fetch: audited, timeoutMs: 3_600_000, maxRetries: 1000 };
    const coalesce = { entriesMax: 7 };
    const sender = this.cluster.client({ ...patient, coalesce }).queue<Job>("jobs");
    const hasty = { fetch: audited, timeoutMs: 5000, maxRetries: 1 };
    const queue = this.cluster.client(hasty).queue<Job>("jobs");
    await this.cluster
      .client()
      .queue("jobs")
      .put({ backoff: { baseMs: 500 }, maxFailures: 20 });
    const workers = Array.from({ length: workerCount }, () => this.newWorker(queue));
    const sending = sender.enqueueMany(this.jobs());
    const closing: Promise<void>[] = [];
    for (let step = 0; step < stepsMax && !this.isSettled; step++) {
      this.isBad = step < stepsMax / 2;
      if (this.random.below(10) === 0) {
        const place = this.random.below(workerCount);
        const worker = workers[place];
        if (worker !== undefined) closing.push(worker.close());
        workers[place] = this.newWorker(queue);
      }
      await this.cluster.advance(1000);
    }
    this.isBad = false;
    closing.push(...workers.map((worker) => worker.close()));
    await this.cluster.advance(120_000);
    await Promise.all([...closing, sending]);
    this.ledger.closeRound();
  }

  private get isSettled(): boolean {
    return this.ledger.acknowledged === messages && this.ledger.unsettled === 0;
  }

  private *jobs(): Generator<{ readonly body: Job; readonly groupId?: string }> {
    const positions = new Map<string, number>();
    for (let number = 0; number < messages; number++) {
      const id = `job-${number}`;
      const group = this.random.below(2) === 0 ? `g${this.random.below(5)}` : null;
      if (group === null) {
        this.ledger.sending(id, null);
        yield { body: { id, position: 0 } };
      } else {
        const position = positions.get(group) ?? 0;
        positions.set(group, position + 1);
        this.ledger.sending(id, { group, position });
        yield { body: { id, position }, groupId: group };
      }
    }
  }

  private newWorker(queue: QueueClient<Job>): Worker<Job> {
    const onError = (error: unknown) => void this.errors.push(error);
    const concurrency = this.random.between(1, 30);
    return queue.worker((message) => this.handle(message), {
      concurrency,
      leaseMs,
      onError,
    });
  }

  private async handle(message: Message<Job>): Promise<void> {
    const { groupId, body } = message;
    if (message.failures !== (this.threw.has(body.id) ? 1 : 0)) this.expired.push(body.id);
    const next = groupId === null ? body.position : (this.nextOf.get(groupId) ?? 0);
    if (body.position > next) this.overtaking.push(body.id);
    await this.work(message);
    if (groupId !== null) this.nextOf.set(groupId, Math.max(next, body.position + 1));
  }

  private async work({ body: { id }, groupId }: Message<Job>): Promise<void> {
    const times = (this.handled.get(id) ?? 0) + 1;
    this.handled.set(id, times);
    // In a group whoever stands behind a failure comes again, too.
    if (groupId === null && times > (this.failed.has(id) ? 2 : 1)) this.surplus.push(id);
    if (this.random.below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (this.failed.has(id) || this.random.below(100) >= failPercent) return;
    this.failed.add(id);
    if (this.random.below(2) === 0) {
      this.threw.add(id);
      throw new Error("not this time");
    }
    throw new Release("not this time", { delayMs: this.random.below(2000) });
  }
}

test.each(Array.from({ length: seeds }, (_, seed) => seed))(
  "whatever gets lost, nothing is lost and nothing is settled twice (seed %i)",
  async (seed) => {
    const day = new BadDay(seed);
    await day.run();
    expect(day.ledger.broken).toEqual([]);
    expect(day.surplus).toEqual([]);
    expect(day.overtaking).toEqual([]);
    expect(day.expired).toEqual([]);
    expect(day.ledger.acknowledged).toBe(messages);
  },
);
