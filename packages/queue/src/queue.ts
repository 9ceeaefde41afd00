import { type ByteReader, ByteWriter } from "@quorate/prelude";
import { priorityMax } from "./limits.ts";
import { type Pauses, readPauses, writePauses } from "./pause-view.ts";
import { type QueueConfig, writeQueueConfig } from "./queue-config.ts";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";
import { type WindowList, windowList, type WindowTable, writeWindowList } from "./window-table.ts";

/** What a message of a queue is, as its record says it. */
export type StoredState = (typeof storedStates)[number];

const storedStates = ["scheduled", "ready", "leased", "dead"] as const;

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
  /** The seqs of the messages in each state; `ready` are the blocked ones too. */
  readonly seqs: Readonly<Record<StoredState, SeqBitset>>;
  /** Dead letters in the order of their death, by the number of it; not those that are leased. */
  readonly deaths: SeqMap;
  nextDeath = 1;
  /** Groups in the order in which they were made, by their number. */
  readonly groups: SeqMap;
  nextGroup = 1;
  /** The candidates, by priority. */
  readonly order: readonly SeqBitset[];
  /** Dedup records whose window runs, oldest first. */
  dedup: WindowList = windowList();
  paused: Pauses = { send: null, receive: null };
  /** Dedup records that messages hold (`untilSettled`). */
  dedupHeld = 0;
  private currentConfig: QueueConfig;
  /** The configuration as a state says it: ten thousand queues are written in one go. */
  private configBytes: Uint8Array | null = null;

  constructor(name: string, incarnation: number, config: QueueConfig, blocks: RecordTable) {
    this.name = name;
    this.incarnation = incarnation;
    this.currentConfig = config;
    this.messages = new SeqMap(blocks);
    this.seqs = {
      scheduled: new SeqBitset(blocks),
      ready: new SeqBitset(blocks),
      leased: new SeqBitset(blocks),
      dead: new SeqBitset(blocks),
    };
    this.deaths = new SeqMap(blocks);
    this.groups = new SeqMap(blocks);
    this.order = Array.from({ length: priorityMax + 1 }, () => new SeqBitset(blocks));
  }

  get config(): QueueConfig {
    return this.currentConfig;
  }

  /** Gives the queue another configuration, and the next version. */
  configure(config: QueueConfig): void {
    this.currentConfig = config;
    this.configBytes = null;
    this.version += 1;
  }

  /** All messages: what `maxMessages` bounds. */
  get messageCount(): number {
    return this.ready + this.blocked + this.leased + this.scheduled + this.dead;
  }

  /** Everything but the name, the incarnation and what lies in pages. */
  write(writer: ByteWriter): void {
    this.configBytes ??= bytesOf(this.config);
    writer.bytes(this.configBytes).u32(this.version).u64(this.nextSeq);
    for (const count of [this.ready, this.blocked, this.leased, this.scheduled, this.dead]) {
      writer.u32(count);
    }
    writer.u64(this.bytes).u32(this.candidates).u32(this.dedupHeld);
    writePauses(writer, this.paused);
    writeWindowList(writer, this.dedup);
    this.messages.write(writer);
    for (const name of storedStates) this.seqs[name].write(writer);
    writer.u64(this.nextDeath).u64(this.nextGroup);
    this.deaths.write(writer);
    this.groups.write(writer);
    for (const bits of this.order) bits.write(writer);
  }

  /** Makes a new queue, whose configuration was read, the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, dedup: WindowTable): void {
    this.version = reader.u32();
    this.nextSeq = reader.u64();
    this.ready = reader.u32();
    this.blocked = reader.u32();
    this.leased = reader.u32();
    this.scheduled = reader.u32();
    this.dead = reader.u32();
    this.bytes = reader.u64();
    this.candidates = reader.u32();
    this.dedupHeld = reader.u32();
    this.paused = readPauses(reader);
    this.dedup = dedup.readList(reader);
    this.messages.restore(reader);
    for (const name of storedStates) this.seqs[name].restore(reader);
    this.nextDeath = reader.u64();
    this.nextGroup = reader.u64();
    this.deaths.restore(reader);
    this.groups.restore(reader);
    for (const bits of this.order) bits.restore(reader);
  }
}

function bytesOf(config: QueueConfig): Uint8Array {
  const writer = new ByteWriter();
  writeQueueConfig(writer, config);
  return writer.finish();
}
