/** The segment files of one simulated disk. */
import { simSegmentBytes } from "./disk-format.ts";
import type { DiskWrite } from "./disk-writes.ts";

/** A write to the log. */
export type SegmentWrite = DiskWrite & { readonly file: "segment" };

/** Segments of disks that are not needed any more: a fresh one costs more than clearing it. */
const spareSegments: Uint8Array[] = [];

export class DiskSegments {
  /** The most bytes of one. */
  readonly bytesMax: number;
  private readonly byNumber = new Map<number, Uint8Array>();
  /** Freed segments, to be used again with what they hold. */
  private readonly freed: Uint8Array[] = [];

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get count(): number {
    return this.byNumber.size;
  }

  copied(): DiskSegments {
    const copy = new DiskSegments(this.bytesMax);
    for (const [number, bytes] of this.byNumber) copy.byNumber.set(number, bytes.slice());
    return copy;
  }

  has(number: number): boolean {
    return this.byNumber.has(number);
  }

  /** In the order of their creation. */
  all(): readonly (readonly [number: number, bytes: Uint8Array])[] {
    return [...this.byNumber];
  }

  /** A freed one with what it holds, or a new one of zeroes. */
  create(number: number): void {
    const bytes = this.freed.pop() ?? spareSegments.pop()?.fill(0);
    this.byNumber.set(number, bytes ?? new Uint8Array(simSegmentBytes));
  }

  /** Frees those before this one. */
  freeBefore(first: number): void {
    for (const [number, bytes] of this.byNumber) {
      if (number >= first) continue;
      this.byNumber.delete(number);
      this.freed.push(bytes);
    }
  }

  dispose(): void {
    for (const bytes of [...this.byNumber.values(), ...this.freed]) {
      if (bytes.length === simSegmentBytes) spareSegments.push(bytes);
    }
    this.byNumber.clear();
    this.freed.length = 0;
  }

  /** The segment, created where it is not there. */
  of(number: number): Uint8Array {
    if (!this.has(number)) this.create(number);
    return this.byNumber.get(number) ?? new Uint8Array(0);
  }

  bytesAt(number: number, offset: number, length: number): Uint8Array {
    return (this.byNumber.get(number) ?? new Uint8Array(0)).slice(offset, offset + length);
  }

  /** The segment of a write, grown where it is longer than most ever are. */
  writable({ segment, offset, bytes }: SegmentWrite): Uint8Array {
    const before = this.of(segment);
    const end = offset + bytes.length;
    if (end <= before.length) return before;
    const grown = new Uint8Array(Math.min(this.bytesMax, Math.max(end, 2 * before.length)));
    grown.set(before);
    this.byNumber.set(segment, grown);
    return grown;
  }
}
