/**
 * Everything that is written, one thing after the other, in the order in which it was asked for.
 *
 * What waits while a batch is under way becomes the next batch: one write and one flush for all of
 * it. A batch is written only after the flush of the one before (rule L5).
 */
import type { FileHandle } from "node:fs/promises";
import {
  type BatchEncoder,
  batchBytesMax,
  entriesPerBatchMax,
  type RecordIndex,
  superblockFiles,
  type SuperblockFrame,
  type SuperblockFrames,
  SuperblockTooLongError,
} from "@quorate/log-format";
import type { Metrics } from "@quorate/ports";
import type { Entry, Superblock } from "@quorate/protocol";
import type { DiskCalls } from "./disk-calls.ts";
import type { FatalEnd } from "./fatal-end.ts";
import type { FlushTimes } from "./flush-times.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { SuperblockStore } from "./superblock-store.ts";

/** What the writes go through, and who is told. */
export interface CommitParts {
  readonly encoder: BatchEncoder;
  readonly index: RecordIndex;
  readonly frames: SuperblockFrames;
  readonly segments: SegmentStore;
  readonly superblocks: SuperblockStore;
  readonly disk: DiskCalls;
  readonly flushTimes: FlushTimes;
  readonly metrics: Metrics;
  readonly fatal: FatalEnd;
}

type Command =
  /** `stored` of the entries are on disk already. */
  | { readonly kind: "append"; readonly entries: readonly Entry[]; stored: number; done(): void }
  | {
      readonly kind: "superblock";
      readonly superblock: Superblock;
      /** Resolves when the blocks that were asked for before are on disk, or never will be. */
      readonly blocks: Promise<void>;
      done(): void;
    }
  | { readonly kind: "name" };

/** Writes batches and superblocks of one open journal. */
export class GroupCommit {
  private readonly parts: CommitParts;
  private readonly commands: Command[] = [];
  private running: Promise<void> | null = null;

  constructor(parts: CommitParts) {
    this.parts = parts;
  }

  append(entries: readonly Entry[], onStored: () => void): void {
    this.push({ kind: "append", entries, stored: 0, done: onStored });
  }

  /** `blocks` resolves when the blocks that were asked for before are on disk, or never will be. */
  writeSuperblock(superblock: Superblock, blocks: Promise<void>, onStored: () => void): void {
    this.push({ kind: "superblock", superblock, blocks, done: onStored });
  }

  /** Names the last batch a second time, unless something else is about to. */
  nameLastBatch(): void {
    if (this.commands.length === 0 && this.parts.encoder.hasUnnamed) this.push({ kind: "name" });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private push(command: Command): void {
    if (this.parts.fatal.hasHappened) return;
    this.commands.push(command);
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    // Whatever else is asked for in this turn of the event loop joins the first batch.
    await Promise.resolve();
    try {
      while (!this.parts.fatal.hasHappened) {
        const command = this.commands[0];
        if (command === undefined) return;
        await this.perform(command);
      }
    } finally {
      this.running = null;
    }
  }

  private perform(command: Command): Promise<void> {
    switch (command.kind) {
      case "append":
        return this.writeBatch();
      case "superblock":
        return this.replaceSuperblock(command.superblock, command.blocks);
      case "name":
        return this.writeNames();
    }
  }

  private async writeBatch(): Promise<void> {
    const entries = this.waitingEntries();
    const stored = entries.length === 0 ? 0 : await this.write(entries);
    if (stored === null) return;
    this.completeAppends(stored);
  }

  /** The superblock names a head: so that two places name each entry below it, names go first. */
  private async replaceSuperblock(superblock: Superblock, blocks: Promise<void>): Promise<void> {
    const { encoder, fatal, frames, index, segments, superblocks } = this.parts;
    await blocks;
    if (fatal.hasHappened) return;
    if (encoder.hasUnnamed && (await this.write([])) === null) return;
    const begin = index.beginAfter(superblock.base.op);
    const frame = frames.next(superblock, encoder.lastRecord, begin);
    const bytes = this.encode(frame);
    if (bytes === null) return;
    for (let file = 0; file < superblockFiles; file++) {
      const write = (): Promise<void> => superblocks.writeFile(file, bytes);
      const flush = (): Promise<void> => superblocks.flushFile(file);
      if (!(await fatal.attempt("write-failed", write))) return;
      if (!(await this.flush(flush))) return;
    }
    index.dropBefore(frame.begin);
    segments.freeBefore(frame.begin.segment);
    this.complete();
  }

  private encode(frame: SuperblockFrame): Uint8Array | null {
    try {
      return this.parts.superblocks.encode(frame);
    } catch (cause) {
      if (!(cause instanceof SuperblockTooLongError)) throw cause;
      this.parts.fatal.fail("superblock-too-long", cause);
      return null;
    }
  }

  private async writeNames(): Promise<void> {
    if ((await this.write([])) !== null) this.complete();
  }

  /** Entries of the appends at the front: as many as one batch could ever take. */
  private waitingEntries(): Entry[] {
    const entries: Entry[] = [];
    let bytes = 0;
    for (const command of this.commands) {
      if (command.kind !== "append") break;
      for (let at = command.stored; at < command.entries.length; at++) {
        const entry = command.entries[at];
        if (entry === undefined || bytes > batchBytesMax) return entries;
        if (entries.length === entriesPerBatchMax) return entries;
        entries.push(entry);
        bytes += entry.body.length;
      }
    }
    return entries;
  }

  /** Writes and flushes one batch. Returns how many of the entries it took; null on a failure. */
  private async write(entries: readonly Entry[]): Promise<number | null> {
    const { encoder, segments, disk, fatal, index, metrics } = this.parts;
    const batch = encoder.encode(entries);
    const { segment, offset, bytes } = batch;
    const file = (): Promise<FileHandle> => segments.forWriting(segment, offset);
    const isWritten = await fatal.attempt("write-failed", async () => {
      await disk.write(await file(), bytes, offset);
    });
    if (!isWritten || !(await this.flush(async () => disk.flush(await file())))) return null;
    metrics.count("quorate_journal_bytes_total", {}, bytes.length);
    index.addBatch(batch, entries);
    return batch.recordOffsets.length;
  }

  private async flush(use: () => Promise<void>): Promise<boolean> {
    const { fatal, flushTimes, metrics } = this.parts;
    const startMs = performance.now();
    const isFlushed = await fatal.attempt("fsync-failed", use);
    const flushMs = performance.now() - startMs;
    flushTimes.add(flushMs * 1000);
    metrics.observe("quorate_fsync_seconds", flushMs / 1000);
    return isFlushed;
  }

  /** Calls back, in order, for appends of which every entry is on disk now. */
  private completeAppends(stored: number): void {
    let left = stored;
    while (true) {
      const command = this.commands[0];
      if (command?.kind !== "append") return;
      const taken = Math.min(left, command.entries.length - command.stored);
      command.stored += taken;
      left -= taken;
      if (command.stored < command.entries.length) return;
      this.complete();
    }
  }

  private complete(): void {
    const command = this.commands.shift();
    if (command !== undefined && command.kind !== "name") command.done();
  }
}
