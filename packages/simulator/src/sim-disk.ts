/**
 * A disk with the real journal format on it: bytes, flushes, and what a crash does to both.
 *
 * The disk outlives its process. What was not flushed is lost, kept or torn, sector by sector.
 */
import { nodeCrypto } from "@quorate/identity";
import type { Prng } from "@quorate/prelude";
import {
  copiesPerFile,
  crc32,
  decideSuperblock,
  encodeSuperblockCopy,
  JournalScan,
  journalTag,
  type RecordFormat,
  type ScannedJournal,
  sectorBytes,
  superblockFiles,
  type SuperblockDecision,
  type SuperblockFrame,
} from "@quorate/log-format";

/** Small enough to be scanned often, large enough for every entry of the workload. */
export const simSegmentBytes = 64 * sectorBytes;

/** Bytes on their way to the disk. */
export interface PendingWrite {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class SimDisk {
  private readonly segments = new Map<number, Uint8Array>();
  private readonly superblocks: Uint8Array[] = Array.from(
    { length: superblockFiles * copiesPerFile },
    () => new Uint8Array(0),
  );

  /** What a start finds. */
  read(owner: { readonly clusterId: Uint8Array; readonly replica: number }): {
    readonly decision: SuperblockDecision;
    readonly scan: (frame: SuperblockFrame | null, journalId: Uint8Array) => ScannedJournal;
  } {
    const decision = decideSuperblock(this.superblocks, nodeCrypto.sha256);
    const scan = (frame: SuperblockFrame | null, journalId: Uint8Array): ScannedJournal => {
      const scanning = new JournalScan(formatFor(owner, journalId), nodeCrypto.sha256);
      const inOrder = [...this.segments].toSorted(([a], [b]) => a - b);
      for (const [number, bytes] of inOrder) scanning.segment(number, bytes);
      return scanning.finish(frame);
    };
    return { decision, scan };
  }

  bytesAt(segment: number, offset: number, length: number): Uint8Array {
    return (this.segments.get(segment) ?? new Uint8Array(0)).slice(offset, offset + length);
  }

  write({ segment, offset, bytes }: PendingWrite): void {
    this.segmentFor(segment).set(bytes, offset);
  }

  writeSuperblockFile(file: number, frame: SuperblockFrame): void {
    const bytes = encodeSuperblockCopy(frame, nodeCrypto.sha256);
    for (let copy = 0; copy < copiesPerFile; copy++) {
      this.superblocks[file * copiesPerFile + copy] = bytes;
    }
  }

  /** A crash while bytes were on their way: each sector arrived or did not. */
  tear({ segment, offset, bytes }: PendingWrite, prng: Prng): void {
    const fate = prng.below(3);
    if (fate === 0) return;
    for (let at = 0; at < bytes.length; at += sectorBytes) {
      if (fate === 1 && prng.chance(0.5)) continue;
      this.segmentFor(segment).set(bytes.subarray(at, at + sectorBytes), offset + at);
    }
  }

  /** A crash in the middle of a superblock file: one of its copies may be cut off. */
  tearSuperblockFile(file: number, frame: SuperblockFrame, prng: Prng): void {
    const bytes = encodeSuperblockCopy(frame, nodeCrypto.sha256);
    for (let copy = 0; copy < copiesPerFile; copy++) {
      const kept = prng.chance(0.5) ? bytes.length : prng.below(bytes.length);
      this.superblocks[file * copiesPerFile + copy] = bytes.slice(0, kept);
    }
  }

  /** Flips one bit somewhere in the written part of the journal. */
  rot(prng: Prng): boolean {
    if (this.segments.size === 0) return false;
    const bytes = prng.pick([...this.segments.values()]);
    for (let attempt = 0; attempt < 64; attempt++) {
      const at = prng.below(bytes.length);
      const byte = bytes[at] ?? 0;
      if (byte === 0) continue;
      bytes[at] = byte ^ (1 << prng.below(8));
      return true;
    }
    return false;
  }

  private segmentFor(number: number): Uint8Array {
    const known = this.segments.get(number);
    if (known !== undefined) return known;
    const fresh = new Uint8Array(simSegmentBytes);
    this.segments.set(number, fresh);
    return fresh;
  }
}

export function formatFor(
  owner: { readonly clusterId: Uint8Array; readonly replica: number },
  journalId: Uint8Array,
): RecordFormat {
  return { tag: journalTag(owner, journalId, nodeCrypto.sha256), crc32 };
}
