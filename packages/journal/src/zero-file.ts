/** Files of zeroes, so that writing into them later needs neither space nor metadata. */
import { type FileHandle, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type DiskCalls, flushDirectory } from "./disk-calls.ts";

/** Ends the names of files that are not finished; the next start removes them. */
export const unfinishedSuffix = ".unfinished";

/** Zeroes are written in pieces of this size, to keep no more than that in memory. */
const pieceBytes = 1024 * 1024;

/** Read and written by the owner alone. */
const fileMode = 0o600;

/** What a file of zeroes is like. */
export interface ZeroFile {
  readonly directory: string;
  readonly name: string;
  /** Its length. */
  readonly bytes: number;
  /** Ranges that get their space on the disk now. */
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
  /**
   * Whether each piece is flushed before the next: slower, but the flush of a batch that comes in
   * between never waits for all of them.
   */
  readonly isPaced: boolean;
}

/**
 * Creates the file: written under another name, flushed, renamed, and the directory flushed, so
 * that the name never stands for less than all zeroes.
 */
export async function createZeroFile(zero: ZeroFile, disk: DiskCalls): Promise<FileHandle> {
  const path = join(zero.directory, zero.name);
  const file = await open(path + unfinishedSuffix, "w+", fileMode);
  try {
    await file.truncate(zero.bytes);
    for (const range of zero.ranges) await writeZeroes(file, range, zero.isPaced, disk);
    await file.sync();
    await rename(path + unfinishedSuffix, path);
    await flushDirectory(zero.directory);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Opens the file for reading and writing, and adds the zeroes that it lacks at its end. Its name
 * lasts from now on: what is written to it is promised.
 */
export async function openZeroFile(zero: ZeroFile, disk: DiskCalls): Promise<FileHandle> {
  const file = await open(join(zero.directory, zero.name), "r+");
  try {
    const { size } = await file.stat();
    if (size < zero.bytes) {
      await writeZeroes(file, { from: size, to: zero.bytes }, zero.isPaced, disk);
      await file.sync();
    }
    await flushDirectory(zero.directory);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function writeZeroes(
  file: FileHandle,
  { from, to }: { readonly from: number; readonly to: number },
  isPaced: boolean,
  disk: DiskCalls,
): Promise<void> {
  const zeroes = new Uint8Array(Math.min(pieceBytes, to - from));
  for (let at = from; at < to; at += pieceBytes) {
    await disk.write(file, zeroes.subarray(0, Math.min(pieceBytes, to - at)), at);
    if (isPaced) await disk.flush(file);
  }
}
