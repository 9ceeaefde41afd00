import { ModelGroups } from "./model-groups.ts";
import { type ModelAnswer, type ModelMessage, seconds } from "./model-message.ts";
import type { Enqueue, NewMessage } from "../operation.ts";
import type { QueueConfig } from "../queue-config.ts";
import type { Remembered, Snapshot } from "./model-snapshot.ts";

interface ModelPause {
  readonly by: string;
  readonly atMs: number;
  readonly reason: string | null;
}

interface Place {
  readonly op: number;
  index: number;
  readonly now: number;
}

/** One queue of the model. */
export class ModelQueue extends ModelGroups {
  readonly incarnation: number;
  version = 1;
  config: QueueConfig;
  readonly messages = new Map<number, ModelMessage>();
  readonly ids = new Map<string, Remembered>();
  private readonly keys = new Map<
    string,
    { fingerprint: string; answer: ModelAnswer; at: number }
  >();
  bytes = 0;
  deaths = 0;
  readonly paused: { send: ModelPause | null; receive: ModelPause | null } = {
    send: null,
    receive: null,
  };
  nextSeq = 1;

  constructor(config: QueueConfig, incarnation: number, frontMax: number) {
    super(frontMax);
    this.config = config;
    this.incarnation = incarnation;
  }

  /** When the message ends if nobody leases it. */
  endOf(message: ModelMessage): number {
    if (message.redrives > 0) return message.ttlEnd;
    return Math.min(message.ttlEnd, message.enqueuedAt + this.config.retentionMs * 1_000);
  }

  /** Until when the dead letter is kept. */
  deadEndOf(message: ModelMessage): number {
    return message.diedAt + this.config.deadRetentionMs * 1_000;
  }

  count(state: ModelMessage["state"]): number {
    return [...this.messages.values()].filter((message) => message.state === state).length;
  }

  stats(): ModelAnswer {
    const ready = [...this.messages.values()].filter((message) => message.state === "ready");
    const blocked = ready.filter((message) => !this.isRunnable(message.group)).length;
    return {
      ready: ready.length - blocked,
      blocked,
      leased: this.count("leased"),
      scheduled: this.count("scheduled"),
      dead: this.count("dead"),
      bytes: this.bytes,
    };
  }

  enqueue(operation: Enqueue, place: Place): ModelAnswer {
    const isDecidedById = operation.form === "single" && operation.messages[0]?.dedup !== null;
    const key = isDecidedById ? null : operation.idempotency;
    const known = key === null ? undefined : this.keys.get(key.hash.join());
    if (known !== undefined && key !== null) {
      if (known.fingerprint !== key.fingerprint.join()) return { refused: "idempotency-mismatch" };
      return known.answer;
    }
    const before = operation.form === "atomic" ? this.snapshot() : null;
    const results: ModelAnswer[] = [];
    let full: string | null = null;
    const indexBefore = place.index;
    const seqBefore = this.nextSeq;
    for (const [index, message] of operation.messages.entries()) {
      const result = this.enqueueOne(message, place, full);
      if ("refused" in result && operation.form === "single") return result;
      if ("refused" in result && before !== null) {
        this.undo(before, seqBefore);
        place.index = indexBefore;
        return { ...result, index };
      }
      if (result["refused"] === "queue-full") full = "queue-full";
      results.push(result);
    }
    const enqueuedAtMs = Math.floor(place.now / 1_000);
    const answer = { replayed: false, enqueuedAtMs, results };
    if (key !== null) {
      const isSingle = operation.form === "single";
      const again = results.map((result) => ({ ...result, status: "duplicate" }));
      const stored = isSingle ? { ...answer, results: again } : { ...answer, replayed: true };
      const fingerprint = key.fingerprint.join();
      this.keys.set(key.hash.join(), { fingerprint, answer: stored, at: place.now });
    }
    return answer;
  }

  becomeDue(message: ModelMessage): void {
    message.state = "ready";
    this.joinGroup(message);
  }

  forget(now: number): void {
    for (const [id, record] of this.ids) {
      const isOver = record.at + this.config.dedupWindowMs * 1_000 <= now;
      if (!record.isHeld && isOver) this.ids.delete(id);
    }
    for (const [key, record] of this.keys)
      if (record.at + seconds(600) <= now) this.keys.delete(key);
  }

  /** What comes next; `endIfOver` ends a message whose time is over, and says whether it was. */
  take(
    max: number,
    maxPerGroup: number,
    endIfOver: (message: ModelMessage) => boolean,
  ): readonly ModelMessage[] {
    const taken: ModelMessage[] = [];
    const ready = [...this.messages.values()]
      .filter(({ state }) => state === "ready")
      .toSorted((a, b) => b.priority - a.priority || a.seq - b.seq);
    // Of each group what may still be taken in this dequeue, in the group's order.
    const queues = new Map<string, ModelMessage[]>();
    for (const [group, order] of this.orders) {
      queues.set(group, this.isRunnable(group) ? [...order] : []);
    }
    while (taken.length < max) {
      const index = ready.findIndex(
        ({ group, seq }) => group === null || queues.get(group)?.[0]?.seq === seq,
      );
      const [next] = index < 0 ? [] : ready.splice(index, 1);
      if (next === undefined) break;
      const isEnded = endIfOver(next);
      if (!isEnded) taken.push(next);
      if (next.group === null) continue;
      queues.get(next.group)?.shift();
      const ofGroup = taken.filter(({ group }) => group === next.group).length;
      if (ofGroup === maxPerGroup || !this.isRunnable(next.group)) queues.delete(next.group);
    }
    return taken;
  }

  pop(message: ModelMessage, isKept: boolean): void {
    message.deliveries += 1;
    this.leave(message);
    message.state = "popped";
    if (isKept) this.bytes += message.bytes;
  }

  leave(message: ModelMessage): void {
    this.leaveGroup(message);
    this.releaseId(message);
    this.messages.delete(message.seq);
    this.bytes -= message.bytes;
  }

  releaseId(message: ModelMessage): void {
    if (message.dedup === null) return;
    const record = this.ids.get(message.dedup);
    if (record?.isHeld === true && record.result.seq === message.seq)
      this.ids.delete(message.dedup);
  }

  hasFailed(message: ModelMessage): boolean {
    return message.failures >= (message.maxFailures ?? this.config.maxFailures);
  }

  mustDie(message: ModelMessage): boolean {
    if (message.failures >= (message.maxFailures ?? this.config.maxFailures)) return true;
    return message.deliveries - message.rewinds >= this.config.maxDeliveries;
  }

  private enqueueOne(message: NewMessage, place: Place, full: string | null): ModelAnswer {
    const id = message.dedup?.hash.join() ?? null;
    const known = id === null ? undefined : this.ids.get(id);
    if (known !== undefined) {
      if (known.fingerprint !== message.dedup?.fingerprint.join())
        return { refused: "dedup-conflict" };
      return { status: "duplicate", ...known.result };
    }
    if (message.body.length > this.config.bodyBytesMax) return { refused: "payload-too-large" };
    const bytes =
      message.body.length +
      message.contentType.length +
      (message.group?.id.length ?? 0) +
      (message.dedup?.id.length ?? 0);
    const delayed = message.delayMs ?? 0;
    if (delayed >= this.config.retentionMs) return { refused: "limit-exceeded" };
    if (this.paused.send !== null) return { refused: "paused" };
    const isFull =
      full !== null ||
      this.messages.size + 1 > this.config.maxMessages ||
      this.bytes + bytes > this.config.maxBytes;
    if (isFull) return { refused: "queue-full" };
    const stored: ModelMessage = {
      queue: this,
      key: { op: place.op, index: place.index },
      seq: this.nextSeq,
      body: message.body.join(),
      group: message.group?.hash.join() ?? null,
      dedup: id,
      priority: message.priority,
      bytes,
      maxFailures: message.maxFailures,
      enqueuedAt: place.now,
      ttlEnd: message.ttlMs === null ? Infinity : place.now + (delayed + message.ttlMs) * 1_000,
      diedAt: 0,
      death: 0,
      reason: null,
      redrives: 0,
      errorType: null,
      state: delayed > 0 ? "scheduled" : "ready",
      deadline: place.now + delayed * 1_000,
      deliveries: 0,
      rewinds: 0,
      failures: 0,
      fence: 0,
      leasedAt: 0,
    };
    this.nextSeq += 1;
    place.index += 1;
    this.messages.set(stored.seq, stored);
    this.bytes += bytes;
    if (delayed === 0) this.joinGroup(stored);
    const enqueuedAtMs = Math.floor(place.now / 1_000);
    const result = { message: stored.key, seq: stored.seq, enqueuedAtMs };
    if (id !== null && message.dedup !== null) {
      const fingerprint = message.dedup.fingerprint.join();
      const isHeld = this.config.dedupMode === "untilSettled";
      this.ids.set(id, { fingerprint, result, at: place.now, isHeld });
    }
    return { status: "accepted", ...result };
  }

  private snapshot(): Snapshot {
    return { messages: new Map(this.messages), ids: new Map(this.ids), bytes: this.bytes };
  }

  private undo(before: Snapshot, seqBefore: number): void {
    for (const message of this.messages.values()) {
      if (!before.messages.has(message.seq)) this.leaveGroup(message);
    }
    this.messages.clear();
    for (const [seq, message] of before.messages) this.messages.set(seq, message);
    this.ids.clear();
    for (const [id, record] of before.ids) this.ids.set(id, record);
    this.bytes = before.bytes;
    this.nextSeq = seqBefore;
  }
}
