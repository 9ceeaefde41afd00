/** Streams the segment files of a folder through a scan. */
import type { FileHandle } from "node:fs/promises";
import { batchBytesMax, type JournalScan, sectorBytes } from "@quorate/log-format";
import type { Log } from "@quorate/ports";
import { type DiskCalls, errnoOf } from "./disk-calls.ts";
import type { SegmentStore } from "./segment-store.ts";

/** Bytes asked for in one read: large enough to be fast, small enough to search for bad sectors. */
const readBytes = batchBytesMax;

/** What a scan needs of the folder. */
export interface SegmentSource {
  readonly segments: SegmentStore;
  /** Numbers of the segments, ascending. */
  readonly numbers: readonly number[];
  readonly disk: DiskCalls;
  readonly log: Log;
}

/** Gives each segment to the scan; while one is scanned the next is read. */
export async function scanSegments(source: SegmentSource, scan: JournalScan): Promise<void> {
  const { numbers } = source;
  let buffer = new Uint8Array(0);
  let spare = new Uint8Array(0);
  for (const [at, number] of numbers.entries()) {
    if (at === 0) buffer = await readSegment(source, number, buffer);
    const following = numbers[at + 1];
    const reading = following === undefined ? null : readSegment(source, following, spare);
    scan.segment(number, buffer);
    spare = buffer;
    if (reading !== null) buffer = await reading;
  }
}

/** Whether every byte of every segment is zero. */
export async function areSegmentsBlank(source: SegmentSource): Promise<boolean> {
  let buffer = new Uint8Array(0);
  for (const number of source.numbers) {
    buffer = await readSegment(source, number, buffer);
    if (buffer.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** Reads a whole segment, into the memory of `reuse` when that is large enough. */
function readSegment(
  source: SegmentSource,
  number: number,
  reuse: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return source.segments.reading(number, async (file) => {
    const { size } = await file.stat();
    const isLarge = reuse.buffer.byteLength >= size;
    const bytes = isLarge ? new Uint8Array(reuse.buffer, 0, size) : new Uint8Array(size);
    for (let at = 0; at < size; at += readBytes) {
      const part = bytes.subarray(at, Math.min(at + readBytes, size));
      await readPart(source, number, file, part, at);
    }
    return bytes;
  });
}

/** Reads a part; sectors that the disk refuses are left as zeroes, so that the rest is known. */
async function readPart(
  { disk, log }: SegmentSource,
  segment: number,
  file: FileHandle,
  part: Uint8Array,
  position: number,
): Promise<void> {
  try {
    part.fill(0, await disk.read(file, part, position));
    return;
  } catch (error) {
    if (errnoOf(error) !== "EIO") throw error;
  }
  for (let at = 0; at < part.length; at += sectorBytes) {
    const sector = part.subarray(at, at + sectorBytes);
    try {
      sector.fill(0, await disk.read(file, sector, position + at));
    } catch (error) {
      if (errnoOf(error) !== "EIO") throw error;
      sector.fill(0);
      log.error("a sector cannot be read", { segment, offset: position + at });
    }
  }
}
