/** The journal port over a simulated disk: the real format, virtual time, one process's life. */
import { assert, type Prng, present } from "@quorate/prelude";
import {
  BatchEncoder,
  journalIdBytes,
  openScanned,
  readRecord,
  type RecordFormat,
  type RecordIndex,
  SuperblockFrames,
  frameBytes,
  type SuperblockFrame,
} from "@quorate/log-format";
import type { Journal, OpenedJournal } from "@quorate/ports";
import type { Entry, LogPosition, Superblock } from "@quorate/protocol";
import { formatFor, type PendingWrite, type SimDisk, simSegmentBytes } from "./sim-disk.ts";
import type { World } from "./world.ts";

export interface SimJournalParts {
  readonly world: World;
  readonly disk: SimDisk;
  readonly owner: { readonly clusterId: Uint8Array; readonly replica: number };
  readonly genesis: Uint8Array;
  /** Time of one flush. */
  readonly flushMicros: (prng: Prng) => number;
  readonly isAlive: () => boolean;
}

interface Appending {
  readonly entries: readonly Entry[];
  readonly onStored: () => void;
  written: number;
}

export class SimJournal implements Journal {
  private readonly parts: SimJournalParts;
  private encoder: BatchEncoder | null = null;
  private index: RecordIndex | null = null;
  private format: RecordFormat | null = null;
  private frames: SuperblockFrames | null = null;
  private flushedRecord = 0;
  private readonly appending: Appending[] = [];
  private pending: PendingWrite | null = null;
  private readonly superblocks: { frame: SuperblockFrame; onStored: () => void }[] = [];
  private pendingSuperblock: { frame: SuperblockFrame; file: number } | null = null;

  constructor(parts: SimJournalParts) {
    this.parts = parts;
  }

  open(): Promise<OpenedJournal> {
    const { disk, owner, world, genesis } = this.parts;
    const { decision, scan } = disk.read(owner);
    assert(decision.kind === "found" || decision.kind === "blank", "a superblock copy survives");
    const frame = decision.kind === "found" ? decision.frame : null;
    const journalId = frame?.journalId ?? world.prng.bytes(journalIdBytes);
    if (decision.kind === "found") {
      for (const file of decision.filesToRepair) disk.writeSuperblockFile(file, decision.frame);
    }
    const scanned = scan(frame, journalId);
    this.format = formatFor(owner, journalId);
    this.encoder = new BatchEncoder(this.format, simSegmentBytes, scanned.resume);
    this.index = scanned.index;
    this.frames = new SuperblockFrames(frame, journalId, scanned.lost.newest);
    this.flushedRecord = this.encoder.lastRecord;
    const log = frame === null ? emptyLog : openScanned(frame, scanned, genesis);
    world.expectPromises();
    return Promise.resolve({ superblock: frame?.superblock ?? null, log });
  }

  append(entries: readonly Entry[], onStored: () => void): void {
    this.appending.push({ entries, onStored, written: 0 });
    this.flush();
  }

  writeSuperblock(superblock: Superblock, onStored: () => void): void {
    const frame = present(this.frames).next(superblock, this.flushedRecord);
    this.superblocks.push({ frame, onStored });
    if (this.superblocks.length === 1) this.writeSuperblockFile(0);
  }

  read(positions: readonly LogPosition[]): Promise<readonly (Entry | null)[]> {
    const { world, flushMicros } = this.parts;
    return new Promise((resolve) => {
      world.after(flushMicros(world.prng), () => {
        world.expectPromises();
        resolve(positions.map((position) => this.readOne(position)));
      });
    });
  }

  idle(): void {
    if (this.pending !== null || this.appending.length > 0) return;
    if (present(this.encoder).hasUnnamed) this.flush(true);
  }

  fsyncMicrosP99(): number | null {
    return null;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The process dies: what was under way is lost, kept or torn. */
  crash(prng: Prng): void {
    const { disk } = this.parts;
    if (this.pending !== null) disk.tear(this.pending, prng);
    if (this.pendingSuperblock !== null) {
      disk.tearSuperblockFile(this.pendingSuperblock.file, this.pendingSuperblock.frame, prng);
    }
  }

  private flush(isNaming = false): void {
    if (this.pending !== null || (this.appending.length === 0 && !isNaming)) return;
    const { world, disk, flushMicros } = this.parts;
    const encoder = present(this.encoder);
    const waiting = this.appending.flatMap(({ entries, written }) => entries.slice(written));
    const { segment, offset, bytes, recordOffsets } = encoder.encode(waiting);
    const write = { segment, offset, bytes: bytes.slice() };
    const taken = waiting.slice(0, recordOffsets.length);
    const lastRecord = encoder.lastRecord;
    this.pending = write;
    world.after(flushMicros(world.prng), () => {
      if (!this.parts.isAlive()) return;
      disk.write(write);
      this.pending = null;
      this.flushedRecord = lastRecord;
      for (const [at, { header, hash, body }] of taken.entries()) {
        const location = { segment, offset: recordOffsets[at] ?? 0, bodyBytes: body.length };
        present(this.index).add(header.op, hash, location);
      }
      const completed = this.takeCompleted(taken.length);
      this.flush();
      for (const onStored of completed) onStored();
    });
  }

  /** The appends whose entries are all on the disk now, in order. */
  private takeCompleted(count: number): (() => void)[] {
    const completed: (() => void)[] = [];
    let left = count;
    for (let each = this.appending[0]; each !== undefined; each = this.appending[0]) {
      const step = Math.min(left, each.entries.length - each.written);
      each.written += step;
      left -= step;
      if (each.written < each.entries.length) break;
      this.appending.shift();
      completed.push(each.onStored);
    }
    return completed;
  }

  private writeSuperblockFile(file: number): void {
    const { world, disk, flushMicros, isAlive } = this.parts;
    const { frame, onStored } = present(this.superblocks[0]);
    this.pendingSuperblock = { frame, file };
    world.after(flushMicros(world.prng), () => {
      if (!isAlive()) return;
      disk.writeSuperblockFile(file, frame);
      this.pendingSuperblock = null;
      if (file === 0) return this.writeSuperblockFile(1);
      this.superblocks.shift();
      if (this.superblocks.length > 0) this.writeSuperblockFile(0);
      world.expectPromises();
      onStored();
    });
  }

  private readOne(position: LogPosition): Entry | null {
    const format = present(this.format);
    for (const location of present(this.index).locate(position.op, position.hash)) {
      const { segment, offset, bodyBytes } = location;
      const bytes = this.parts.disk.bytesAt(segment, offset, frameBytes + bodyBytes);
      const entry = readRecord(bytes, location, position, format);
      if (entry !== null) return entry;
    }
    return null;
  }
}

const emptyLog = { entries: [], isHeadUncertain: false } as const;
