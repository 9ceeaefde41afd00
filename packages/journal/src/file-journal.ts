/** The journal on the files of this machine. */
import { crc32 } from "node:zlib";
import { segmentBytesDefault } from "@quorate/log-format";
import type { Journal, JournalEvents, Log, Metrics, OpenedJournal } from "@quorate/ports";
import { assert, type Sha256 } from "@quorate/prelude";
import type { Block, Entry, LogPosition, Superblock } from "@quorate/protocol";
import { blockSlotsPerFileDefault } from "./block-files.ts";
import { readBlocks } from "./block-reader.ts";
import { BlockWriter } from "./block-writer.ts";
import { type DiskCalls, nodeDisk } from "./disk-calls.ts";
import { EntryReader } from "./entry-reader.ts";
import { FatalEnd } from "./fatal-end.ts";
import { FlushTimes } from "./flush-times.ts";
import { GroupCommit } from "./group-commit.ts";
import { type OpenFolder, openFolder } from "./open-folder.ts";

/** Where a journal lies, whose it is, and who is told. */
export interface FileJournalOptions {
  /** Created when it does not exist; held by one process at a time. */
  readonly directory: string;
  readonly clusterId: Uint8Array;
  /** Index of the member that owns the folder. */
  readonly replica: number;
  readonly sha256: Sha256;
  readonly events: JournalEvents;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Size of a segment file, whole sectors; it must hold the largest entry. 64 MiB by default. */
  readonly segmentBytes?: number;
  /** Slots of a block file; as long as a segment by default. */
  readonly blockSlotsPerFile?: number;
  /** The disk; that of this machine by default. */
  readonly disk?: DiskCalls;
}

/** A journal that is not open yet. */
export function createFileJournal(options: FileJournalOptions): Journal {
  return new FileJournal(options);
}

interface Life {
  readonly folder: OpenFolder;
  readonly fatal: FatalEnd;
  readonly commit: GroupCommit;
  readonly writer: BlockWriter;
  readonly reader: EntryReader;
  /** The first superblock makes the folder a journal; nothing is appended before it. */
  hasSuperblock: boolean;
}

class FileJournal implements Journal {
  private readonly options: FileJournalOptions;
  private readonly disk: DiskCalls;
  private readonly flushTimes = new FlushTimes();
  private life: Life | null = null;

  constructor(options: FileJournalOptions) {
    this.options = options;
    this.disk = options.disk ?? nodeDisk;
  }

  async open(): Promise<OpenedJournal> {
    assert(this.life === null, "a journal is opened once");
    const { segmentBytes = segmentBytesDefault, metrics, events, log } = this.options;
    const { blockSlotsPerFile = blockSlotsPerFileDefault } = this.options;
    const { disk, flushTimes } = this;
    const sizes = { segmentBytes, blockSlotsPerFile };
    const folder = await openFolder({ ...this.options, ...sizes, crc32, disk });
    const fatal = new FatalEnd(events);
    this.life = {
      folder,
      fatal,
      commit: new GroupCommit({ ...folder, disk, flushTimes, metrics, fatal }),
      writer: new BlockWriter({ blocks: folder.blocks, disk, crc32, fatal, log }),
      reader: new EntryReader({ ...folder, disk }),
      hasSuperblock: folder.opened.superblock !== null,
    };
    return folder.opened;
  }

  append(entries: readonly Entry[], onStored: () => void): void {
    const { commit, hasSuperblock } = this.opened();
    assert(hasSuperblock, "a superblock is written before the first entry");
    commit.append(entries, onStored);
  }

  writeSuperblock(superblock: Superblock, onStored: () => void): void {
    const life = this.opened();
    life.hasSuperblock = true;
    life.commit.writeSuperblock(superblock, life.writer.settled(), onStored);
  }

  async read(positions: readonly LogPosition[]): Promise<readonly (Entry | null)[]> {
    const { fatal, reader } = this.opened();
    try {
      return await reader.read(positions);
    } catch (cause) {
      fatal.fail("read-failed", cause);
      throw cause;
    }
  }

  writeBlocks(blocks: readonly Block[], onStored: () => void): void {
    const { writer, hasSuperblock } = this.opened();
    assert(hasSuperblock, "a superblock is asked for before the first block");
    writer.write(blocks, onStored);
  }

  async readBlocks(digests: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]> {
    const { fatal, folder } = this.opened();
    try {
      return await readBlocks(folder.blocks, digests);
    } catch (cause) {
      fatal.fail("read-failed", cause);
      throw cause;
    }
  }

  retainBlocks(stateRoots: readonly Uint8Array[]): void {
    this.opened().writer.retain(stateRoots);
  }

  idle(): void {
    this.opened().commit.nameLastBatch();
  }

  fsyncMicrosP99(): number | null {
    return this.flushTimes.p99();
  }

  async close(): Promise<void> {
    const { life } = this;
    if (life === null) return;
    this.life = null;
    await life.commit.drained();
    await life.writer.drained();
    await life.folder.blocks.close();
    await life.folder.segments.close();
    await life.folder.superblocks.close();
    await life.folder.lock.release();
  }

  private opened(): Life {
    assert(this.life !== null, "the journal is open");
    return this.life;
  }
}
