import { type ByteReader, ByteWriter } from "@quorate/prelude";
import { type Pauses, readPauses, writePauses } from "./pause-view.ts";
import { type Ghosts, readGhosts, type StoredState, storedStates, writeGhosts } from "./ghosts.ts";
import { hold } from "./group-record.ts";
import { Deaths } from "./deaths.ts";
import { type QueueConfig } from "./queue-config.ts";
import { writeQueueConfig } from "./queue-config-fields.ts";
import { ReadyOrders } from "./ready-orders.ts";
import { RecentCount } from "./recent-count.ts";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { SeqMap } from "./seq-map.ts";
import { type WindowList, windowList, type WindowTable, writeWindowList } from "./window-table.ts";

/**
 * One queue: its configuration, its counters and the roots of what it keeps in pages.
 *
 * `ready`, `blocked`, `leased`, `scheduled` and `dead` are disjoint and add up to its messages.
 */
export class Queue {
  readonly name: string;
  readonly incarnation: number;
  version = 1;
  nextSeq = 1;
  /** What popped bodies count in `bytes`. */
  bytesPopped = 0;
  /** From seq to message; also of ghosts. */
  readonly messages: SeqMap;
  /** The messages in each state; `ready` are the blocked ones too. */
  readonly byState: Readonly<Record<StoredState, MessagesInState>>;
  /** Dead letters in the order of their deaths; not those that are leased. */
  readonly deaths: Deaths;
  nextDeath = 1;
  /** Groups in the order in which they were made, by their number. */
  readonly groups: SeqMap;
  nextGroup = 1;
  /** The ready messages, those that are blocked too, and which of them come next. */
  readonly readyOrders: ReadyOrders;
  /** What was purged and is not freed yet, oldest first. */
  readonly ghosts: Ghosts[] = [];
  /**
   * How often something changed for all groups at once: messages of a state were purged, or dead
   * letters hold nobody up any more, which was last in `unblockedIn`. Groups follow (`settleGroup`).
   */
  era = 0;
  unblockedIn = 0;
  /** Dead letters with a lower number of death hold nobody up. */
  holdsFrom = 1;
  /** Whether the queue itself is gone, and only waits for its memory to be freed. */
  isDeleted = false;
  /** No message with a lower seq ends by the queue's `retentionMs` while it is ready or scheduled. */
  retentionSeq = 1;
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
    this.byState = {
      scheduled: noMessages(blocks),
      ready: noMessages(blocks),
      leased: noMessages(blocks),
      dead: noMessages(blocks),
    };
    this.deaths = new Deaths(blocks);
    this.groups = new SeqMap(blocks);
    this.readyOrders = new ReadyOrders(blocks);
  }

  get config(): QueueConfig {
    return this.currentConfig;
  }

  /** Gives the queue another configuration, and the next version. */
  configure(config: QueueConfig): void {
    // What has been passed by may end later now, or what has not may end before it.
    if (config.retentionMs !== this.currentConfig.retentionMs) this.retentionSeq = 1;
    if (config.onDead === "continue" && this.currentConfig.onDead === "block") this.unblock();
    this.currentConfig = config;
    this.configBytes = null;
    this.version += 1;
  }

  /** Ready messages whose groups nothing holds up, and the others. */
  get ready(): number {
    return this.readyOrders.ready;
  }

  get blocked(): number {
    return this.byState.ready.count - this.ready;
  }

  get leased(): number {
    return this.byState.leased.count;
  }

  get scheduled(): number {
    return this.byState.scheduled.count;
  }

  get dead(): number {
    return this.byState.dead.count;
  }

  /** Messages that could be delivered next. */
  get candidates(): number {
    return this.readyOrders.candidates;
  }

  /** What has held groups up that were settled in this era, and does so no more: bits of `hold`. */
  releasedSince(era: number): number {
    const { scheduled, leased, dead } = this.byState;
    return (
      (leased.purgedIn > era ? releasedBy.leased : 0) |
      (scheduled.purgedIn > era ? releasedBy.scheduled : 0) |
      (dead.purgedIn > era ? releasedBy.dead : 0) |
      (this.unblockedIn > era ? hold.dead | hold.deadLeased : 0)
    );
  }

  /** What `maxBytes` bounds. */
  get bytes(): number {
    const { scheduled, ready, leased, dead } = this.byState;
    return scheduled.bytes + ready.bytes + leased.bytes + dead.bytes + this.bytesPopped;
  }

  /**
   * Makes ghosts of all messages in a state, however many, and returns their number. Counters are
   * right at once but those of groups, which compare their era with the queue's.
   */
  purge(state: StoredState): number {
    const those = this.byState[state];
    const removed = those.count;
    if (removed === 0) return 0;
    const deaths = state === "dead" ? this.deaths.takeAll() : new SeqMap(this.blocks);
    this.ghosts.push({ state, seqs: those.seqs, deaths });
    if (state === "ready") this.readyOrders.clear();
    else this.readyOrders.release(releasedBy[state]);
    this.era += 1;
    Object.assign(those, noMessages(this.blocks), { purgedIn: this.era });
    return removed;
  }

  // Dead letters hold nobody up any more, those that are leased as such neither.
  private unblock(): void {
    this.readyOrders.release(hold.dead | hold.deadLeased);
    this.era += 1;
    this.unblockedIn = this.era;
    this.holdsFrom = this.nextDeath;
  }

  /** All messages: what `maxMessages` bounds. */
  get messageCount(): number {
    return this.byState.ready.count + this.leased + this.scheduled + this.dead;
  }

  /** Everything but the name, the incarnation and what lies in pages. */
  write(writer: ByteWriter): void {
    this.configBytes ??= bytesOf(this.config);
    writer.bytes(this.configBytes).u32(this.version).u64(this.nextSeq);
    for (const count of [this.leased, this.scheduled, this.dead]) writer.u32(count);
    writePauses(writer, this.paused);
    this.expirations.write(writer);
    writer.u32(this.dedupHeld).u64(this.bytesPopped);
    writer.u32(this.era).u32(this.unblockedIn).u64(this.holdsFrom).bool(this.isDeleted);
    writer.u64(this.retentionSeq);
    writeWindowList(writer, this.dedup);
    this.messages.write(writer);
    for (const name of storedStates) {
      const { seqs, bytes, purgedIn } = this.byState[name];
      writer.u64(bytes).u32(purgedIn);
      seqs.write(writer);
    }
    writer.u64(this.nextDeath).u64(this.nextGroup);
    this.deaths.write(writer);
    this.groups.write(writer);
    this.readyOrders.write(writer);
    writer.u32(this.ghosts.length);
    for (const ghosts of this.ghosts) writeGhosts(writer, ghosts);
  }

  /** Makes a new queue, whose configuration was read, the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, dedup: WindowTable): void {
    this.version = reader.u32();
    this.nextSeq = reader.u64();
    this.byState.leased.count = reader.u32();
    this.byState.scheduled.count = reader.u32();
    this.byState.dead.count = reader.u32();
    this.paused = readPauses(reader);
    this.expirations.restore(reader);
    this.dedupHeld = reader.u32();
    this.bytesPopped = reader.u64();
    this.era = reader.u32();
    this.unblockedIn = reader.u32();
    this.holdsFrom = reader.u64();
    this.isDeleted = reader.bool();
    this.retentionSeq = reader.u64();
    this.dedup = dedup.readList(reader);
    this.messages.restore(reader);
    for (const name of storedStates) {
      const those = this.byState[name];
      those.bytes = reader.u64();
      those.purgedIn = reader.u32();
      those.seqs.restore(reader);
    }
    this.nextDeath = reader.u64();
    this.nextGroup = reader.u64();
    this.deaths.restore(reader);
    this.groups.restore(reader);
    this.readyOrders.restore(reader);
    this.byState.ready.count = this.readyOrders.total;
    const batches = reader.u32();
    for (let at = 0; at < batches; at++) this.ghosts.push(readGhosts(reader, this.blocks));
  }
}

/** What a queue knows of its messages in one state. */
interface MessagesInState {
  /** Their seqs. */
  seqs: SeqBitset;
  count: number;
  /** What they count in `bytes`. */
  bytes: number;
  /** The era that began with the last purge of such messages; 0 before the first. */
  purgedIn: number;
}

function noMessages(blocks: RecordTable): MessagesInState {
  return { seqs: new SeqBitset(blocks), count: 0, bytes: 0, purgedIn: 0 };
}

/** What a purge of these states takes away of what holds groups up. */
const releasedBy = {
  scheduled: hold.waiting,
  leased: hold.leased | hold.deadLeased,
  dead: hold.dead,
} as const;

function bytesOf(config: QueueConfig): Uint8Array {
  const writer = new ByteWriter();
  writeQueueConfig(writer, config);
  // It is kept as long as the queue: memory of its own keeps nothing else alive.
  return writer.finish().slice();
}
