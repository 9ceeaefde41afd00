/**
 * The way of one queue's messages to the gateway: calls that wait at the same time travel together,
 * and two batches with messages of one group are never on the way at once, so that a producer's
 * order is kept.
 */
import { batchEntriesMax } from "@quorate/contract";
import type { EnqueueResult } from "./enqueue-result.ts";
import { notSent, type QuorateError, UnavailableError } from "./quorate-error.ts";
import type { Timers } from "./timers.ts";

/** How calls are gathered. */
export interface CoalesceOptions {
  /**
   * How long a call waits for others when nothing is on the way, in ms (0: what is called in one
   * turn). While `batchesMax` are on the way, calls gather by themselves.
   */
  readonly windowMs?: number | undefined;
  /** Messages of one batch (500; 1 to 1,000). */
  readonly entriesMax?: number | undefined;
  /** Characters of JSON of one batch (1,048,576); a longer message travels alone. */
  readonly charsMax?: number | undefined;
  /** Batches of one queue on the way at once (4). */
  readonly batchesMax?: number | undefined;
}

/** The options with every default. */
export interface Coalesce {
  readonly windowMs: number;
  readonly entriesMax: number;
  readonly charsMax: number;
  readonly batchesMax: number;
}

/** Each call alone, but in order within its group. */
export const coalesceNothing: Coalesce = {
  windowMs: 0,
  entriesMax: 1,
  charsMax: 1,
  batchesMax: 256,
};

/** What is taken where nothing is said. */
export const coalesceDefault: Coalesce = {
  windowMs: 0,
  entriesMax: batchEntriesMax / 2,
  charsMax: 2 ** 20,
  batchesMax: 4,
};

/** Messages of one queue that may wait to be sent; whoever sends more than arrives must hear of it. */
const waitingMax = 100_000;

/** A message that is to be sent. Ends exactly once. */
export interface Entry {
  /** Its JSON, the same bytes on every attempt. */
  readonly text: string;
  readonly groupId: string | null;
  readonly hasDedupId: boolean;
  readonly onResult: (result: EnqueueResult) => void;
  readonly onError: (error: QuorateError) => void;
}

/** Entries that travel in one request. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly isAtomic: boolean;
}

/** Sends a batch and ends every entry of it; never rejects. */
export type SendBatch = (batch: Batch) => Promise<void>;

/** What was called at once: one entry, or those of an atomic batch. */
interface Waiting extends Batch {
  readonly groups: readonly string[];
  readonly chars: number;
}

/** See the file's comment. */
export class EnqueueLane {
  private readonly coalesce: Coalesce;
  private readonly timers: Timers;
  private readonly sendBatch: SendBatch;
  private readonly onIdle: () => void;
  private waiting: Waiting[] = [];
  private onTheWay = 0;
  private readonly groupsOnTheWay = new Set<string>();
  private isFlushDue = false;

  /** @param onIdle called whenever nothing waits and nothing is on the way any more */
  constructor(coalesce: Coalesce, timers: Timers, sendBatch: SendBatch, onIdle: () => void) {
    this.coalesce = coalesce;
    this.timers = timers;
    this.sendBatch = sendBatch;
    this.onIdle = onIdle;
  }

  /**
   * Sends the entries soon: one, or several all or nothing in a request of their own. Returns the
   * way to take them back, which answers whether they had not been sent.
   */
  add(batch: Batch): () => boolean {
    if (this.waiting.length >= waitingMax) {
      const facts = { ...notSent, code: "too-many-waiting", retryable: true } as const;
      const error = new UnavailableError("Too many messages wait to be sent.", facts);
      for (const entry of batch.entries) entry.onError(error);
      return () => false;
    }
    const waiting = waitingOf(batch);
    this.waiting.push(waiting);
    this.flushSoon();
    return () => {
      const place = this.waiting.indexOf(waiting);
      if (place >= 0) this.waiting.splice(place, 1);
      return place >= 0;
    };
  }

  private flushSoon(): void {
    if (this.isFlushDue || this.onTheWay >= this.coalesce.batchesMax) return;
    this.isFlushDue = true;
    const flush = () => {
      this.isFlushDue = false;
      this.flush();
    };
    if (this.coalesce.windowMs > 0) this.timers.after(this.coalesce.windowMs, flush);
    else queueMicrotask(flush);
  }

  private flush(): void {
    while (this.onTheWay < this.coalesce.batchesMax) {
      const batch = this.take();
      if (batch === null) return;
      void this.send(batch);
    }
  }

  private async send(batch: Waiting): Promise<void> {
    this.onTheWay += 1;
    for (const group of batch.groups) this.groupsOnTheWay.add(group);
    await this.sendBatch(batch);
    this.onTheWay -= 1;
    for (const group of batch.groups) this.groupsOnTheWay.delete(group);
    this.flush();
    if (this.onTheWay === 0 && this.waiting.length === 0) this.onIdle();
  }

  /** Takes the next batch out of what waits, the oldest first; null when nothing may go. */
  private take(): Waiting | null {
    const { entriesMax, charsMax } = this.coalesce;
    const taken: Waiting[] = [];
    const passedOver: Waiting[] = [];
    // A group that is passed over is closed for whatever comes behind it.
    const closed = new Set(this.groupsOnTheWay);
    let end = 0;
    let chars = 0;
    for (const next of this.waiting) {
      const isFirst = taken.length === 0;
      const canGo = next.groups.every((group) => !closed.has(group)) && (isFirst || !next.isAtomic);
      if (canGo && !isFirst && chars + next.chars > charsMax) break;
      end += 1;
      if (canGo) {
        taken.push(next);
        chars += next.chars;
        if (next.isAtomic || taken.length === entriesMax) break;
      } else {
        passedOver.push(next);
        for (const group of next.groups) closed.add(group);
      }
    }
    const behind = this.waiting.slice(end);
    this.waiting = passedOver.length === 0 ? behind : [...passedOver, ...behind];
    return joined(taken);
  }
}

function waitingOf(batch: Batch): Waiting {
  const groups = new Set<string>();
  let chars = 0;
  for (const { groupId, text } of batch.entries) {
    if (groupId !== null) groups.add(groupId);
    chars += text.length;
  }
  return { ...batch, groups: [...groups], chars };
}

function joined(taken: readonly Waiting[]): Waiting | null {
  const [first] = taken;
  if (first === undefined || taken.length === 1) return first ?? null;
  return waitingOf({ entries: taken.flatMap(({ entries }) => entries), isAtomic: false });
}
