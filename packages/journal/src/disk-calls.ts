/** The few calls with which the journal reaches a disk; a test hands in a disk that fails. */
import { readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Positional reads and writes, and the flush that makes them last. All reject with errno errors. */
export interface DiskCalls {
  /** Writes all of the bytes. */
  write(file: FileHandle, bytes: Uint8Array, position: number): Promise<void>;
  /** Fills `bytes`; a file that ends earlier gives fewer. Returns how many. */
  read(file: FileHandle, bytes: Uint8Array, position: number): Promise<number>;
  /** `fdatasync`. What was written before stays, whatever happens to the power. */
  flush(file: FileHandle): Promise<void>;
}

/**
 * Writes of at most this many bytes go to the page cache at once: that takes microseconds, while
 * waiting for a thread's turn and for the way back takes a good part of a flush.
 */
const immediateBytesMax = 256 * 1024;

/**
 * Reads of at most this many bytes are done at once: headers of block slots, of which a start
 * reads thousands while nothing else goes on.
 */
const immediateReadBytesMax = 128;

/** The disk of this machine. */
export const nodeDisk: DiskCalls = {
  async write(file, bytes, position) {
    const isImmediate = bytes.length <= immediateBytesMax;
    let written = 0;
    while (written < bytes.length) {
      const rest = bytes.length - written;
      if (isImmediate) {
        written += writeSync(file.fd, bytes, written, rest, position + written);
        continue;
      }
      const { bytesWritten } = await file.write(bytes, written, rest, position + written);
      written += bytesWritten;
    }
  },

  async read(file, bytes, position) {
    let length = 0;
    if (bytes.length <= immediateReadBytesMax) {
      length = readSync(file.fd, bytes, 0, bytes.length, position);
    }
    while (length < bytes.length) {
      const rest = bytes.length - length;
      const { bytesRead } = await file.read(bytes, length, rest, position + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return length;
  },

  flush: (file) => file.datasync(),
};

/** The errno name of an error of the operating system, or null for anything else. */
export function errnoOf(cause: unknown): string | null {
  if (!(cause instanceof Error) || !("code" in cause)) return null;
  return typeof cause.code === "string" ? cause.code : null;
}

/** Makes names that were created or renamed in the directory last. */
export async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
