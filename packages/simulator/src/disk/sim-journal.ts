/**
 * The journal port over a simulated disk: the real format, virtual time, one process's life.
 *
 * Everything that is written goes one after the other, as in the journal on files: what waits
 * while a batch is under way becomes the next batch.
 */
import { present, type Sha256 } from "@quorate/prelude";
import { encodeSuperblockCopy, entriesPerBatchMax, superblockFiles } from "@quorate/log-format";
import type { Clock, Journal, JournalEvents, OpenedJournal } from "@quorate/ports";
import type { Block, Entry, LogPosition, Superblock } from "@quorate/protocol";
import type { DiskTrouble, PersistencePoint } from "./persistence-points.ts";
import { SimBlocks } from "./sim-blocks.ts";
import { superblockWrites } from "./disk-writes.ts";
import type { DiskOwner } from "./disk-format.ts";
import type { SimDisk } from "./sim-disk.ts";
import { openSimLog, readSimEntry, type SimLog } from "./sim-log.ts";
import type { World } from "../world/world.ts";

export interface SimJournalParts {
  readonly world: World;
  readonly disk: SimDisk;
  readonly owner: DiskOwner;
  readonly sha256: Sha256;
  /** Time of the process: what it waits for does not come while it is stopped or gone. */
  readonly clock: Clock;
  readonly events: JournalEvents;
  /** Time of one flush or read, in microseconds. */
  flushMicros(): number;
  /** Called at each persistence point. The process may be gone when it returns: then true. */
  isKilledAt(point: PersistencePoint): boolean;
  /** What the disk refuses to do now, or null. */
  troubleAt(point: PersistencePoint): DiskTrouble | null;
}

type Command =
  | {
      readonly kind: "append";
      readonly entries: readonly Entry[];
      readonly done: () => void;
      stored: number;
    }
  | {
      readonly kind: "superblock";
      readonly superblock: Superblock;
      readonly done: () => void;
      /** The blocks that were asked for before are on disk. */
      hasBlocks: boolean;
    }
  | { readonly kind: "name" };

interface Life {
  readonly log: SimLog;
  readonly blocks: SimBlocks;
}

export class SimJournal implements Journal {
  private readonly parts: SimJournalParts;
  private life: Life | null = null;
  private readonly commands: Command[] = [];
  private isRunning = false;
  /** Whether the superblock at the front waits for blocks. */
  private isHeldBack = false;
  private stored: Superblock | null = null;
  private isDead = false;
  private drained: () => void = () => undefined;

  constructor(parts: SimJournalParts) {
    this.parts = parts;
  }

  open(): Promise<OpenedJournal> {
    const { disk, owner, world, sha256 } = this.parts;
    const log = openSimLog(disk, owner, sha256, world.prng);
    const blocks = new SimBlocks({
      disk,
      after: (micros, run) => this.after(micros, run),
      flushMicros: () => this.parts.flushMicros(),
      flush: (next) => this.flush("blocks", "blocks-written", "blocks-flushed", next),
      answering: () => world.expectPromises(),
    });
    this.life = { log, blocks };
    this.stored = log.opened.superblock;
    world.expectPromises();
    return Promise.resolve(log.opened);
  }

  /** The superblock that is on the disk for certain. For checkers. */
  get durable(): Superblock | null {
    return this.stored;
  }

  /** Whether the entry has been written and flushed. For checkers. */
  isOnDisk({ op, hash }: LogPosition): boolean {
    return [...this.opened().log.index.locate(op, hash)].length > 0;
  }

  append(entries: readonly Entry[], onStored: () => void): void {
    this.push({ kind: "append", entries, done: onStored, stored: 0 });
  }

  writeSuperblock(superblock: Superblock, onStored: () => void): void {
    const command = { kind: "superblock" as const, superblock, done: onStored, hasBlocks: false };
    this.push(command);
    this.opened().blocks.whenStored(() => {
      command.hasBlocks = true;
      if (this.isHeldBack) this.perform();
    });
  }

  writeBlocks(blocks: readonly Block[], onStored: () => void): void {
    if (!this.isDead) this.opened().blocks.write(blocks, onStored);
  }

  readBlocks(digests: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]> {
    return this.opened().blocks.read(digests);
  }

  retainBlocks(stateRoots: readonly Uint8Array[]): void {
    if (!this.isDead) this.opened().blocks.retain(stateRoots);
  }

  read(positions: readonly LogPosition[]): Promise<readonly (Entry | null)[]> {
    return new Promise((resolve) => {
      this.after(this.parts.flushMicros(), () => {
        this.parts.world.expectPromises();
        resolve(positions.map((each) => readSimEntry(this.opened().log, this.parts.disk, each)));
      });
    });
  }

  idle(): void {
    if (this.commands.length === 0 && this.opened().log.encoder.hasUnnamed)
      this.push({ kind: "name" });
  }

  fsyncMicrosP99(): number | null {
    return null;
  }

  async close(): Promise<void> {
    await this.life?.blocks.close();
    if (!this.isRunning) return;
    await new Promise<void>((resolve) => {
      this.drained = resolve;
    });
  }

  /** The process is gone: nothing is written and nobody is called back any more. */
  die(): void {
    this.isDead = true;
    this.commands.length = 0;
  }

  private push(command: Command): void {
    if (this.isDead) return;
    this.commands.push(command);
    if (this.isRunning) return;
    this.isRunning = true;
    this.after(0, () => this.perform());
  }

  private perform(): void {
    const [command] = this.commands;
    switch (command?.kind) {
      case undefined:
        this.isRunning = false;
        return this.drained();
      case "append": {
        const entries = this.waitingEntries();
        return entries.length === 0 ? this.complete(0) : this.writeBatch(entries);
      }
      case "superblock":
        this.isHeldBack = !command.hasBlocks;
        if (this.isHeldBack) return;
        if (this.opened().log.encoder.hasUnnamed) return this.writeBatch([]);
        return this.replaceSuperblock(command.superblock, command.done);
      case "name":
        this.commands.shift();
        return this.opened().log.encoder.hasUnnamed ? this.writeBatch([]) : this.perform();
    }
  }

  /** Entries of the appends at the front: as many as one batch could ever take. */
  private waitingEntries(): Entry[] {
    const entries: Entry[] = [];
    let bytes = 0;
    for (const command of this.commands) {
      if (command.kind !== "append") break;
      for (const entry of command.entries.slice(command.stored)) {
        if (bytes > this.parts.disk.segmentBytes || entries.length === entriesPerBatchMax)
          return entries;
        entries.push(entry);
        bytes += entry.body.length;
      }
    }
    return entries;
  }

  /** One batch: the entries, or, without any, only the names of the batch before. */
  private writeBatch(entries: readonly Entry[]): void {
    const { encoder, index } = this.opened().log;
    const { disk } = this.parts;
    const batch = encoder.encode(entries);
    const { segment, offset, bytes, recordOffsets } = batch;
    if (!disk.hasSegment(segment) && !this.createSegment(segment)) return;
    disk.write({ file: "segment", segment, offset, bytes });
    const what = entries.length === 0 ? "names" : "batch";
    this.flush("log", `${what}-written`, `${what}-flushed`, () => {
      index.addBatch(batch, entries);
      this.complete(recordOffsets.length);
    });
  }

  /** False when the process is gone. */
  private createSegment(segment: number): boolean {
    if (this.failsAt("segment-created")) return false;
    this.parts.disk.createSegment(segment);
    return !this.parts.isKilledAt("segment-created");
  }

  /** The first file is on disk before the second is touched. */
  private replaceSuperblock(superblock: Superblock, done: () => void): void {
    const { frames, encoder, index } = this.opened().log;
    const begin = index.beginAfter(superblock.base.op);
    const frame = frames.next(superblock, encoder.lastRecord, begin);
    const bytes = encodeSuperblockCopy(frame, this.parts.sha256);
    const writeFile = (file: number): void => {
      for (const write of superblockWrites(file, bytes)) this.parts.disk.write(write);
      const name = file === 0 ? "superblock-1" : "superblock-2";
      this.flush("log", `${name}-written`, `${name}-flushed`, () => {
        if (file + 1 < superblockFiles) return writeFile(file + 1);
        this.stored = superblock;
        index.dropBefore(begin);
        this.parts.disk.freeBefore(begin.segment);
        this.commands.shift();
        this.parts.world.expectPromises();
        done();
        this.perform();
      });
    };
    writeFile(0);
  }

  private flush(
    files: "log" | "blocks",
    written: PersistencePoint,
    flushed: PersistencePoint,
    next: () => void,
  ): void {
    if (this.parts.isKilledAt(written) || this.failsAt(written)) return;
    this.after(this.parts.flushMicros(), () => {
      if (this.failsAt(flushed)) return;
      this.parts.disk.flush(files);
      if (!this.parts.isKilledAt(flushed)) next();
    });
  }

  /** Calls back, in order, for appends of which every entry is on disk now; then goes on. */
  private complete(stored: number): void {
    let left = stored;
    for (let command = this.commands[0]; command?.kind === "append"; command = this.commands[0]) {
      const taken = Math.min(left, command.entries.length - command.stored);
      command.stored += taken;
      left -= taken;
      if (command.stored < command.entries.length) break;
      this.commands.shift();
      command.done();
    }
    if (!this.isDead) this.perform();
  }

  private failsAt(point: PersistencePoint): boolean {
    const trouble = this.parts.troubleAt(point);
    if (trouble === null) return false;
    this.die();
    this.parts.events.onFatal(trouble, new Error(trouble));
    return true;
  }

  private after(micros: number, run: () => void): void {
    this.parts.clock.after(micros / 1_000, () => {
      if (!this.isDead) run();
    });
  }

  private opened(): Life {
    return present(this.life, "the journal is open");
  }
}
