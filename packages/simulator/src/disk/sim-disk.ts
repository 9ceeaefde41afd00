/**
 * A disk with the real journal format on it: bytes, flushes, and what a crash does to both.
 *
 * The disk outlives its process. What was written and not flushed is lost, kept or torn when the
 * process dies, block by block.
 */
import { crc32 } from "node:zlib";
import { bytesEqual, type Prng, type Sha256 } from "@quorate/prelude";
import {
  BlockIndex,
  blockHeaderBytes,
  blockOffsetInSlot,
  copiesPerFile,
  decideSuperblock,
  encodeSuperblockCopy,
  folderMarkBytes,
  JournalScan,
  readBlockHeader,
  type ScannedJournal,
  sectorBytes,
  superblockFiles,
  type SuperblockDecision,
  type SuperblockFrame,
} from "@quorate/log-format";
import { type DiskOwner, formatFor, simSegmentBytes } from "./disk-format.ts";
import { DiskSegments, type SegmentWrite } from "./disk-segments.ts";
import { harmBlock, harmSlot } from "./disk-harm.ts";
import { type DiskWrite, superblockWrites } from "./disk-writes.ts";

/** The smallest block that a device writes whole: a torn write has some of these and not others. */
const blockBytes = 512;
/** What counts as written last, when that rots. */
const newestBytes = 4 * sectorBytes;

export class SimDisk {
  /** A copy of the disk would have another one. */
  readonly mark: Uint8Array;
  private readonly sha256: Sha256;
  private segments: DiskSegments;
  private readonly copies: Uint8Array[] = Array.from(
    { length: superblockFiles * copiesPerFile },
    () => new Uint8Array(0),
  );
  /** Something rotted on this disk: what was written may not be what is read. */
  isHarmed = false;
  /** The slots of blocks; what lies behind the bytes of one was never written. */
  private readonly blockSlots = new Map<number, Uint8Array>();
  private pending: DiskWrite[] = [];
  /** The batch that nothing names yet: losing it is a crash, not a harm (rule L5). */
  private lastBatch: SegmentWrite | null = null;

  /** `mark`: of its folder. */
  constructor(
    sha256: Sha256,
    segmentBytes = simSegmentBytes,
    mark = new Uint8Array(folderMarkBytes).fill(1),
  ) {
    this.sha256 = sha256;
    this.segments = new DiskSegments(segmentBytes);
    this.mark = mark;
  }

  /** The most bytes of one segment. */
  get segmentBytes(): number {
    return this.segments.bytesMax;
  }

  /** What lies on the disk now, on another disk. */
  copied(): SimDisk {
    const copy = new SimDisk(
      this.sha256,
      this.segmentBytes,
      this.mark.map((byte) => byte + 1),
    );
    copy.segments = this.segments.copied();
    for (const [slot, bytes] of this.blockSlots) copy.blockSlots.set(slot, bytes.slice());
    for (const [at, bytes] of this.copies.entries()) copy.copies[at] = bytes.slice();
    copy.isHarmed = this.isHarmed;
    return copy;
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
      const inOrder = this.segments.all().toSorted(([a], [b]) => a - b);
      for (const [number, bytes] of inOrder) scanning.segment(number, bytes);
      return scanning.finish();
    };
    return { decision, scan };
  }

  /** Which blocks a start finds. */
  scanBlocks(): BlockIndex {
    const index = new BlockIndex();
    for (const [slot, bytes] of this.blockSlots) {
      index.found(slot, readBlockHeader(bytes.subarray(0, blockHeaderBytes), slot, crc32));
    }
    return index;
  }

  /** Slots that hold something, needed or not. */
  get slotCount(): number {
    return this.blockSlots.size;
  }

  /** The block that the index finds, or null when it is not there, or not what it was. */
  readBlock(index: BlockIndex, digest: Uint8Array): Uint8Array | null {
    const held = index.locate(digest);
    if (held === null) return null;
    const bytes = this.slotBytes(held.slot, blockOffsetInSlot, held.length);
    return bytesEqual(this.sha256(bytes), digest) ? bytes : null;
  }

  /** The bytes of a slot from `offset` on; fewer when they were never written. */
  slotBytes(slot: number, offset: number, length: number): Uint8Array {
    return (this.blockSlots.get(slot) ?? new Uint8Array(0)).slice(offset, offset + length);
  }

  /** Removes the slots from this one on. */
  trimBlocks(end: number): void {
    for (const slot of this.blockSlots.keys()) if (slot >= end) this.blockSlots.delete(slot);
  }

  hasSegment(number: number): boolean {
    return this.segments.has(number);
  }

  /** A segment file: a freed one with what it holds, or a new one of zeroes. */
  createSegment(number: number): void {
    this.segments.create(number);
  }

  /** Frees the segments before this one. */
  freeBefore(first: number): void {
    this.segments.freeBefore(first);
  }

  /** The disk is not used any more. */
  dispose(): void {
    this.segments.dispose();
    this.blockSlots.clear();
  }

  bytesAt(segment: number, offset: number, length: number): Uint8Array {
    return this.segments.bytesAt(segment, offset, length);
  }

  write(write: DiskWrite): void {
    this.pending.push(write);
  }

  /** What was written to the log and its superblock, or to the slots, is there for ever. */
  flush(files: "log" | "blocks"): void {
    const isFlushed = ({ file }: DiskWrite): boolean =>
      (file === "blocks") === (files === "blocks");
    for (const write of this.pending) if (isFlushed(write)) this.settle(write);
    this.pending = this.pending.filter((write) => !isFlushed(write));
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

  /** Harms one block of what was written, long ago or last. False when there is nothing to harm. */
  rot(prng: Prng, isNewest: boolean): boolean {
    const isHarmed = isNewest ? this.rotNewest(prng) : this.rotSomewhere(prng);
    this.isHarmed ||= isHarmed;
    return isHarmed;
  }

  /** Where the log ends, as far as a later batch has named it. */
  private rotNewest(prng: Prng): boolean {
    if (this.lastBatch === null) return false;
    const { segment, offset } = this.lastBatch;
    const named = this.segments.of(segment).subarray(Math.max(0, offset - newestBytes), offset);
    return named.length > 0 && harmBlock(named, () => true, prng);
  }

  private rotSomewhere(prng: Prng): boolean {
    if (prng.chance(0.2)) return this.rotSuperblock(prng);
    if (this.blockSlots.size > 0 && prng.chance(0.3)) return harmSlot(this.blockSlots, prng);
    if (this.segments.count === 0) return false;
    const [number, bytes] = prng.pick(this.segments.all());
    const { lastBatch } = this;
    const isSafe = (at: number): boolean =>
      lastBatch?.segment !== number ||
      at + sectorBytes <= lastBatch.offset ||
      at >= lastBatch.offset + lastBatch.bytes.length;
    return harmBlock(bytes, isSafe, prng);
  }

  /** Every byte of segments and slots, for whoever wants to harm a closed disk. */
  allFiles(): readonly Uint8Array[] {
    const inOrder = [this.segments.all(), this.blockSlots].map((files) =>
      [...files].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes),
    );
    return inOrder.flat();
  }

  /**
   * One copy rots. Each file keeps a copy of the newest superblock: a crash may tear the other file
   * while it is being replaced.
   */
  private rotSuperblock(prng: Prng): boolean {
    const copy = prng.below(this.copies.length);
    const good = this.copies[copy] ?? new Uint8Array(0);
    if (good.length === 0) return false;
    const harmed = good.slice();
    const at = prng.below(harmed.length);
    harmed[at] = (harmed[at] ?? 0) ^ (1 << prng.below(8));
    const before = this.newestIn(0, this.copies.length);
    this.copies[copy] = harmed;
    const isSafe = Array.from({ length: superblockFiles }, (_, file) => file * copiesPerFile).every(
      (first) => this.newestIn(first, copiesPerFile) === before,
    );
    if (isSafe && before !== null) return true;
    this.copies[copy] = good;
    return false;
  }

  /** Sequence of the newest superblock in some of the copies; null when none can be read. */
  private newestIn(first: number, count: number): number | null {
    const copies = this.copies.map((bytes, at) =>
      at >= first && at < first + count ? bytes : new Uint8Array(0),
    );
    const decision = decideSuperblock(copies, this.sha256);
    return decision.kind === "found" ? decision.frame.sequence : null;
  }

  private settle(write: DiskWrite): void {
    if (write.file === "superblock") {
      this.copies[write.copy] = write.bytes;
      return;
    }
    if (write.file === "blocks") {
      const before = this.blockSlots.get(write.slot);
      // A write that covers the whole slot becomes the slot: it is nobody else's any more.
      if (before !== undefined && before.length > write.bytes.length) before.set(write.bytes);
      else this.blockSlots.set(write.slot, write.bytes);
      return;
    }
    this.segments.writable(write).set(write.bytes, write.offset);
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
      return { bytes: this.segments.writable(write), offset: write.offset };
    }
    if (write.file === "blocks") return { bytes: this.slotFor(write), offset: 0 };
    const before = this.copies[write.copy] ?? new Uint8Array(0);
    const bytes = new Uint8Array(Math.max(before.length, write.bytes.length));
    bytes.set(before);
    this.copies[write.copy] = bytes;
    return { bytes, offset: 0 };
  }

  /** The slot of a write, as long as the write at least. */
  private slotFor({ slot, bytes }: DiskWrite & { readonly file: "blocks" }): Uint8Array {
    const before = this.blockSlots.get(slot) ?? new Uint8Array(0);
    if (before.length >= bytes.length) return before;
    const grown = new Uint8Array(bytes.length);
    grown.set(before);
    this.blockSlots.set(slot, grown);
    return grown;
  }
}
