import { type ByteReader, type ByteWriter, DecodeError, present } from "@quorate/prelude";
import { CallTable } from "./call-table.ts";
import { FenceTable } from "./fence-table.ts";
import { storedStates } from "./ghosts.ts";
import { GroupTable } from "./group-table.ts";
import { HolderTable } from "./holder-table.ts";
import { ghostsPerOperationMax, groupFrontMax, leaseClockStepMicrosMax } from "./limits.ts";
import { endBytes, linkBytes } from "./message-links.ts";
import { messageRecordBytes } from "./message-record.ts";
import { MovedTable } from "./moved-table.ts";
import type { PageClaims } from "./page-claims.ts";
import { PageStore } from "./page-store.ts";
import { Queue } from "./queue.ts";
import { QueueCalendar } from "./queue-calendar.ts";
import type { QueueConfig } from "./queue-config.ts";
import { QueueConfigReader } from "./queue-config-reader.ts";
import { readQueueName } from "./queue-name.ts";
import { RecordTable } from "./record-table.ts";
import { Revocations } from "./revocations.ts";
import { blockBytes } from "./seq-map.ts";
import { readSlabMoves, type SlabMovesPlace, writeSlabMoves } from "./slab-moves.ts";
import { slabBytesDefault, Slabs } from "./slabs.ts";
import { SparseFields } from "./sparse-fields.ts";
import { Tasks } from "./tasks.ts";
import { TimerHeap } from "./timer-heap.ts";
import { type WindowList, windowList, WindowTable, writeWindowList } from "./window-table.ts";

/** Everything that the state machine remembers. All times are microseconds. */
export class QueueState {
  readonly pages = new PageStore();
  readonly slabs: Slabs;
  /** Who holds leases. */
  readonly holders: HolderTable;
  /** Blocks of sequence maps and bitsets. */
  readonly blocks = new RecordTable(this.pages, blockBytes);
  readonly messages = new RecordTable(this.pages, messageRecordBytes);
  /** Error histories and progress: place and length of a blob. */
  readonly annexes = new RecordTable(this.pages, 16);
  /** Neighbours in groups, the order of death: beside the messages' records. */
  readonly links = new SparseFields(this.pages, linkBytes);
  /** When messages end by their own ttl, in the same way. */
  readonly ends = new SparseFields(this.pages, endBytes);
  readonly groups = new GroupTable(this.pages, this.messages, this.links);
  /** Leased messages by lease end (lease clock). */
  readonly leases = new TimerHeap(this.pages, this.messages);
  /** Scheduled messages by due time, and those with a ttl by its end. */
  readonly timers = new TimerHeap(this.pages, this.messages);
  /** What messages are called that came from another queue. */
  readonly moved = new MovedTable(this.pages);
  readonly fences = new FenceTable(this.pages, this.messages);
  readonly calls = new CallTable(this.pages, this.blocks);
  readonly dedup = new WindowTable(this.pages);
  readonly idempotency = new WindowTable(this.pages);
  idempotencyKeys: WindowList = windowList();
  /** Of calls that administer something. */
  adminKeys: WindowList = windowList();
  readonly revocations = new Revocations();
  readonly tasks = new Tasks();
  /** Names that turned deliverable since the last call of takeReadyHints; volatile. */
  readonly readyHints = new Set<string>();
  /** Digests of the leaves of the last state that was kept or loaded, but pages and slabs; volatile. */
  keptMeta: readonly Uint8Array[] = [];
  /** Time of the newest op; 0 before the first. */
  now = 0;
  /** The lease clock. */
  leaseClock = 0;
  /** The op that messages are being counted in, and how many it has so far. */
  op = 0;
  messagesInOp = 0;
  /** Ghosts that the present operation may still free; volatile. */
  ghostsToFree = 0;
  /** Rewound messages that it may still take out of the ends of leases; volatile. */
  rewindsToFinish = 0;
  /** When queues have something to end or to free; volatile. */
  readonly queueWork = new QueueCalendar();
  /** When queues have ids to forget; volatile. */
  readonly idEnds = new QueueCalendar();
  /** Where pulses go on to move bytes out of slabs. */
  slabMoves: SlabMovesPlace = { owners: 0, record: 1 };
  private readonly byName = new Map<string, Queue>();
  private readonly byIncarnation = new Map<number, Queue>();
  private nextIncarnation = 1;
  private sortedNames: readonly string[] | null = [];

  /** See groupFrontMax. */
  readonly frontMax: number;
  private readonly ghostsMax: number;

  /** `slabBytes`: size of the slabs that hold bodies; `ghostsMax`: see ghostsPerOperationMax. */
  constructor(
    slabBytes: number = slabBytesDefault,
    ghostsMax: number = ghostsPerOperationMax,
    frontMax: number = groupFrontMax,
  ) {
    this.ghostsMax = ghostsMax;
    this.frontMax = frontMax;
    this.slabs = new Slabs(slabBytes);
    this.holders = new HolderTable(this.pages, this.slabs);
  }

  /** The queue of this name, or undefined. */
  queue(name: string): Queue | undefined {
    return this.byName.get(name);
  }

  /** The queue of this name, if it is still this one. */
  queueIn(name: string, incarnation: number): Queue | undefined {
    const queue = this.byName.get(name);
    return queue?.incarnation === incarnation ? queue : undefined;
  }

  /** The queue of a message. */
  queueOf(incarnation: number): Queue {
    return present(this.byIncarnation.get(incarnation), "queue exists");
  }

  /** The message of this seq in a queue that may be gone, or 0. */
  messageAt(incarnation: number, seq: number): number {
    return this.byIncarnation.get(incarnation)?.messages.get(seq) ?? 0;
  }

  get queueCount(): number {
    return this.byName.size;
  }

  /** All queues in the order in which they were made, deleted ones that are not freed yet too. */
  queues(): Iterable<Queue> {
    return this.byIncarnation.values();
  }

  /** Names in ascending order. */
  names(): readonly string[] {
    this.sortedNames ??= [...this.byName.keys()].toSorted();
    return this.sortedNames;
  }

  /** The queue that createQueue would make now; no part of the state. */
  draftQueue(name: string, config: QueueConfig): Queue {
    return new Queue(name, this.nextIncarnation, config, this.blocks);
  }

  createQueue(name: string, config: QueueConfig): Queue {
    const queue = this.draftQueue(name, config);
    this.nextIncarnation += 1;
    this.addQueue(queue);
    return queue;
  }

  /** Takes away the queue's name and everything in it; its memory is freed by pulses. */
  deleteQueue(queue: Queue): void {
    for (const name of storedStates) queue.purge(name);
    queue.isDeleted = true;
    this.byName.delete(queue.name);
    this.sortedNames = null;
    this.expectAnything(queue);
    // Who waits for its messages learns at once that there will be none.
    this.readyHints.add(queue.name);
  }

  /** Nothing is left of a deleted queue. */
  forgetQueue(queue: Queue): void {
    this.byIncarnation.delete(queue.incarnation);
    for (const calendar of [this.queueWork, this.idEnds]) calendar.set(queue, Infinity);
  }

  /** Whether the queue is there, or deleted and not forgotten. */
  knows(queue: Queue): boolean {
    return this.byIncarnation.has(queue.incarnation);
  }

  /** A change to the queue may have left a pulse anything to do in it. */
  expectAnything(queue: Queue): void {
    for (const calendar of [this.queueWork, this.idEnds]) calendar.expect(queue, 0);
  }

  /** Begins an op, or goes on with it: both clocks move once, by the time between ops. */
  advance(op: number, timestampMicros: number): void {
    if (op !== this.op) {
      this.op = op;
      this.messagesInOp = 0;
    }
    this.leaseClock = this.leaseClockAt(timestampMicros);
    this.now = timestampMicros;
    this.ghostsToFree = this.ghostsMax;
    this.rewindsToFinish = this.ghostsMax;
  }

  /** What the lease clock will be when the next op has this time. */
  leaseClockAt(timestampMicros: number): number {
    if (this.now === 0) return 0;
    return this.leaseClock + Math.min(timestampMicros - this.now, leaseClockStepMicrosMax);
  }

  /** Everything that lies in no page and no slab, in its one spelling. */
  write(writer: ByteWriter): void {
    writer.u64(this.now).u64(this.leaseClock).u64(this.op).u32(this.messagesInOp);
    this.blocks.write(writer);
    this.messages.write(writer);
    this.annexes.write(writer);
    this.links.write(writer);
    this.ends.write(writer);
    this.holders.write(writer);
    this.moved.write(writer);
    this.groups.write(writer);
    this.leases.write(writer);
    this.timers.write(writer);
    this.fences.write(writer);
    this.calls.write(writer);
    this.dedup.write(writer);
    this.idempotency.write(writer);
    writeWindowList(writer, this.idempotencyKeys);
    writeWindowList(writer, this.adminKeys);
    this.slabs.write(writer);
    writeSlabMoves(writer, this.slabMoves);
    this.revocations.write(writer);
    this.tasks.write(writer);
    writer.u32(this.nextIncarnation).u32(this.byIncarnation.size);
    for (const queue of this.byIncarnation.values()) {
      writer.string(queue.name).u32(queue.incarnation);
      queue.write(writer);
    }
  }

  /** Makes an empty state the one that was written, but for what lies elsewhere. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.now = reader.u64();
    this.leaseClock = reader.u64();
    this.op = reader.u64();
    this.messagesInOp = reader.u32();
    this.blocks.restore(reader, claims);
    this.messages.restore(reader, claims, this.fences);
    this.annexes.restore(reader, claims);
    this.links.restore(reader, claims);
    this.ends.restore(reader, claims);
    this.holders.restore(reader, claims);
    this.moved.restore(reader, claims);
    this.groups.restore(reader, claims);
    this.leases.restore(reader, claims);
    this.timers.restore(reader, claims);
    this.fences.restore(reader, claims);
    this.calls.restore(reader, claims);
    this.dedup.restore(reader, claims);
    this.idempotency.restore(reader, claims);
    this.idempotencyKeys = this.idempotency.readList(reader);
    this.adminKeys = this.idempotency.readList(reader);
    this.slabs.restore(reader);
    this.slabMoves = readSlabMoves(reader);
    this.revocations.restore(reader);
    this.tasks.restore(reader);
    this.restoreQueues(reader);
  }

  private restoreQueues(reader: ByteReader): void {
    this.nextIncarnation = reader.u32();
    const count = reader.u32();
    const configs = new QueueConfigReader();
    for (let index = 0; index < count; index++) {
      const name = readQueueName(reader);
      const incarnation = reader.u32();
      if (this.byIncarnation.has(incarnation)) throw new DecodeError("a queue twice");
      const queue = new Queue(name, incarnation, configs.read(reader), this.blocks);
      queue.restore(reader, this.dedup);
      this.addQueue(queue);
      this.expectAnything(queue);
      if (queue.candidates > 0) this.readyHints.add(name);
    }
  }

  private addQueue(queue: Queue): void {
    if (!queue.isDeleted) {
      if (this.byName.has(queue.name)) throw new DecodeError("a name twice");
      this.byName.set(queue.name, queue);
    }
    this.byIncarnation.set(queue.incarnation, queue);
    this.sortedNames = null;
  }
}
