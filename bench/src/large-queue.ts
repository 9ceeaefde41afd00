/** One state machine with very many messages, fed as a log would: each call is timed. */
import { randomBytes } from "node:crypto";
import { nodeCrypto } from "@quorate/identity";
import {
  createQueueStateMachine,
  decodeOutcome,
  dedupIdHash,
  type DedupKey,
  encodeOperation,
  encodeQuestion,
  groupIdHash,
  type LeaseKey,
  type NewMessage,
  type Operation,
  type Outcome,
  type Question,
  type QueueConfigPatch,
} from "@quorate/queue";

const { sha256 } = nodeCrypto;
/** As many messages as an operation may enqueue, and as many as one may dequeue. */
const batchMax = 1_000;
const dequeueMax = 100;
const bodyBytes = 64;
const body = new Uint8Array(bodyBytes).fill(0x31);
const label = (text: string): Uint8Array => new TextEncoder().encode(text);
const contentType = label("application/json");

/** What a call took, in ms, and what came of it. */
export interface Timed<Result> {
  readonly ms: number;
  readonly result: Result;
}

/** What a message is in, and how long it may be ready. */
export interface Spec {
  readonly group?: string;
  readonly ttlMs?: number;
  readonly delayMs?: number;
  readonly dedup?: string;
}

export class LargeQueue {
  private readonly machine = createQueueStateMachine({ sha256 });
  private op = 0;
  private now = 1_800_000_000_000_000;

  constructor(config: QueueConfigPatch) {
    this.put({ maxInFlight: 1_000_000, ...config });
  }

  /** Lets time pass before the next call. */
  pass(ms: number): void {
    this.now += ms * 1_000;
  }

  put(config: QueueConfigPatch): Timed<Outcome> {
    const kind = this.op === 0 ? "none" : "match-any";
    return this.execute({ type: "put-queue", queue: "q", config, precondition: { kind } });
  }

  execute(operation: Operation): Timed<Outcome> {
    const bytes = encodeOperation(operation);
    return timed(() => decodeOutcome(this.machine.execute(bytes, this.next())));
  }

  ask(question: Question): Timed<Uint8Array> {
    const bytes = encodeQuestion(question);
    return timed(() => this.machine.query(bytes));
  }

  pulse(): number {
    return timed(() => this.machine.pulse(this.next())).ms;
  }

  /** Pulses until nothing is due, `countMax` at most: what the longest took, and how many. */
  pulses(countMax = Number.MAX_SAFE_INTEGER): { readonly maxMs: number; readonly count: number } {
    let maxMs = 0;
    let count = 0;
    for (; count < countMax && this.machine.isPulseDue(this.now); count++) {
      this.now += 1_000;
      maxMs = Math.max(maxMs, this.pulse());
    }
    return { maxMs, count };
  }

  /** Enqueues so many messages; returns what the longest batch took, in ms. */
  fill(count: number, specOf: (index: number) => Spec = () => ({}), queue = "q"): number {
    let maxMs = 0;
    for (let first = 0; first < count; first += batchMax) {
      const messages = Array.from({ length: Math.min(batchMax, count - first) }, (_, at) =>
        messageOf(specOf(first + at)),
      );
      const enqueue = { type: "enqueue", queue, form: "batch", idempotency: null } as const;
      maxMs = Math.max(maxMs, this.execute({ ...enqueue, messages }).ms);
    }
    return maxMs;
  }

  /** Leases 100 messages that come next, or pops them (0). */
  dequeue(leaseMs = 43_200_000): Timed<Outcome> {
    const mode = leaseMs === 0 ? "delete" : "lease";
    return this.execute({
      type: "dequeue",
      queue: "q",
      principal: "p",
      worker: null,
      dequeueHash: mode === "lease" ? randomBytes(16) : null,
      from: "ready",
      max: dequeueMax,
      maxPerGroup: null,
      mode,
      leaseMs: leaseMs === 0 ? null : leaseMs,
    });
  }

  /** Leases so many messages; returns the first lease of each dequeue. */
  lease(count: number, leaseMs?: number): readonly LeaseKey[] {
    const firsts: LeaseKey[] = [];
    for (let taken = 0; taken < count; taken += dequeueMax) {
      const { result } = this.dequeue(leaseMs);
      const lease = result.type === "dequeued" ? result.messages[0]?.lease : null;
      if (lease !== null && lease !== undefined) firsts.push(lease);
    }
    return firsts;
  }

  private next() {
    this.op += 1;
    this.now += 1;
    const random = randomBytes(16);
    return { op: this.op, requestIndex: 0, timestampMicros: this.now, random };
  }
}

function messageOf({ group, ttlMs, delayMs, dedup }: Spec): NewMessage {
  const id = group === undefined ? null : label(group);
  return {
    kind: "json",
    body,
    contentType,
    group: id === null ? null : { id, hash: groupIdHash(sha256, id) },
    dedup: dedup === undefined ? null : dedupOf(label(dedup)),
    headers: new Uint8Array(0),
    priority: 4,
    delayMs: delayMs ?? null,
    notBeforeMs: null,
    maxFailures: null,
    ttlMs: ttlMs ?? null,
  };
}

function dedupOf(id: Uint8Array): DedupKey {
  return { id, hash: dedupIdHash(sha256, id), fingerprint: groupIdHash(sha256, id) };
}

function timed<Result>(work: () => Result): Timed<Result> {
  const begin = performance.now();
  const result = work();
  return { ms: performance.now() - begin, result };
}
