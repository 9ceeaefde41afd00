/** Damages the journal of a replica that does not run, as disks and sudden ends do. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";

const chunkBytes = 1024 * 1024;

/** Where the bytes of the newest used segment begin and end. */
export interface WrittenRange {
  readonly path: string;
  /** One more than the last byte that is not zero; segments are filled with zeroes at first. */
  readonly end: number;
}

/** The newest segment that holds anything. Throws when none does. */
export function newestSegment(folder: string): WrittenRange {
  const names = readdirSync(folder).filter((name) => /^segment-\d+$/.test(name));
  for (const name of names.toSorted().toReversed()) {
    const path = join(folder, name);
    const end = withFile(path, endOfBytes);
    if (end > 0) return { path, end };
  }
  throw new Error(`no segment of ${folder} holds anything`);
}

/** Turns bytes of a file into their complement, which no checksum forgives. */
export function invertBytes(path: string, from: number, count: number): void {
  withFile(path, (file) => {
    const bytes = Buffer.alloc(count);
    readSync(file, bytes, 0, count, from);
    for (let at = 0; at < count; at++) bytes[at] = ~(bytes[at] ?? 0) & 0xff;
    writeSync(file, bytes, 0, count, from);
  });
}

function endOfBytes(file: number): number {
  const bytes = Buffer.alloc(chunkBytes);
  for (let from = fstatSync(file).size; from > 0;) {
    const begin = Math.max(0, from - chunkBytes);
    const count = readSync(file, bytes, 0, from - begin, begin);
    for (let at = count - 1; at >= 0; at--) if (bytes[at] !== 0) return begin + at + 1;
    from = begin;
  }
  return 0;
}

function withFile<Result>(path: string, work: (file: number) => Result): Result {
  const file = openSync(path, "r+");
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}
