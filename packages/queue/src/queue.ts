import { priorityMax } from "./limits.ts";
import type { QueueConfig } from "./queue-config.ts";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";
import { type WindowList, windowList } from "./window-table.ts";

/**
 * One queue: its configuration, its counters and the roots of what it keeps in pages.
 *
 * `ready`, `blocked`, `leased`, `scheduled` and `dead` are disjoint and add up to its messages;
 * `candidates` is the number of bits in `order`: ungrouped ready messages and the heads of
 * runnable groups.
 */
export class Queue {
  readonly name: string;
  readonly incarnation: number;
  version = 1;
  config: QueueConfig;
  nextSeq = 1;
  ready = 0;
  blocked = 0;
  leased = 0;
  scheduled = 0;
  dead = 0;
  bytes = 0;
  candidates = 0;
  /** From seq to message. */
  readonly messages: SeqMap;
  /** The candidates, by priority. */
  readonly order: readonly SeqBitset[];
  /** Dedup records whose window runs, oldest first. */
  readonly dedup: WindowList = windowList();
  /** Dedup records that messages hold (`untilSettled`). */
  dedupHeld = 0;

  constructor(name: string, incarnation: number, config: QueueConfig, blocks: RecordTable) {
    this.name = name;
    this.incarnation = incarnation;
    this.config = config;
    this.messages = new SeqMap(blocks);
    this.order = Array.from({ length: priorityMax + 1 }, () => new SeqBitset(blocks));
  }

  /** All messages: what `maxMessages` bounds. */
  get messageCount(): number {
    return this.ready + this.blocked + this.leased + this.scheduled + this.dead;
  }

  /** Every number that the digest has to know of, in a fixed order. */
  summary(): readonly number[] {
    return [
      this.incarnation,
      this.version,
      this.nextSeq,
      this.ready,
      this.blocked,
      this.leased,
      this.scheduled,
      this.dead,
      this.bytes,
      this.candidates,
      this.dedup.head,
      this.dedup.tail,
      this.dedup.count,
      this.dedupHeld,
      ...this.messages.summary(),
      ...this.order.flatMap((bits, priority) => [priority, ...bits.summary()]),
    ];
  }
}
