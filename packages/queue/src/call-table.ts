import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { KeyIndex } from "./key-index.ts";
import {
  dequeueReplayWindowMs,
  popReplayWindowMs,
  windowRecordsPerPulseMax,
  windowSlackMicros,
} from "./limits.ts";
import type { PageClaims } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";

const recordBytes = 64;
const windowMicros = dequeueReplayWindowMs * 1_000;
const popWindowMicros = popReplayWindowMs * 1_000;

/** Byte offsets of a record's fields. */
const field = {
  key: 0,
  queue: 16,
  held: 20,
  leaseMs: 24,
  max: 28,
  count: 29,
  isPop: 30,
  at: 32,
  firstFence: 40,
  order: 48,
  firstPopped: 56,
};

/** A dequeue with an id, as it was sent and answered. */
export interface Call {
  readonly queue: number;
  /** dequeueIdHash. */
  readonly key: Uint8Array;
  readonly max: number;
  /** As sent; 0 is the queue's default. */
  readonly leaseMs: number;
  readonly isPop: boolean;
  readonly atMicros: number;
  /** Messages in the answer, 1 to 100. */
  readonly count: number;
  /** Of leases: the first of `count` fences in a row. */
  readonly firstFence: number;
  /** Of a pop: the first of its messages, a chain. */
  readonly firstPopped: number;
}

/**
 * The dequeues of the last 5 min that carried an id, 64 bytes each, by age. A call is `ended` when
 * it holds no lease any more and its popped bodies are gone: only such a call may go early.
 */
export class CallTable {
  private readonly records: RecordTable;
  private readonly index: KeyIndex;
  /** From a call's number to its record. Numbers are given in order of age. */
  private readonly order: SeqMap;
  private readonly ended: SeqBitset;
  private nextOrder = 1;
  /** No call has a lower number. */
  private oldest = 1;
  /** All pops with a lower number have given up their bodies. */
  private oldestPop = 1;

  constructor(store: PageStore, blocks: RecordTable) {
    this.records = new RecordTable(store, recordBytes);
    this.index = new KeyIndex(this.records, field);
    this.order = new SeqMap(blocks);
    this.ended = new SeqBitset(blocks);
  }

  get count(): number {
    return this.records.count;
  }

  /** The record of this id in this queue, or 0. */
  find(queue: number, key: Uint8Array): number {
    return this.index.find(queue, key);
  }

  /** Remembers a call whose id is not there. */
  add(call: Call): number {
    const { records } = this;
    const record = records.allocate();
    records.setBytes(record, field.key, call.key);
    records.setU32(record, field.queue, call.queue);
    records.setU32(record, field.held, call.isPop ? 0 : call.count);
    records.setU32(record, field.leaseMs, call.leaseMs);
    records.setU8(record, field.max, call.max);
    records.setU8(record, field.count, call.count);
    records.setU8(record, field.isPop, call.isPop ? 1 : 0);
    records.setF64(record, field.at, call.atMicros);
    records.setF64(record, field.firstFence, call.firstFence);
    records.setF64(record, field.order, this.nextOrder);
    records.setU32(record, field.firstPopped, call.firstPopped);
    this.order.set(this.nextOrder, record);
    this.nextOrder += 1;
    this.index.add(record);
    return record;
  }

  read(record: number): Call {
    const { records } = this;
    return {
      queue: records.u32(record, field.queue),
      key: records.copy(record, field.key, 16),
      max: records.u8(record, field.max),
      leaseMs: records.u32(record, field.leaseMs),
      isPop: records.u8(record, field.isPop) === 1,
      atMicros: records.f64(record, field.at),
      count: records.u8(record, field.count),
      firstFence: records.f64(record, field.firstFence),
      firstPopped: records.u32(record, field.firstPopped),
    };
  }

  /**
   * A lease of the call has ended. The call may be forgotten and its record another's by now: the
   * fences tell, of which a pop has none.
   */
  leaseEnded(record: number, fence: number): void {
    const { records } = this;
    const first = records.f64(record, field.firstFence);
    if (first === 0 || fence < first || fence >= first + records.u8(record, field.count)) return;
    const held = records.u32(record, field.held) - 1;
    records.setU32(record, field.held, held);
    if (held === 0) this.ended.add(records.f64(record, field.order));
  }

  /** Makes room by forgetting the oldest call that has ended; false when there is none. */
  evict(): boolean {
    const order = this.ended.lowest();
    if (order < 0) return false;
    this.remove(this.order.get(order));
    return true;
  }

  /** Whether `expire` at this time would do anything worth a pulse. */
  isDue(now: number): boolean {
    const slackNow = now - windowSlackMicros;
    return this.isPast(this.oldest, windowMicros, slackNow) || this.isPopPast(slackNow);
  }

  /** Forgets old calls; `dropPopped` frees the chain of messages that begins with the given one. */
  expire(now: number, dropPopped: (firstPopped: number) => void): void {
    const budget = windowRecordsPerPulseMax;
    for (let step = 0; step < budget && this.isPopPast(now); step++) {
      const record = this.order.get(this.oldestPop);
      this.oldestPop += 1;
      if (record === 0 || this.records.u8(record, field.isPop) === 0) continue;
      dropPopped(this.records.u32(record, field.firstPopped));
      this.records.setU32(record, field.firstPopped, 0);
      this.ended.add(this.records.f64(record, field.order));
    }
    for (let step = 0; step < budget && this.isPast(this.oldest, windowMicros, now); step++) {
      const record = this.order.get(this.oldest);
      if (record === 0) this.oldest += 1;
      else this.remove(record);
    }
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    writer.u64(this.nextOrder).u64(this.oldest).u64(this.oldestPop);
    this.records.write(writer);
    this.order.write(writer);
    this.ended.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.nextOrder = reader.u64();
    this.oldest = reader.u64();
    this.oldestPop = reader.u64();
    this.records.restore(reader, claims, this.index);
    this.order.restore(reader);
    this.ended.restore(reader);
  }

  private isPopPast(now: number): boolean {
    return this.isPast(this.oldestPop, popWindowMicros, now);
  }

  // Whether the call of this number is older than the window, or is gone already.
  private isPast(order: number, windowSpanMicros: number, now: number): boolean {
    if (order >= this.nextOrder) return false;
    const record = this.order.get(order);
    return record === 0 || this.records.f64(record, field.at) + windowSpanMicros <= now;
  }

  private remove(record: number): void {
    const { records } = this;
    const order = records.f64(record, field.order);
    const isEnded = records.u32(record, field.held) === 0;
    if (isEnded) this.ended.delete(order);
    this.index.remove(record);
    this.order.delete(order);
    records.free(record);
    if (order === this.oldest) this.oldest += 1;
  }
}
