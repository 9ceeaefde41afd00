import type { Prng } from "@quorate/prelude";
import type { LeaseKey, MessageKey } from "../ids.ts";
import { deadReasons } from "../message-record.ts";
import type {
  AdminOperation,
  DeliveryError,
  Dequeue,
  NewMessage,
  Operation,
  PurgedState,
  Settlement,
} from "../operation.ts";
import type { QueueConfigPatch } from "../queue-config.ts";
import { hashOf, message } from "./machine-driver.ts";

const purgedStates: readonly PurgedState[] = ["ready", "scheduled", "leased", "dead"];

const errorTypes = ["E", "F"] as const;

const backoff = { baseMs: 700, factor: 2, maxMs: 4_000, jitter: 0 };

/** How queues are made again, or configured anew. */
const configs: readonly QueueConfigPatch[] = [
  { backoff, retentionMs: 60_000, leaseMsDefault: 5_000, maxFailures: 3 },
  { backoff, retentionMs: 90_000, onExpire: "drop", deadRetentionMs: 60_000, maxFailures: 2 },
  { backoff, onDead: "block", dedupMode: "untilSettled", maxDeliveries: 6, retentionMs: 120_000 },
  { backoff, denyPurge: true, denyDelete: true, maxMessages: 20, onExpire: "drop" },
];

const noStart: number | null = null;
/** How long a run is, about, in milliseconds. */
const runMs = 400_000;

const hashes = new Map<string, Uint8Array>();

/** Draws operations in which ids, groups and leases meet again and again. */
export class RandomOperations {
  private readonly prng: Prng;
  private readonly queues: readonly string[];
  private readonly leases: LeaseKey[] = [{ fence: 0, tag: 0 }];
  private readonly keys: MessageKey[] = [{ op: 1, index: 0 }];

  private readonly groups: number;
  private readonly frontMax: number;
  private readonly removesMuch: boolean;
  private readonly startMs: number | null;

  /**
   * `removesMuch`: many messages die and come back, are popped, and are deleted by their ids.
   * `startMs`: redrives name times from this one on, in milliseconds since 1970; null: none.
   */
  constructor(
    prng: Prng,
    queues: readonly string[],
    { groups = 4, frontMax = 100, removesMuch = false, startMs = noStart } = {},
  ) {
    this.prng = prng;
    this.queues = queues;
    this.groups = groups;
    this.frontMax = frontMax;
    this.removesMuch = removesMuch;
    this.startMs = startMs;
  }

  /** A lease that later settlements may name. */
  remember(lease: LeaseKey): void {
    this.leases.push(lease);
    if (this.leases.length > 60) this.leases.splice(this.prng.below(40), 1);
  }

  /** A message that may be deleted later. */
  rememberMessage(key: MessageKey): void {
    this.keys.push(key);
    if (this.keys.length > 30) this.keys.splice(this.prng.below(20), 1);
  }

  next(): Operation {
    const queue = this.prng.pick(this.queues);
    if (this.removesMuch && this.prng.chance(0.4)) return this.endOne(queue);
    const kind = this.prng.below(100);
    if (kind < 36) return this.enqueue(queue);
    if (kind < 62) return this.dequeue(queue);
    if (kind < 88) return this.settle(queue);
    if (kind < 95) return this.maybeOnce(this.remove(queue));
    if (kind < 96) return this.pause(queue);
    if (kind < 98) return this.maybeOnce(this.redrive(queue));
    const dequeueHash = this.hash("dequeue", 12);
    return { type: "extend-dequeue", queue, dequeueHash, leaseMs: this.leaseMs() };
  }

  private endOne(queue: string): Operation {
    const { prng } = this;
    switch (prng.below(4)) {
      case 0:
        return this.maybeOnce(this.redrive(queue));
      case 1: {
        const { lease } = this.settlement();
        const settlements = [{ action: "reject", lease, error: this.error() } as const];
        return { type: "settle", queue, atomic: false, settlements };
      }
      case 2:
        return { ...this.dequeue(queue), mode: "delete", dequeueHash: this.hash("dequeue", 12) };
      default:
        return this.deleteMessage(queue);
    }
  }

  // Resumed more often than paused, so that something goes on.
  private pause(queue: string): Operation {
    const what = this.prng.pick(["send", "receive"] as const);
    const reason = this.prng.pick([null, "why"]);
    const pause = this.prng.chance(0.3) ? { by: "operator", reason } : null;
    return this.maybeOnce({ type: "pause-queue", queue, what, pause });
  }

  private maybeOnce(operation: AdminOperation): Operation {
    if (this.prng.chance(0.6)) return operation;
    const key = { hash: this.hash("admin", 30), fingerprint: this.hash("print", 2) };
    return { type: "once", key, operation };
  }

  private redrive(queue: string): AdminOperation {
    const { prng } = this;
    if (prng.chance(0.2)) return { type: "cancel-task", number: prng.between(1, 20) };
    const ids = Array.from({ length: prng.between(1, 8) }, () => prng.pick(this.keys));
    const filter = {
      ids: prng.chance(0.3) ? ids : null,
      reason: prng.chance(0.3) ? prng.pick(deadReasons) : null,
      groupHash: prng.chance(0.2) ? hashOf(`g${prng.below(4)}`) : null,
      errorType: prng.chance(0.2) ? prng.pick(errorTypes) : null,
      fromMs: this.maybeMs(),
      toMs: this.maybeMs(),
    };
    const target = prng.chance(0.4) ? prng.pick(this.queues) : null;
    return { type: "redrive", queue, filter, rate: prng.pick([1, 3, 1_000]), target };
  }

  private maybeMs(): number | null {
    if (this.startMs === null || this.prng.chance(0.85)) return null;
    return this.startMs + this.prng.below(runMs);
  }

  /** Purges, deletions of messages and queues, and queues made again or configured anew. */
  private remove(queue: string): AdminOperation {
    const { prng } = this;
    const kind = prng.below(12);
    if (kind < 3) {
      const states = purgedStates.filter(() => prng.chance(0.5));
      return { type: "purge", queue, states: states.length > 0 ? states : ["ready"] };
    }
    if (kind < 7) return this.deleteMessage(queue);
    if (kind < 8) return { type: "delete-queue", queue, force: prng.chance(0.6) };
    const precondition = { kind: prng.pick(["none", "none", "match-any", "absent"] as const) };
    return { type: "put-queue", queue, config: prng.pick(configs), precondition };
  }

  private deleteMessage(queue: string): AdminOperation {
    const key = this.prng.pick(this.keys);
    return { type: "delete-message", queue, message: key, force: this.prng.chance(0.6) };
  }

  enqueue(queue: string): Operation {
    const form = this.prng.pick(["single", "batch", "atomic"] as const);
    const idempotency = this.prng.chance(0.2)
      ? { hash: this.hash("key", 8), fingerprint: this.hash("print", 2) }
      : null;
    const least = form === "batch" && idempotency !== null ? 0 : 1;
    const count = form === "single" ? 1 : this.prng.between(least, 6);
    const messages = Array.from({ length: count }, () => this.message());
    return { type: "enqueue", queue, form, idempotency, messages };
  }

  private message(): NewMessage {
    const { prng } = this;
    return message({
      body: "b".repeat(prng.pick([1, 5, 40, 130])),
      priority: prng.pick([4, 4, 4, 0, 9]),
      ...(this.groups > 0 && prng.chance(0.5) ? { group: `g${prng.below(this.groups)}` } : {}),
      ...(prng.chance(0.3)
        ? { dedup: `d${prng.below(25)}`, print: `p${prng.below(8) === 0 ? 1 : 0}` }
        : {}),
      ...(prng.chance(0.2) ? { delayMs: prng.pick([0, 900, 5_000, 70_000]) } : {}),
      ...(prng.chance(0.2) ? { ttlMs: prng.pick([1_000, 4_000, 20_000]) } : {}),
      ...(prng.chance(0.1) ? { maxFailures: 1 } : {}),
    });
  }

  private dequeue(queue: string): Dequeue {
    const { prng } = this;
    return {
      type: "dequeue",
      queue,
      principal: "p",
      worker: null,
      dequeueHash: prng.chance(0.4) ? this.hash("dequeue", 12) : null,
      from: prng.chance(0.12) ? "dead" : "ready",
      max: Math.min(prng.pick([1, 3, 3, 3, 10]), this.frontMax),
      maxPerGroup: prng.chance(0.2) ? 2 : null,
      mode: prng.chance(0.15) ? "delete" : "lease",
      leaseMs: prng.chance(0.3) ? 3_000 : null,
    };
  }

  private settle(queue: string): Operation {
    const atomic = this.prng.chance(0.4);
    const count = this.prng.between(1, atomic ? 2 : 4);
    const settlements = Array.from({ length: count }, () => this.settlement());
    const fences = new Set(settlements.map(({ lease }) => lease.fence));
    return { type: "settle", queue, atomic: atomic && fences.size === count, settlements };
  }

  private settlement(): Settlement {
    const { prng } = this;
    const lease = prng.chance(0.6)
      ? (this.leases.at(-1 - prng.below(Math.min(6, this.leases.length))) ?? prng.pick(this.leases))
      : prng.pick(this.leases);
    const delayMs = prng.chance(0.3) ? prng.pick([0, 1_500]) : null;
    switch (prng.below(8)) {
      case 0:
        return { action: "release", lease, delayMs };
      case 1:
        return { action: "reject", lease, error: this.error() };
      case 2:
        return { action: "extend", lease, leaseMs: this.leaseMs(), progress: null };
      case 3:
      case 4:
        return { action: "nack", lease, delayMs, error: this.error() };
      default:
        return { action: "ack", lease };
    }
  }

  private error(): DeliveryError | null {
    return this.prng.chance(0.5) ? { type: this.prng.pick(errorTypes), message: "why" } : null;
  }

  private leaseMs(): number {
    return this.prng.pick([1_000, 4_000, 20_000]);
  }

  private hash(kind: string, count: number): Uint8Array {
    const text = `${kind} ${this.prng.below(count)}`;
    const known = hashes.get(text) ?? hashOf(text);
    hashes.set(text, known);
    return known;
  }
}
