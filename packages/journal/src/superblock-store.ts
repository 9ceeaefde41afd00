/** The two superblock files. */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import {
  copiesPerFile,
  decideSuperblock,
  encodeSuperblockCopy,
  superblockAreaBytes,
  type SuperblockDecision,
  superblockFiles,
  type SuperblockFrame,
} from "@quorate/log-format";
import { assert, type Sha256 } from "@quorate/prelude";
import { type DiskCalls, errnoOf } from "./disk-calls.ts";
import { createZeroFile } from "./zero-file.ts";

const fileBytes = copiesPerFile * superblockAreaBytes;

/** Bytes of each copy that get their space at once: hardly any superblock is longer. */
const usualBytes = 64 * 1024;
const usualRanges = Array.from({ length: copiesPerFile }, (_, copy) => {
  const from = copy * superblockAreaBytes;
  return { from, to: from + usualBytes };
});

/** Reads and replaces the superblock. One call at a time. */
export class SuperblockStore {
  private readonly directory: string;
  private readonly disk: DiskCalls;
  private readonly sha256: Sha256;
  private readonly files: FileHandle[] = [];

  constructor(directory: string, disk: DiskCalls, sha256: Sha256) {
    this.directory = directory;
    this.disk = disk;
    this.sha256 = sha256;
  }

  /** Reads every copy. A file that is missing or short counts as one of zeroes. */
  async open(): Promise<SuperblockDecision> {
    const areas: Uint8Array[] = [];
    for (let number = 0; number < superblockFiles; number++) {
      const name = `superblock-${number + 1}`;
      const file = await this.openOrCreate(name);
      this.files.push(file);
      for (let copy = 0; copy < copiesPerFile; copy++) {
        areas.push(await this.readArea(file, copy));
      }
    }
    const decision = decideSuperblock(areas, this.sha256);
    if (decision.kind === "found") {
      for (const number of decision.filesToRepair) {
        await this.writeFile(number, this.encode(decision.frame));
        await this.flushFile(number);
      }
    }
    return decision;
  }

  /** The bytes of every copy. Throws SuperblockTooLongError. */
  encode(frame: SuperblockFrame): Uint8Array {
    return encodeSuperblockCopy(frame, this.sha256);
  }

  /**
   * Writes every copy of one file, from 0. A superblock is replaced by writing and flushing the
   * first file before the second is touched.
   */
  async writeFile(number: number, bytes: Uint8Array): Promise<void> {
    for (let copy = 0; copy < copiesPerFile; copy++) {
      await this.disk.write(this.fileOf(number), bytes, copy * superblockAreaBytes);
    }
  }

  async flushFile(number: number): Promise<void> {
    await this.disk.flush(this.fileOf(number));
  }

  async close(): Promise<void> {
    for (const file of this.files.splice(0)) await file.close();
  }

  /** The area of a copy; one that the disk refuses is neither blank nor readable. */
  private async readArea(file: FileHandle, copy: number): Promise<Uint8Array> {
    const area = new Uint8Array(superblockAreaBytes);
    try {
      await this.disk.read(file, area, copy * superblockAreaBytes);
    } catch (error) {
      if (errnoOf(error) !== "EIO") throw error;
      area.fill(0xff);
    }
    return area;
  }

  private fileOf(number: number): FileHandle {
    const file = this.files[number];
    assert(file !== undefined, "the superblock files are open");
    return file;
  }

  private async openOrCreate(name: string): Promise<FileHandle> {
    try {
      return await open(join(this.directory, name), "r+");
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      const { directory } = this;
      return createZeroFile(
        { directory, name, bytes: fileBytes, ranges: usualRanges, isPaced: false },
        this.disk,
      );
    }
  }
}
