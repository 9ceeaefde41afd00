/**
 * Clients whose whole history is checked: few, on small queues of their own, so that a search over
 * the orders of their calls ends. They retry under their ids, or not at all, as workers do.
 */
import { nodeCrypto } from "@quorate/identity";
import { type Prng, utf8Encode } from "@quorate/prelude";
import {
  decodeOutcome,
  dedupIdHash,
  dequeueIdHash,
  encodeHeaders,
  encodeOperation,
  encodeQuestion,
  groupIdHash,
  type LeaseKey,
  messageFingerprint,
  type NewMessage,
  type Operation,
  type Outcome,
} from "@quorate/queue";
import { type ClusterClient, ClusterError } from "@quorate/session";
import type { World } from "../world/world.ts";

/** Queues of these clients; each is checked by itself. */
export const historyQueues: ReadonlySet<string> = new Set(["history-a", "history-b"]);

const clientsPerQueue = 3;
const callTimeoutMs = 2_000;
/** Longer than any run, so that the model needs no clock; the window too. */
const leaseMs = 3_600_000;
const dedupWindowMs = leaseMs;
const principal = "history client";

export class HistoryClients {
  private readonly world: World;
  private readonly gateways: readonly ClusterClient[];
  private readonly restScale: number;
  private isOver = false;
  private left = 0;

  constructor(world: World, gateways: readonly ClusterClient[], restScale: number) {
    this.world = world;
    this.gateways = gateways;
    this.restScale = restScale;
  }

  get isDone(): boolean {
    return this.left === 0;
  }

  begin(prng: Prng, onFailure: (error: unknown) => void): void {
    for (const queue of historyQueues) {
      for (let client = 0; client < clientsPerQueue; client++) {
        this.left += 1;
        this.work(queue, `${queue} ${client}`, prng.fork()).then(() => {
          this.left -= 1;
        }, onFailure);
      }
    }
  }

  /** Whoever is in a call finishes it. */
  finish(): void {
    this.isOver = true;
  }

  private async work(queue: string, name: string, prng: Prng): Promise<void> {
    const held: LeaseKey[] = [];
    const patch = { maxDeliveries: 10_000, dedupWindowMs };
    const put = {
      type: "put-queue",
      queue,
      config: patch,
      precondition: { kind: "none" },
    } as const;
    while (!this.isOver && (await this.execute(prng, put)) === null) await this.world.sleep(50);
    for (let number = 0; !this.isOver; number++) {
      const choice = prng.below(10);
      if (choice < 4) await this.enqueue(queue, prng, `${name} ${number}`);
      else if (choice < 6) await this.dequeue(queue, prng, `${name} ${number}`, held);
      else if (choice < 8) await this.settle(queue, prng, held);
      else await this.read(queue, prng);
      await this.world.sleep(prng.between(5, 300) * this.restScale);
    }
  }

  private async enqueue(queue: string, prng: Prng, body: string): Promise<void> {
    const group = prng.pick(["", "", "g1", "g2"]);
    const hasDedup = prng.chance(0.6);
    const messages = [messageFor(body, group, hasDedup ? body : null)];
    const operation = {
      type: "enqueue",
      queue,
      form: "single",
      idempotency: null,
      messages,
    } as const;
    for (let attempts = hasDedup ? 3 : 1; attempts > 0; attempts--) {
      const outcome = await this.execute(prng, operation);
      if (outcome !== null && prng.chance(0.8)) return;
    }
  }

  private async dequeue(queue: string, prng: Prng, id: string, held: LeaseKey[]): Promise<void> {
    const operation = {
      type: "dequeue",
      queue,
      principal,
      worker: null,
      dequeueHash: dequeueIdHash(nodeCrypto.sha256, principal, id),
      from: "ready",
      max: prng.between(1, 3),
      maxPerGroup: null,
      mode: "lease",
      leaseMs,
    } as const;
    // In runs of minutes what was not answered may be executed when the time for replays is over.
    for (let attempts = this.restScale > 1 ? 1 : 3; attempts > 0; attempts--) {
      const outcome = await this.execute(prng, operation);
      if (outcome?.type !== "dequeued") continue;
      for (const { lease } of outcome.messages) {
        if (lease !== null) held.push({ fence: lease.fence, tag: lease.tag });
      }
      return;
    }
  }

  /** Usually a lease that is held; now and then one that was settled before. */
  private async settle(queue: string, prng: Prng, held: LeaseKey[]): Promise<void> {
    if (held.length === 0) return;
    const lease = prng.pick(held);
    const fate = prng.below(10);
    const settlement =
      fate < 6
        ? ({ action: "ack", lease } as const)
        : fate < 9
          ? ({ action: "release", lease, delayMs: null } as const)
          : ({ action: "reject", lease, error: null } as const);
    const operation = { type: "settle", queue, atomic: false, settlements: [settlement] } as const;
    const outcome = await this.execute(prng, operation);
    if (outcome !== null && prng.chance(0.8)) held.splice(held.indexOf(lease), 1);
  }

  private async read(queue: string, prng: Prng): Promise<void> {
    const question = encodeQuestion({ type: "get-queue", queue });
    try {
      const options = { timeoutMs: callTimeoutMs, consistency: "linearizable" } as const;
      await prng.pick(this.gateways).query(question, options);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
    }
  }

  /** Null when there was no answer. */
  private async execute(prng: Prng, operation: Operation): Promise<Outcome | null> {
    try {
      const client = prng.pick(this.gateways);
      const bytes = encodeOperation(operation);
      return decodeOutcome((await client.execute(bytes, { timeoutMs: callTimeoutMs })).bytes);
    } catch (error) {
      if (error instanceof ClusterError) return null;
      throw error;
    }
  }
}

function messageFor(text: string, groupId: string, dedupId: string | null): NewMessage {
  const { sha256 } = nodeCrypto;
  const body = utf8Encode(text);
  const contentType = utf8Encode("text/plain");
  const group = utf8Encode(groupId);
  const id = dedupId === null ? null : utf8Encode(dedupId);
  const fingerprint = messageFingerprint(sha256, {
    kind: "bytes",
    contentType,
    groupId: groupId === "" ? null : group,
    notBeforeMs: null,
    body,
  });
  return {
    kind: "bytes",
    body,
    contentType,
    group: groupId === "" ? null : { id: group, hash: groupIdHash(sha256, group) },
    dedup: id === null ? null : { id, hash: dedupIdHash(sha256, id), fingerprint },
    headers: encodeHeaders([]),
    priority: 4,
    delayMs: null,
    notBeforeMs: null,
    maxFailures: 1_000,
    ttlMs: null,
  };
}
