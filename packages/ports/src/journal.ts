import type { OpenedLog } from "@quorate/log-format";
import type { Block, Entry, LogPosition, Superblock } from "@quorate/protocol";

export type { OpenedEntry, OpenedLog } from "@quorate/log-format";

/**
 * Where the blocks of checkpoints are kept: named by their SHA-256, each once, whoever uses it.
 *
 * On the same disk as the log and in order with its superblock: `writeBlocks` completes before a
 * superblock that was asked for later does. Appends and blocks do not wait for each other. What is
 * asked for here is done in the order of the calls, but for reading.
 */
export interface BlockStore {
  /**
   * Writes blocks that are not held yet, or whose bytes are not what they were; `onStored` is
   * called when all of them are on disk. The bytes are copied before it returns. Not called before
   * the first superblock was asked for.
   */
  writeBlocks(blocks: readonly Block[], onStored: () => void): void;
  /**
   * Reads blocks by digest; null for one that is not held, or whose bytes are not what they were.
   * The arrays belong to the caller.
   */
  readBlocks(digests: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]>;
  /**
   * Frees, in the background, every block that none of these state roots reaches. A root of which
   * a node cannot be read frees nothing. Every root that the superblock on disk names is among
   * them. Not called while blocks are written that no root reaches.
   */
  retainBlocks(stateRoots: readonly Uint8Array[]): void;
}

/**
 * What is remembered: entries appended beside each other, and one superblock.
 *
 * Nothing is ever overwritten by `append`; which of the entries are the log is decided by the
 * superblock and rule S3. Appends and superblocks complete in the order in which they were asked
 * for. A disk that fails stops the process through `JournalEvents.onFatal`; nothing is retried.
 */
export interface Journal extends BlockStore {
  /** Reads what the disk holds; once, before anything else. Rejects when the folder is unusable. */
  open(): Promise<OpenedJournal>;
  /** Writes the entries with the next batch; `onStored` is called when they are on disk. */
  append(entries: readonly Entry[], onStored: () => void): void;
  /** Replaces the superblock; `onStored` is called when every copy is on disk. */
  writeSuperblock(superblock: Superblock, onStored: () => void): void;
  /** Reads entries that were appended, by op and hash; null for one that cannot be read. */
  read(positions: readonly LogPosition[]): Promise<readonly (Entry | null)[]>;
  /** Called after a tick without appends: the last batch may now be named a second time (L5). */
  idle(): void;
  /** 99th percentile of recent flushes, in microseconds; null before the first. */
  fsyncMicrosP99(): number | null;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface JournalEvents {
  /** The disk failed, or a superblock that no disk could hold was asked for. The process must stop now. */
  onFatal(reason: JournalFatalReason, cause: unknown): void;
}

export type JournalFatalReason =
  | "write-failed"
  | "fsync-failed"
  | "disk-full"
  | "read-failed"
  /** Whoever asked for the superblock broke a limit: written, it could not be read again. */
  | "superblock-too-long";

/** What open found. */
export interface OpenedJournal {
  /** Null: the folder was never formatted, or what it held is gone. */
  readonly superblock: Superblock | null;
  /**
   * The superblock was written in another folder: this one is a copy of it or was restored, so
   * that what was promised since may be missing (rule S12). Nothing may be said with it.
   */
  readonly isMoved: boolean;
  readonly log: OpenedLog;
}
