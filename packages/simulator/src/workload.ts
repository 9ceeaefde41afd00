/** Clients: they enqueue, dequeue and settle through real sessions, and never give up. */
import { nodeCrypto } from "@quorate/identity";
import { type Prng, utf8Decode, utf8Encode } from "@quorate/prelude";
import {
  decodeAnswer,
  decodeOutcome,
  dedupIdHash,
  type DequeuedMessage,
  dequeueIdHash,
  encodeHeaders,
  encodeOperation,
  encodeQuestion,
  messageFingerprint,
  messageIdText,
  type NewMessage,
  type Operation,
  type Outcome,
  queueLimits,
} from "@quorate/queue";
import { type ClusterClient, ClusterError } from "@quorate/session";
import type { Deliveries } from "./checkers/deliveries.ts";
import { Violation } from "./checkers/violation.ts";
import type { World } from "./world.ts";

const queue = "orders";
const callTimeoutMs = 3_000;
const leaseMs = 4_000;
/** Longer than any run: whoever asks again for as long as an outage lasts is told of the first. */
const dedupWindowMs = 3_600_000;
const principal = "simulator worker";

export interface WorkloadParts {
  readonly world: World;
  readonly clients: readonly ClusterClient[];
  readonly deliveries: Deliveries;
  readonly prng: Prng;
  /** Calls that a producer makes at the same moment, at most: they travel in one request. */
  readonly burstMax: number;
  /** Workers rest this many times longer than in a pressed run. */
  readonly restScale: number;
  onViolation(error: unknown): void;
}

/** A settlement is remembered for so long: whoever hears of it later may hear that it is unknown. */
const settledWindowMicros = queueLimits.settledWindowMs * 1_000;

export class Workload {
  operationsAnswered = 0;
  private readonly parts: WorkloadParts;
  private isSending = true;
  private workersLeft = 0;
  private producersLeft = 0;

  constructor(parts: WorkloadParts) {
    this.parts = parts;
  }

  get isDone(): boolean {
    return this.workersLeft === 0;
  }

  begin(workerCount: number): void {
    for (let worker = 0; worker < workerCount; worker++) {
      const prng = this.parts.prng.fork();
      const isProducer = worker % 2 === 0;
      this.workersLeft += 1;
      if (isProducer) this.producersLeft += 1;
      const work = isProducer ? this.produce(worker, prng) : this.consume(worker, prng);
      work.then(
        () => {
          this.workersLeft -= 1;
          if (isProducer) this.producersLeft -= 1;
        },
        (error: unknown) => this.parts.onViolation(error),
      );
    }
    if (workerCount === 1) this.begin(1);
  }

  /** No new messages; what was begun is finished and the queue is drained. */
  finish(): void {
    this.isSending = false;
  }

  private async produce(worker: number, prng: Prng): Promise<void> {
    await this.ask(prng, {
      type: "put-queue",
      queue,
      config: { dedupWindowMs },
      precondition: { kind: "none" },
    });
    for (let round = 0; this.isSending; round++) {
      const calls = Array.from({ length: prng.between(1, this.parts.burstMax) }, (_, call) => {
        const name = `w${worker}-${round}-${call}`;
        return prng.chance(0.2) ? this.enqueueOnce(prng, name) : this.enqueue(prng, name);
      });
      await Promise.all(calls);
      await this.rest(prng.between(50, 800));
    }
  }

  private async enqueue(prng: Prng, name: string): Promise<void> {
    const count = prng.chance(0.7) ? 1 : prng.between(2, 4);
    const ids = Array.from({ length: count }, (_, each) => `${name}-${each}`);
    for (const id of ids) this.parts.deliveries.onSent(id);
    const outcome = await this.ask(prng, {
      type: "enqueue",
      queue,
      form: count === 1 ? "single" : "batch",
      idempotency: null,
      messages: ids.map((id) => messageFor(id)),
    });
    if (outcome.type !== "enqueued") throw unexpected("enqueue", outcome);
    for (const [at, result] of outcome.results.entries()) {
      if (result.status === "refused") throw unexpected("enqueue", outcome);
      this.parts.deliveries.onEnqueued(ids[at] ?? "", messageIdText(result.message));
    }
  }

  /** Without a dedup id, and so never asked again: the cluster alone keeps it from coming twice. */
  private async enqueueOnce(prng: Prng, id: string): Promise<void> {
    this.parts.deliveries.onSent(id);
    const messages = [{ ...messageFor(id), dedup: null }];
    const form = "single";
    const operation = { type: "enqueue", queue, form, idempotency: null, messages } as const;
    const outcome = await this.askOnce(prng, operation);
    if (outcome === null) return;
    const result = outcome.type === "enqueued" ? outcome.results[0] : undefined;
    if (result === undefined || result.status === "refused") throw unexpected("enqueue", outcome);
    this.parts.deliveries.onEnqueued(id, messageIdText(result.message));
  }

  private async consume(worker: number, prng: Prng): Promise<void> {
    for (let number = 0; ; number++) {
      if (this.producersLeft === 0 && (await this.isDrained(prng))) return;
      const outcome = await this.ask(prng, {
        type: "dequeue",
        queue,
        principal,
        worker: null,
        dequeueHash: dequeueIdHash(nodeCrypto.sha256, principal, `d${worker}-${number}`),
        from: "ready",
        max: prng.between(1, 20),
        maxPerGroup: null,
        mode: "lease",
        leaseMs,
      });
      if (outcome.type === "refused") {
        await this.pause(50);
        continue;
      }
      if (outcome.type !== "dequeued") throw unexpected("dequeue", outcome);
      await Promise.all(outcome.messages.map((message) => this.settle(prng, message)));
      const isEmpty = outcome.messages.length === 0;
      const rest = isEmpty ? prng.between(100, 400) : prng.between(1, 100);
      await this.rest(rest);
    }
  }

  private async settle(prng: Prng, message: DequeuedMessage): Promise<void> {
    const { lease } = message;
    if (lease === null) throw new Violation("leases", "a lease was asked for");
    const id = utf8Decode(message.body) ?? "";
    this.parts.deliveries.onDelivered(id, messageIdText(message.message), lease.fence);
    const fate = prng.below(20);
    if (fate === 0) return;
    const action = fate === 1 ? "release" : "ack";
    const settlement =
      action === "ack" ? ({ action, lease } as const) : ({ action, lease, delayMs: null } as const);
    const begunMicros = this.parts.world.nowMicros;
    const outcome = await this.ask(prng, {
      type: "settle",
      queue,
      atomic: false,
      settlements: [settlement],
    });
    if (outcome.type !== "settled") throw unexpected("settle", outcome);
    const [result] = outcome.results;
    if (action !== "ack") return;
    if (result?.status === "settled") return this.parts.deliveries.onAcked(id, lease.fence);
    const tookMicros = this.parts.world.nowMicros - begunMicros;
    if (tookMicros > settledWindowMicros) this.parts.deliveries.onAckForgotten(id);
  }

  private async isDrained(prng: Prng): Promise<boolean> {
    const question = encodeQuestion({ type: "get-queue", queue });
    for (;;) {
      try {
        const client = prng.pick(this.parts.clients);
        const options = { timeoutMs: callTimeoutMs, consistency: "linearizable" } as const;
        const answer = decodeAnswer((await client.query(question, options)).bytes);
        if (answer.type !== "queue") throw new Violation("reads", `answer ${answer.type}`);
        if (answer.view === null) return true;
        const { ready, blocked, leased, scheduled, dead } = answer.view.stats;
        if (dead > 0) throw new Violation("deliveries", `${dead} dead letters`);
        return ready + blocked + leased + scheduled === 0;
      } catch (error) {
        if (error instanceof Violation) throw error;
        await this.pause(100);
      }
    }
  }

  /** Asks until somebody answers, now and then another gateway: all operations are idempotent. */
  private async ask(prng: Prng, operation: Operation): Promise<Outcome> {
    for (;;) {
      const outcome = await this.askOnce(prng, operation);
      if (outcome !== null) return outcome;
      await this.rest(prng.between(10, 100));
    }
  }

  /** Null when there was no answer. */
  private async askOnce(prng: Prng, operation: Operation): Promise<Outcome | null> {
    const client = prng.pick(this.parts.clients);
    try {
      const bytes = encodeOperation(operation);
      const { bytes: answer } = await client.execute(bytes, { timeoutMs: callTimeoutMs });
      this.operationsAnswered += 1;
      return decodeOutcome(answer);
    } catch (error) {
      if (error instanceof ClusterError) return null;
      throw error;
    }
  }

  /** Longer where the run is lived; whoever only finishes does not dawdle. */
  private rest(ms: number): Promise<void> {
    return this.pause(this.isSending ? ms * this.parts.restScale : ms);
  }

  private pause(ms: number): Promise<void> {
    const { world } = this.parts;
    return new Promise((resolve) => {
      world.after(ms * 1_000, () => {
        world.expectPromises();
        resolve();
      });
    });
  }
}

function messageFor(id: string): NewMessage {
  const { sha256 } = nodeCrypto;
  const body = utf8Encode(id);
  const contentType = utf8Encode("text/plain");
  const fingerprint = messageFingerprint(sha256, {
    kind: "bytes",
    contentType,
    groupId: null,
    notBeforeMs: null,
    body,
  });
  return {
    kind: "bytes",
    body,
    contentType,
    group: null,
    dedup: { id: body, hash: dedupIdHash(sha256, body), fingerprint },
    headers: encodeHeaders([]),
    priority: 4,
    delayMs: null,
    notBeforeMs: null,
    maxFailures: 1_000,
    ttlMs: null,
  };
}

function unexpected(what: string, outcome: Outcome): Violation {
  return new Violation("outcomes", `${what} answered ${JSON.stringify(outcome)}`);
}
