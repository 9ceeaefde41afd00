/** The files in which blocks lie: opened, scanned, read, and removed when nothing is in them. */
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  blockHeaderBytes,
  BlockIndex,
  blockOffsetInSlot,
  blockSlotBytes,
  type Crc32,
  type HeldBlock,
  readBlockHeader,
} from "@quorate/log-format";
import type { Log } from "@quorate/ports";
import { bytesEqual, type Sha256 } from "@quorate/prelude";
import { type DiskCalls, errnoOf, flushDirectory } from "./disk-calls.ts";
import { createZeroFile } from "./zero-file.ts";

/** Slots of one file: as long as a segment. A state of 16 GiB takes 257 files, all kept open. */
export const blockSlotsPerFileDefault = 963;

const namePattern = /^blocks-(\d{10})$/;

/** The name of a block file; they are numbered from 1. */
export function blockFileName(number: number): string {
  return `blocks-${String(number).padStart(10, "0")}`;
}

/** Numbers of the block files in a folder, ascending. */
export async function listBlockFiles(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  const numbers = names.map((name) => Number(namePattern.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).toSorted((left, right) => left - right);
}

/** What block files need of their folder. */
export interface BlockFileParts {
  readonly directory: string;
  readonly slotsPerFile: number;
  readonly disk: DiskCalls;
  readonly sha256: Sha256;
  readonly crc32: Crc32;
  readonly log: Log;
}

/**
 * The block files of one open folder.
 *
 * A file has its whole length from the beginning, but gets its space on the disk when its slots
 * are used: a block is mostly the first in its slot, and zeroes before it would be written for
 * nothing. No append depends on that space.
 */
export class BlockFiles {
  readonly index = new BlockIndex();
  private readonly parts: BlockFileParts;
  private readonly files = new Map<number, Promise<FileHandle>>();
  private readonly reads = new Set<Promise<Uint8Array | null>>();

  constructor(parts: BlockFileParts) {
    this.parts = parts;
  }

  /** Reads the header of every slot. A header that the disk refuses is unreadable. */
  async scan(): Promise<void> {
    const { directory, disk, slotsPerFile, crc32 } = this.parts;
    for (const number of await listBlockFiles(directory)) {
      const file = await this.open(number);
      const { size } = await file.stat();
      const slots = Math.min(Math.ceil(size / blockSlotBytes), slotsPerFile);
      const header = new Uint8Array(blockHeaderBytes);
      for (let at = 0; at < slots; at++) {
        const slot = (number - 1) * slotsPerFile + at;
        try {
          header.fill(0, await disk.read(file, header, at * blockSlotBytes));
        } catch (error) {
          if (errnoOf(error) !== "EIO") throw error;
          this.index.found(slot, "unreadable");
          continue;
        }
        this.index.found(slot, readBlockHeader(header, slot, crc32));
      }
    }
  }

  /** The file in which a slot lies; created when it does not exist. */
  fileOf(slot: number): Promise<FileHandle> {
    return this.open(this.numberOf(slot));
  }

  /** Where a slot begins in its file. */
  offsetOf(slot: number): number {
    return (slot % this.parts.slotsPerFile) * blockSlotBytes;
  }

  /**
   * The block's bytes, or null when they are not what they were. Rejects when the disk refuses
   * more than a sector.
   */
  async read(held: HeldBlock): Promise<Uint8Array | null> {
    const reading = this.readNow(held);
    this.reads.add(reading);
    try {
      const bytes = await reading;
      held.isProven = bytes !== null;
      return bytes;
    } finally {
      this.reads.delete(reading);
    }
  }

  /**
   * Removes the files behind the last slot in use, unless something is being read: then the next
   * call does. What a power failure brings back is found by the next scan.
   */
  async trim(): Promise<void> {
    const { directory, log } = this.parts;
    const end = this.index.endOfUse();
    const numbers = [...this.files.keys()].filter((number) => this.numberOf(end - 1) < number);
    if (this.reads.size > 0 || numbers.length === 0) return;
    try {
      for (const number of numbers) {
        const file = this.files.get(number);
        this.files.delete(number);
        await (await file)?.close();
        await rm(join(directory, blockFileName(number)), { force: true });
      }
      await flushDirectory(directory);
    } catch (error) {
      log.warn("freed block files could not be removed", { error });
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.reads);
    for (const settled of await Promise.allSettled(this.files.values())) {
      if (settled.status === "fulfilled") await settled.value.close();
    }
    this.files.clear();
  }

  private async readNow(held: HeldBlock): Promise<Uint8Array | null> {
    const { disk, sha256 } = this.parts;
    const bytes = new Uint8Array(held.length);
    try {
      const file = await this.fileOf(held.slot);
      await disk.read(file, bytes, this.offsetOf(held.slot) + blockOffsetInSlot);
    } catch (error) {
      if (errnoOf(error) === "EIO") return null;
      throw error;
    }
    return bytesEqual(sha256(bytes), held.digest) ? bytes : null;
  }

  private numberOf(slot: number): number {
    return Math.floor(slot / this.parts.slotsPerFile) + 1;
  }

  private open(number: number): Promise<FileHandle> {
    const known = this.files.get(number);
    if (known !== undefined) return known;
    const file = this.openOrCreate(blockFileName(number));
    this.files.set(number, file);
    return file;
  }

  private async openOrCreate(name: string): Promise<FileHandle> {
    const { directory, slotsPerFile, disk } = this.parts;
    try {
      return await open(join(directory, name), "r+");
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    const bytes = slotsPerFile * blockSlotBytes;
    return createZeroFile({ directory, name, bytes, ranges: [], isPaced: false }, disk);
  }
}
