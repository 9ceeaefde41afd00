import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from "node:fs";

/** A log larger than this is put aside when its process starts again; one older log is kept. */
const logBytesMax = 64 * 1024 * 1024;

/** Enough bytes for the last lines of a log, however long they are. */
const tailBytes = 16 * 1024;

/** Only the owner reads logs: they hold addresses and principals. */
const logMode = 0o600;

/** Opens a log for appending and returns its file descriptor, which the caller closes. */
export function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > logBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, "a", logMode);
}

/** Bytes in a log, 0 when there is none. Where the lines of the next process will begin. */
export function logBytes(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/**
 * The last lines of a log, or a remark when there are none. Lines before `fromByte` belong to an
 * earlier process and explain nothing.
 */
export function tailOf(path: string, linesMax: number, fromByte = 0): string {
  const text = existsSync(path) ? lastText(path, fromByte).trimEnd() : "";
  if (text === "") return `  (nothing in ${path})`;
  const lines = text.split("\n").slice(-linesMax);
  return [`  the end of ${path}:`, ...lines.map((line) => `  | ${line}`)].join("\n");
}

function lastText(path: string, fromByte: number): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    // A log that was put aside has become shorter than it was.
    const begin = Math.max(fromByte > size ? 0 : fromByte, size - tailBytes);
    const bytes = Buffer.alloc(size - begin);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, begin));
  } finally {
    closeSync(file);
  }
}
