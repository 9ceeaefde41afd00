/** Reads entries back by op and hash. */
import type { FileHandle } from "node:fs/promises";
import {
  frameBytes,
  readRecord,
  type RecordFormat,
  type RecordIndex,
  type RecordLocation,
} from "@quorate/log-format";
import type { Entry, LogPosition } from "@quorate/protocol";
import { type DiskCalls, errnoOf } from "./disk-calls.ts";
import type { SegmentStore } from "./segment-store.ts";

/** Entries that lie closer together than this are read at once: cheaper than a second read. */
const gapBytesMax = 64 * 1024;
/** Bytes of one such read, so that an answer to a peer does not hold much memory. */
const runBytesMax = 4 * 1024 * 1024;

interface Wanted {
  /** Where in the answer it belongs. */
  readonly at: number;
  readonly position: LogPosition;
  readonly location: RecordLocation;
}

/** Reads from the segments of one open journal. */
export class EntryReader {
  private readonly segments: SegmentStore;
  private readonly disk: DiskCalls;
  private readonly index: RecordIndex;
  private readonly format: RecordFormat;

  constructor(parts: {
    readonly segments: SegmentStore;
    readonly disk: DiskCalls;
    readonly index: RecordIndex;
    readonly format: RecordFormat;
  }) {
    this.segments = parts.segments;
    this.disk = parts.disk;
    this.index = parts.index;
    this.format = parts.format;
  }

  /**
   * The entries in the order of the positions; null for one that was never stored or whose record
   * is harmed in every place where it stands. Rejects when the disk refuses more than a sector.
   */
  async read(positions: readonly LogPosition[]): Promise<(Entry | null)[]> {
    const entries: (Entry | null)[] = positions.map(() => null);
    const wanted: Wanted[] = [];
    for (const [at, position] of positions.entries()) {
      const [location] = this.index.locate(position.op, position.hash);
      if (location !== undefined) wanted.push({ at, position, location });
    }
    for (const run of runsOf(wanted)) await this.readRun(run, entries);
    for (const { at, position } of wanted) {
      entries[at] ??= await this.readElsewhere(position);
    }
    return entries;
  }

  private async readRun(run: readonly Wanted[], entries: (Entry | null)[]): Promise<void> {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) return;
    const start = first.location.offset;
    const bytes = await this.readBytes(first.location.segment, start, endOf(last.location) - start);
    for (const { at, position, location } of run) {
      const record = bytes.subarray(location.offset - start, endOf(location) - start);
      entries[at] = readRecord(record, location, position, this.format);
    }
  }

  /** Tries every place where the entry may stand: it may have been repaired. */
  private async readElsewhere(position: LogPosition): Promise<Entry | null> {
    for (const location of this.index.locate(position.op, position.hash)) {
      const length = endOf(location) - location.offset;
      const bytes = await this.readBytes(location.segment, location.offset, length);
      const entry = readRecord(bytes, location, position, this.format);
      if (entry !== null) return entry;
    }
    return null;
  }

  /** The bytes; none when the disk refuses them (EIO) or the segment is gone. */
  private async readBytes(segment: number, offset: number, length: number): Promise<Uint8Array> {
    const read = async (file: FileHandle): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, await this.disk.read(file, bytes, offset));
    };
    try {
      return await this.segments.reading(segment, read);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "EIO" || errno === "ENOENT") return new Uint8Array(0);
      throw error;
    }
  }
}

/** Groups what lies together, in the order asked for. */
function runsOf(wanted: readonly Wanted[]): Wanted[][] {
  const runs: Wanted[][] = [];
  let run: Wanted[] = [];
  for (const next of wanted) {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined || !isNear(first, last, next)) {
      run = [];
      runs.push(run);
    }
    run.push(next);
  }
  return runs;
}

function isNear(first: Wanted, last: Wanted, next: Wanted): boolean {
  const gap = next.location.offset - endOf(last.location);
  const length = endOf(next.location) - first.location.offset;
  const isSameSegment = next.location.segment === last.location.segment;
  return isSameSegment && gap >= 0 && gap <= gapBytesMax && length <= runBytesMax;
}

function endOf(location: RecordLocation): number {
  return location.offset + frameBytes + location.bodyBytes;
}
