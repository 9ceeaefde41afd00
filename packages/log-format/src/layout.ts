/**
 * How the journal lies on a disk, in numbers.
 *
 *     segment = batch, zeroes up to a sector, batch, ... zeroes to the end
 *     batch   = [names of the batch before] entry entry ...      starts on a sector
 *     record  = frame (192 bytes), payload, zeroes up to 64      starts on a record unit
 */
import { entryHeaderBytes } from "@quorate/protocol";
import { digestBytes } from "@quorate/prelude";

/**
 * Batches start at multiples of this: the largest block that a disk or a page cache writes as one.
 * A torn write therefore never touches a block that holds promised bytes (rule L5).
 */
export const sectorBytes = 4096;

/** Records start at multiples of this: how finely a scan searches behind an unreadable record. */
export const recordUnitBytes = 64;

/** Bytes of the tag with which every record of one journal begins. */
export const tagBytes = 16;

/** Bytes of a record before its payload. */
export const frameBytes = 192;

/** Where the fields of a frame stand, in bytes from its start. All numbers are little-endian. */
export const frameAt = {
  tag: 0,
  /** CRC-32 of everything in the frame that stands behind it. */
  frameChecksum: 16,
  payloadChecksum: 20,
  payloadBytes: 24,
  kind: 28,
  segment: 32,
  offset: 36,
  indexInBatch: 40,
  batch: 44,
  sequence: 52,
  /** Of an entry: its encoded header. */
  header: 60,
  /** Of an entry: the header's hash. */
  hash: 60 + entryHeaderBytes,
  /** Of names: the first record of the batch that is named. */
  namedFirst: 60,
  /** Of names: one more than its last record. */
  namedEnd: 68,
} as const;

/** What a record holds. */
export const recordKinds = { entry: 1, names: 2 } as const;

/** Bytes of one name: the record's sequence and the entry's header. */
export const nameItemBytes = 8 + entryHeaderBytes;

/** Entries in one batch: their names, about 440 KB, must fit beside a largest entry. */
export const entriesPerBatchMax = 4_096;

/** Bytes of one batch: a largest entry, the names of a largest batch, and room for group commit. */
export const batchBytesMax = 8 * 1024 * 1024;

/** Bytes of one segment file unless a host says otherwise: eight largest batches. */
export const segmentBytesDefault = 8 * batchBytesMax;

/** The number rounded up to a multiple of `unit`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** Bytes that an entry takes in its batch. */
export function entryRecordBytes(bodyBytes: number): number {
  return roundUp(frameBytes + bodyBytes, recordUnitBytes);
}

/** The part of a frame that is the entry: header and hash. */
export const frameIdentityBytes = entryHeaderBytes + digestBytes;
