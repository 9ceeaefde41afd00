/**
 * A disk with the real journal format on it: bytes, flushes, and what a crash does to both.
 *
 * The disk outlives its process. What was written and not flushed is lost, kept or torn when the
 * process dies, block by block.
 */
import { crc32 } from "node:zlib";
import type { Prng, Sha256 } from "@quorate/prelude";
import {
  copiesPerFile,
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
import { harmBlock } from "./disk-harm.ts";

/** Small enough to be scanned often, large enough for every entry of the workload. */
export const simSegmentBytes = 32 * sectorBytes;

/** The smallest block that a device writes whole: a torn write has some of these and not others. */
const blockBytes = 512;

/** Bytes on their way to the disk. They stay as they are until the flush. */
export type DiskWrite =
  | {
      readonly file: "segment";
      readonly segment: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly file: "superblock"; readonly copy: number; readonly bytes: Uint8Array };

/** Whose disk it is. */
export interface DiskOwner {
  readonly clusterId: Uint8Array;
  readonly replica: number;
}

/** Segments of disks that are not needed any more: a fresh one costs more than clearing it. */
const spareSegments: Uint8Array[] = [];

export class SimDisk {
  private readonly sha256: Sha256;
  private readonly segments = new Map<number, Uint8Array>();
  /** Freed segments, to be used again with what they hold. */
  private readonly freed: Uint8Array[] = [];
  private readonly copies: Uint8Array[] = Array.from(
    { length: superblockFiles * copiesPerFile },
    () => new Uint8Array(0),
  );
  private pending: DiskWrite[] = [];
  /** The batch that nothing names yet: losing it is a crash, not a harm (rule L5). */
  private lastBatch: (DiskWrite & { readonly file: "segment" }) | null = null;

  constructor(sha256: Sha256) {
    this.sha256 = sha256;
  }

  /** What a start finds. */
  read(owner: DiskOwner): {
    readonly decision: SuperblockDecision;
    readonly scan: (frame: SuperblockFrame | null, journalId: Uint8Array) => ScannedJournal;
  } {
    const { sha256 } = this;
    const decision = decideSuperblock(this.copies, sha256);
    const scan = (frame: SuperblockFrame | null, journalId: Uint8Array): ScannedJournal => {
      const scanning = new JournalScan(formatFor(owner, journalId, sha256), sha256, frame);
      const inOrder = [...this.segments].toSorted(([a], [b]) => a - b);
      for (const [number, bytes] of inOrder) scanning.segment(number, bytes);
      return scanning.finish();
    };
    return { decision, scan };
  }

  hasSegment(number: number): boolean {
    return this.segments.has(number);
  }

  /** A segment file: a freed one with what it holds, or a new one of zeroes. */
  createSegment(number: number): void {
    const bytes = this.freed.pop() ?? spareSegments.pop()?.fill(0);
    this.segments.set(number, bytes ?? new Uint8Array(simSegmentBytes));
  }

  /** Frees the segments before this one. */
  freeBefore(first: number): void {
    for (const [number, bytes] of this.segments) {
      if (number >= first) continue;
      this.segments.delete(number);
      this.freed.push(bytes);
    }
  }

  /** The disk is not used any more. */
  dispose(): void {
    spareSegments.push(...this.segments.values(), ...this.freed);
    this.segments.clear();
    this.freed.length = 0;
  }

  bytesAt(segment: number, offset: number, length: number): Uint8Array {
    return (this.segments.get(segment) ?? new Uint8Array(0)).slice(offset, offset + length);
  }

  write(write: DiskWrite): void {
    this.pending.push(write);
  }

  /** What was written is on the disk, whatever happens. */
  flush(): void {
    for (const write of this.pending) this.settle(write);
    this.pending = [];
  }

  /** Writes both copies of one file and flushes them. */
  writeSuperblockFile(file: number, frame: SuperblockFrame): void {
    const bytes = encodeSuperblockCopy(frame, this.sha256);
    for (const write of superblockWrites(file, bytes)) this.settle(write);
  }

  /** The process is gone while bytes were on their way: each block arrived or did not. */
  crash(prng: Prng): void {
    for (const write of this.pending) this.tear(write, prng);
    this.pending = [];
  }

  /** Harms one block of what was written long ago. False when there is nothing to harm. */
  rot(prng: Prng): boolean {
    if (prng.chance(0.2)) return this.rotSuperblock(prng);
    if (this.segments.size === 0) return false;
    const [number, bytes] = prng.pick([...this.segments]);
    const { lastBatch } = this;
    const isSafe = (at: number): boolean =>
      lastBatch?.segment !== number ||
      at + sectorBytes <= lastBatch.offset ||
      at >= lastBatch.offset + lastBatch.bytes.length;
    return harmBlock(bytes, isSafe, prng);
  }

  /** Every byte of the segments, for whoever wants to harm a closed disk. */
  allSegments(): readonly Uint8Array[] {
    return [...this.segments].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes);
  }

  /** One copy rots, as long as another still holds the newest superblock. */
  private rotSuperblock(prng: Prng): boolean {
    const before = decideSuperblock(this.copies, this.sha256);
    const copy = prng.below(this.copies.length);
    const good = this.copies[copy] ?? new Uint8Array(0);
    if (before.kind !== "found" || good.length === 0) return false;
    const harmed = good.slice();
    const at = prng.below(harmed.length);
    harmed[at] = (harmed[at] ?? 0) ^ (1 << prng.below(8));
    this.copies[copy] = harmed;
    const after = decideSuperblock(this.copies, this.sha256);
    if (after.kind === "found" && after.frame.sequence === before.frame.sequence) return true;
    this.copies[copy] = good;
    return false;
  }

  private settle(write: DiskWrite): void {
    if (write.file === "superblock") {
      this.copies[write.copy] = write.bytes;
      return;
    }
    this.segmentFor(write.segment).set(write.bytes, write.offset);
    this.lastBatch = write;
  }

  private tear(write: DiskWrite, prng: Prng): void {
    const { bytes } = write;
    const fate = prng.pick(["lost", "kept", "prefix", "some"] as const);
    const end = fate === "prefix" ? prng.below(bytes.length + 1) : bytes.length;
    const target = this.targetOf(write);
    for (let at = 0; at < end; at += blockBytes) {
      if (fate === "lost" || (fate === "some" && prng.chance(0.5))) continue;
      target.bytes.set(bytes.subarray(at, Math.min(at + blockBytes, end)), target.offset + at);
    }
  }

  /** Where the bytes of a write that is torn go: a superblock copy may become longer. */
  private targetOf(write: DiskWrite): { readonly bytes: Uint8Array; readonly offset: number } {
    if (write.file === "segment") {
      return { bytes: this.segmentFor(write.segment), offset: write.offset };
    }
    const before = this.copies[write.copy] ?? new Uint8Array(0);
    const bytes = new Uint8Array(Math.max(before.length, write.bytes.length));
    bytes.set(before);
    this.copies[write.copy] = bytes;
    return { bytes, offset: 0 };
  }

  private segmentFor(number: number): Uint8Array {
    if (!this.segments.has(number)) this.createSegment(number);
    return this.segments.get(number) ?? new Uint8Array(0);
  }
}

/** The writes that replace one superblock file. */
export function superblockWrites(file: number, bytes: Uint8Array): DiskWrite[] {
  return Array.from({ length: copiesPerFile }, (_, copy) => ({
    file: "superblock" as const,
    copy: file * copiesPerFile + copy,
    bytes,
  }));
}

export function formatFor(owner: DiskOwner, journalId: Uint8Array, sha256: Sha256): RecordFormat {
  return { tag: journalTag(owner, journalId, sha256), crc32 };
}
