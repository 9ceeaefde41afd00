/**
 * The superblock on disk: the same bytes four times, twice in each of two files.
 *
 * A write replaces both copies of the first file, flushes, then both of the second, and flushes.
 * So a torn write harms one file, and the other holds the superblock before it, or already this.
 */
import {
  ByteReader,
  ByteWriter,
  bytesEqual,
  DecodeError,
  digestBytes,
  type Sha256,
  utf8Encode,
} from "@quorate/prelude";
import { statementBodyBytesMax, type Superblock, superblockCodec } from "@quorate/protocol";
import { journalIdBytes } from "./frame.ts";
import { roundUp, sectorBytes } from "./layout.ts";
import type { JournalBegin } from "./segment-spans.ts";

/** Files that a superblock is written to, one after the other. */
export const superblockFiles = 2;
/** Copies in each of them. */
export const copiesPerFile = 2;

/** Bytes set apart for one copy: the longest DoViewChange, and 64 KiB for everything else. */
export const superblockAreaBytes = roundUp(2 * statementBodyBytesMax + 64 * 1024, sectorBytes);

/** Bytes of a folder's mark. */
export const folderMarkBytes = 16;

/** What is written: the superblock, and what the journal itself must not forget. */
export interface SuperblockFrame {
  /** Counts the superblocks of this journal from 1. */
  readonly sequence: number;
  /** Drawn once for each journal: makes its records unlike all others (`journalTag`). */
  readonly journalId: Uint8Array;
  /**
   * What the host knew the folder by when it was used first; says nothing to anybody else. A host
   * that knows its folder by another mark holds a copy.
   */
  readonly folderMark: Uint8Array;
  /** Every entry record up to this sequence was on disk when the superblock was written. */
  readonly lastRecord: number;
  /**
   * Lost records up to this sequence say nothing about the head any more: they were known to be
   * lost when a start found them, and a superblock with a certain head was written since.
   */
  readonly settledRecord: number;
  /**
   * Where the journal begins. Segments before it hold nothing that is above the superblock's base:
   * they are freed once this frame is on disk, whether their files are gone yet or not.
   */
  readonly begin: JournalBegin;
  readonly superblock: Superblock;
}

const magic = utf8Encode("quorate/1/superblock\0");

/**
 * A superblock that could not be read again, because it is longer than its area or breaks a limit
 * of its fields: a bug of whoever made it. What is on disk is still the one before.
 */
export class SuperblockTooLongError extends Error {
  override readonly name = "SuperblockTooLongError";

  constructor(reason: string, cause?: unknown) {
    super(`a superblock that could not be read again is not written: ${reason}`, { cause });
  }
}

/** The bytes of one copy; all copies are equal. Throws SuperblockTooLongError. */
export function encodeSuperblockCopy(frame: SuperblockFrame, sha256: Sha256): Uint8Array {
  const body = new ByteWriter();
  body.u64(frame.sequence).raw(frame.journalId).raw(frame.folderMark);
  body.u64(frame.lastRecord).u64(frame.settledRecord);
  body.u64(frame.begin.segment).u64(frame.begin.batch).u64(frame.begin.sequence);
  superblockCodec.encode(body, frame.superblock);
  const encoded = body.finish();
  const copyBytes = magic.length + digestBytes + 4 + encoded.length;
  if (copyBytes > superblockAreaBytes) {
    throw new SuperblockTooLongError(`${copyBytes} bytes, of ${superblockAreaBytes} at most`);
  }
  // Writers do not look at limits, readers do: a field beyond its limit is found here.
  try {
    decodeFrame(new ByteReader(encoded));
  } catch (error) {
    if (error instanceof DecodeError) throw new SuperblockTooLongError(error.message, error);
    throw error;
  }
  const checksum = sha256(magic, encoded);
  return new ByteWriter(copyBytes).raw(magic).raw(checksum).bytes(encoded).finish();
}

/** The frame, "blank" for an area of zeroes, or "unreadable". */
export function decodeSuperblockCopy(
  area: Uint8Array,
  sha256: Sha256,
): SuperblockFrame | "blank" | "unreadable" {
  if (isZero(area)) return "blank";
  try {
    const reader = new ByteReader(area);
    if (!bytesEqual(reader.raw(magic.length), magic)) return "unreadable";
    const checksum = reader.raw(digestBytes);
    const encoded = reader.lengthPrefixed(superblockAreaBytes);
    if (!bytesEqual(checksum, sha256(magic, encoded))) return "unreadable";
    return decodeFrame(new ByteReader(encoded.slice()));
  } catch (error) {
    if (error instanceof DecodeError) return "unreadable";
    throw error;
  }
}

/** What the copies of a superblock, read together, mean. */
export type SuperblockDecision =
  /** No superblock was ever completely written: the folder has never been used. */
  | { readonly kind: "blank" }
  /** `filesToRepair` are to be written again, in this order, before anything is promised. */
  | {
      readonly kind: "found";
      readonly frame: SuperblockFrame;
      readonly filesToRepair: readonly number[];
    }
  /** Every copy is unreadable. What this replica promised is not known. */
  | { readonly kind: "lost" }
  /** Two readable copies of one sequence differ: this is no fault of a disk. */
  | { readonly kind: "conflict" };

/**
 * The newest sequence of which any copy can be read wins: either its write was completed, or it
 * was asked for and promised to nobody, so that having it is as right as not having it. A file
 * that lacks it is repaired at once, because from now on it is relied on.
 *
 * Without a readable copy, a blank file means that the very first write never went beyond the
 * other file; otherwise the superblock is lost.
 *
 * `areas` are the copies, file by file.
 */
export function decideSuperblock(areas: readonly Uint8Array[], sha256: Sha256): SuperblockDecision {
  const copies = areas.map((area) => decodeSuperblockCopy(area, sha256));
  const frames = copies.filter((copy) => typeof copy !== "string");
  const [first] = frames;
  if (first === undefined) {
    const isBlank = fileNumbers.some((file) =>
      copiesOf(file, copies).every((copy) => copy === "blank"),
    );
    return { kind: isBlank ? "blank" : "lost" };
  }
  const newest = frames.reduce(
    (best, copy) => (copy.sequence > best.sequence ? copy : best),
    first,
  );
  const isNewest = (copy: SuperblockFrame | string): boolean =>
    typeof copy !== "string" && copy.sequence === newest.sequence;
  const bytes = encodeSuperblockCopy(newest, sha256);
  const isConflict = frames.some(
    (copy) => isNewest(copy) && !bytesEqual(encodeSuperblockCopy(copy, sha256), bytes),
  );
  if (isConflict) return { kind: "conflict" };
  const good = fileNumbers.map((file) => copiesOf(file, copies).filter(isNewest).length);
  const filesToRepair = fileNumbers
    .filter((file) => (good[file] ?? 0) < copiesPerFile)
    .toSorted((left, right) => (good[left] ?? 0) - (good[right] ?? 0));
  return { kind: "found", frame: newest, filesToRepair };
}

const fileNumbers: readonly number[] = Array.from({ length: superblockFiles }, (_, file) => file);

function copiesOf<T>(file: number, copies: readonly T[]): readonly T[] {
  return copies.slice(file * copiesPerFile, (file + 1) * copiesPerFile);
}

function decodeFrame(reader: ByteReader): SuperblockFrame {
  const frame = {
    sequence: reader.u64(),
    journalId: reader.raw(journalIdBytes),
    folderMark: reader.raw(folderMarkBytes),
    lastRecord: reader.u64(),
    settledRecord: reader.u64(),
    begin: { segment: reader.u64(), batch: reader.u64(), sequence: reader.u64() },
    superblock: superblockCodec.decode(reader),
  };
  reader.end();
  return frame;
}

/** A plain loop: `every` takes a third of a second for the areas that a start reads. */
function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
