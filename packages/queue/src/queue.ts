import { type ByteReader, ByteWriter } from "@quorate/prelude";
import { type Pauses, readPauses, writePauses } from "./pause-view.ts";
import {
  emptyOrder,
  type Ghosts,
  readGhosts,
  type StoredState,
  storedStates,
  writeGhosts,
} from "./ghosts.ts";
import { type QueueConfig, writeQueueConfig } from "./queue-config.ts";
import { RecentCount } from "./recent-count.ts";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";
import { type WindowList, windowList, type WindowTable, writeWindowList } from "./window-table.ts";

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
  candidates = 0;
  /** What the messages of each state count in `bytes`, and what popped bodies do. */
  readonly bytesIn: Record<StoredState | "popped", number> = {
    scheduled: 0,
    ready: 0,
    leased: 0,
    dead: 0,
    popped: 0,
  };
  /** From seq to message; also of ghosts. */
  readonly messages: SeqMap;
  /** The seqs of the messages in each state; `ready` are the blocked ones too. */
  readonly seqs: Record<StoredState, SeqBitset>;
  /** Dead letters in the order of their death, by the number of it; not those that are leased. */
  deaths: SeqMap;
  nextDeath = 1;
  /** Groups in the order in which they were made, by their number. */
  readonly groups: SeqMap;
  nextGroup = 1;
  /** The candidates, by priority. */
  order: readonly SeqBitset[];
  /** What was purged and is not freed yet, oldest first. */
  readonly ghosts: Ghosts[] = [];
  /** Purges so far, and by state the one that was the last to take its messages. */
  era = 0;
  readonly purgedIn: Record<StoredState, number> = { scheduled: 0, ready: 0, leased: 0, dead: 0 };
  /** Whether the queue itself is gone, and only waits for its memory to be freed. */
  isDeleted = false;
  /** No message with a lower seq ends by the queue's `retentionMs` while it is ready or scheduled. */
  retentionSeq = 1;
  /** Dead letters from this seq on may still hold up their groups though none should; 0: none do. */
  unblockSeq = 0;
  /** Dedup records whose window runs, oldest first. */
  dedup: WindowList = windowList();
  /** Leases that have ended by themselves. */
  readonly expirations = new RecentCount();
  paused: Pauses = { send: null, receive: null };
  /** Dedup records that messages hold (`untilSettled`). */
  dedupHeld = 0;
  private readonly blocks: RecordTable;
  private currentConfig: QueueConfig;
  /** The configuration as a state says it: ten thousand queues are written in one go. */
  private configBytes: Uint8Array | null = null;

  constructor(name: string, incarnation: number, config: QueueConfig, blocks: RecordTable) {
    this.name = name;
    this.incarnation = incarnation;
    this.blocks = blocks;
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
    this.order = emptyOrder(blocks);
  }

  get config(): QueueConfig {
    return this.currentConfig;
  }

  /** Gives the queue another configuration, and the next version. */
  configure(config: QueueConfig): void {
    // What has been passed by may end later now, or what has not may end before it.
    if (config.retentionMs !== this.currentConfig.retentionMs) this.retentionSeq = 1;
    if (config.onDead !== this.currentConfig.onDead) {
      this.unblockSeq = config.onDead === "continue" ? 1 : 0;
    }
    this.currentConfig = config;
    this.configBytes = null;
    this.version += 1;
  }

  /** What `maxBytes` bounds. */
  get bytes(): number {
    const { scheduled, ready, leased, dead, popped } = this.bytesIn;
    return scheduled + ready + leased + dead + popped;
  }

  /**
   * Makes ghosts of all messages in a state, however many, and returns their number. Counters are
   * right at once but those of groups, which compare their era with the queue's.
   */
  purge(state: StoredState): number {
    const removed = state === "ready" ? this.ready + this.blocked : this[state];
    if (removed === 0) return 0;
    const isReady = state === "ready";
    const isDead = state === "dead";
    this.ghosts.push({
      state,
      seqs: this.seqs[state],
      order: isReady ? this.order : emptyOrder(this.blocks),
      deaths: isDead ? this.deaths : new SeqMap(this.blocks),
    });
    this.seqs[state] = new SeqBitset(this.blocks);
    if (isReady) {
      this.order = emptyOrder(this.blocks);
      this.candidates = 0;
      this.blocked = 0;
    }
    if (isDead) this.deaths = new SeqMap(this.blocks);
    this[state] = 0;
    this.bytesIn[state] = 0;
    this.era += 1;
    this.purgedIn[state] = this.era;
    return removed;
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
    writePauses(writer, this.paused);
    this.expirations.write(writer);
    writer.u32(this.candidates).u32(this.dedupHeld).u64(this.bytesIn.popped);
    writer.u32(this.era).bool(this.isDeleted);
    writer.u64(this.retentionSeq).u64(this.unblockSeq);
    writeWindowList(writer, this.dedup);
    this.messages.write(writer);
    for (const name of storedStates) {
      writer.u64(this.bytesIn[name]).u32(this.purgedIn[name]);
      this.seqs[name].write(writer);
    }
    writer.u64(this.nextDeath).u64(this.nextGroup);
    this.deaths.write(writer);
    this.groups.write(writer);
    for (const bits of this.order) bits.write(writer);
    writer.u32(this.ghosts.length);
    for (const ghosts of this.ghosts) writeGhosts(writer, ghosts);
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
    this.paused = readPauses(reader);
    this.expirations.restore(reader);
    this.candidates = reader.u32();
    this.dedupHeld = reader.u32();
    this.bytesIn.popped = reader.u64();
    this.era = reader.u32();
    this.isDeleted = reader.bool();
    this.retentionSeq = reader.u64();
    this.unblockSeq = reader.u64();
    this.dedup = dedup.readList(reader);
    this.messages.restore(reader);
    for (const name of storedStates) {
      this.bytesIn[name] = reader.u64();
      this.purgedIn[name] = reader.u32();
      this.seqs[name].restore(reader);
    }
    this.nextDeath = reader.u64();
    this.nextGroup = reader.u64();
    this.deaths.restore(reader);
    this.groups.restore(reader);
    for (const bits of this.order) bits.restore(reader);
    const batches = reader.u32();
    for (let at = 0; at < batches; at++) this.ghosts.push(readGhosts(reader, this.blocks));
  }
}

function bytesOf(config: QueueConfig): Uint8Array {
  const writer = new ByteWriter();
  writeQueueConfig(writer, config);
  return writer.finish();
}
