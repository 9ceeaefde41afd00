/** The segment files: written to one after the other, and made ready before they are needed. */
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@quorate/ports";
import { type DiskCalls, errnoOf } from "./disk-calls.ts";
import { createZeroFile, openZeroFile } from "./zero-file.ts";

const namePattern = /^segment-(\d{10})$/;

/**
 * Share of a segment that is used before the next one is made ready: early enough for a disk that
 * writes zeroes at half the speed of a busy journal, late enough for a folder that stays small.
 */
const usedBeforeNext = 0.25;

/**
 * Freed segments that are kept to be used again, which saves writing as many zeroes: as much as a
 * busy journal fills between two checkpoints.
 */
const sparesMax = 4;

/** The name of a segment's file; segments are numbered from 1. */
export function segmentName(segment: number): string {
  return `segment-${String(segment).padStart(10, "0")}`;
}

/** Numbers of the segments in a folder, ascending. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  const numbers = names.map((name) => Number(namePattern.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).toSorted((left, right) => left - right);
}

/**
 * Opens segments for writing and for reading, and frees them.
 *
 * A freed segment keeps its name until it is used again or removed. Neither needs to reach the
 * disk in any order: the superblock says where the journal begins, and every record names its
 * segment, so that what an old file holds is never taken for something new.
 */
export class SegmentStore {
  private readonly directory: string;
  private readonly segmentBytes: number;
  private readonly disk: DiskCalls;
  private readonly log: Log;
  /** The segment that is written to and the one behind it. */
  private readonly ready = new Map<number, Promise<FileHandle>>();
  /** Numbers of the files that belong to the journal. */
  private readonly held = new Set<number>();
  /** Numbers of freed files, to be used again. */
  private readonly spares: number[] = [];
  private removing: Promise<void> = Promise.resolve();

  constructor(directory: string, segmentBytes: number, disk: DiskCalls, log: Log) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.disk = disk;
    this.log = log;
  }

  /** The files that a start found. */
  adopt(numbers: readonly number[]): void {
    for (const number of numbers) this.held.add(number);
  }

  /** Frees the segments before this one. A file that cannot be removed is tried at the next start. */
  freeBefore(first: number): void {
    for (const number of this.held) {
      if (number >= first) continue;
      this.held.delete(number);
      if (this.spares.length < sparesMax) this.spares.push(number);
      else this.removing = this.removing.then(async () => this.remove(number));
    }
  }

  /**
   * The file to write to at `offset`. The one behind it is made ready meanwhile, so that a batch
   * neither waits for space nor finds the disk full; if that fails, it is tried once more when it
   * is needed.
   */
  async forWriting(segment: number, offset: number): Promise<FileHandle> {
    const file = await this.prepare(segment, false);
    if (offset >= this.segmentBytes * usedBeforeNext && !this.ready.has(segment + 1)) {
      this.prepare(segment + 1, true).catch((error: unknown) => {
        this.ready.delete(segment + 1);
        this.log.error("the next segment could not be made ready", { segment, error });
      });
    }
    for (const [older, handle] of this.ready) {
      if (older >= segment) continue;
      this.ready.delete(older);
      await (await handle).close();
    }
    return file;
  }

  /** Calls back with the file open for reading. */
  async reading<T>(segment: number, read: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = await open(join(this.directory, segmentName(segment)), "r");
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    for (const settled of await Promise.allSettled(this.ready.values())) {
      if (settled.status === "fulfilled") await settled.value.close();
    }
    this.ready.clear();
    await this.removing;
  }

  private async remove(segment: number): Promise<void> {
    try {
      await rm(join(this.directory, segmentName(segment)), { force: true });
    } catch (error) {
      this.log.warn("a freed segment could not be removed", { segment, error });
    }
  }

  private prepare(segment: number, isPaced: boolean): Promise<FileHandle> {
    const held = this.ready.get(segment);
    if (held !== undefined) return held;
    const file = this.openOrCreate(segmentName(segment), isPaced);
    this.ready.set(segment, file);
    this.held.add(segment);
    return file;
  }

  private async openOrCreate(name: string, isPaced: boolean): Promise<FileHandle> {
    const { directory, segmentBytes: bytes } = this;
    const zero = { directory, name, bytes, ranges: [{ from: 0, to: bytes }], isPaced };
    try {
      return await openZeroFile(zero, this.disk);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    const spare = this.spares.shift();
    if (spare === undefined) return createZeroFile(zero, this.disk);
    await rename(join(directory, segmentName(spare)), join(directory, name));
    return openZeroFile(zero, this.disk);
  }
}
