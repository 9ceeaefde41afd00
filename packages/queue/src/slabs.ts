import { assert, type ByteReader, type ByteWriter, DecodeError, present } from "@quorate/prelude";
import { slabsToSpareMax } from "./limits.ts";
import { Slab } from "./slab.ts";
import { readRange } from "./wire.ts";

/** Size of a slab unless a host says otherwise: an answer's bodies, four of the largest bodies. */
export const slabBytesDefault = 4 * 1024 * 1024;
/** Freed slabs whose memory is kept for the next ones. */
const spareMax = 4;

/** Where a blob lies. Plain numbers, so that they fit a record's columns. */
export interface BlobPlace {
  readonly slab: number;
  readonly offset: number;
}

/**
 * Bodies and other long bytes: append-only slabs in memory. A slab that holds no live byte is
 * dropped when it is no longer the one appended to; one that holds few is emptied by pulses
 * (`slab-moves`).
 *
 * Nothing is ever changed in place, so a slab that is full may move to a file, and `read` may then
 * have to be told where its bytes are.
 */
export class Slabs {
  /** Ascending by number: slabs are opened in this order. */
  private readonly slabs = new Map<number, Slab>();
  private readonly spare: Uint8Array[] = [];
  private current = 0;
  /** Bytes of blobs that were not freed, in all slabs. */
  private live = 0;
  private readonly slabBytes: number;

  /** `slabBytes` is part of the replicated state: equal on every replica, for ever. */
  constructor(slabBytes: number) {
    this.slabBytes = slabBytes;
  }

  /** Room for a blob of `length` bytes, 0 to the size of a slab: its place, to be filled at once. */
  append(length: number): BlobPlace {
    assert(length <= this.slabBytes, "blob fits a slab");
    let slab = this.slabs.get(this.current);
    if (slab === undefined || slab.used + length > this.slabBytes) slab = this.open();
    const offset = slab.used;
    slab.used += length;
    slab.live += length;
    this.live += length;
    return { slab: this.current, offset };
  }

  /** A view on a blob; valid until the blob is freed. */
  read(slab: number, offset: number, length: number): Uint8Array {
    return this.slab(slab).bytes.subarray(offset, offset + length);
  }

  /** One byte of a slab: to look into a blob without a view on it. */
  byteAt(slab: number, offset: number): number {
    return this.slab(slab).bytes[offset] ?? 0;
  }

  /** Where a blob lies in its slab's bytes: to fill it when just appended, or to look at a byte. */
  locate(slab: number, offset: number): { readonly bytes: Uint8Array; readonly start: number } {
    return { bytes: this.slab(slab).bytes, start: offset };
  }

  /** Gives back a blob of this length. */
  free(slab: number, length: number): void {
    const entry = this.slab(slab);
    entry.live -= length;
    this.live -= length;
    if (entry.live === 0 && slab !== this.current) this.close(slab, entry);
  }

  /** Gives a blob another place. Views on it are not valid any more. */
  move(slab: number, offset: number, length: number): BlobPlace {
    const place = this.append(length);
    this.slab(place.slab).bytes.set(this.read(slab, offset, length), place.offset);
    this.free(slab, length);
    return place;
  }

  /** Whether more than half of the memory, and of some slabs more, is held for what was freed. */
  get isWasteful(): boolean {
    return this.bytesHeld > 2 * this.live + slabsToSpareMax * this.slabBytes;
  }

  /** Whether the slab is full, and less than half of it lives; 0 is no slab. */
  isSparse(number: number): boolean {
    const slab = this.slabs.get(number);
    return slab !== undefined && number !== this.current && 2 * slab.live < this.slabBytes;
  }

  /** Bytes of memory that slabs take. */
  get bytesHeld(): number {
    return this.slabs.size * this.slabBytes;
  }

  /** Numbers and slabs in the order of the numbers. */
  entries(): Iterable<readonly [number, Slab]> {
    return this.slabs;
  }

  /** The first `used` bytes of this slab are stored, if it is still here. */
  keep(number: number, used: number): void {
    const slab = this.slabs.get(number);
    if (slab !== undefined) slab.keptBytes = used;
  }

  /** Everything but the bytes. */
  write(writer: ByteWriter): void {
    writer.u32(this.slabBytes).u32(this.current).u32(this.slabs.size);
    for (const [number, slab] of this.slabs) writer.u32(number).u32(slab.live).u32(slab.used);
  }

  /** Makes empty slabs those that were written, but for their bytes. Throws DecodeError. */
  restore(reader: ByteReader): void {
    if (reader.u32() !== this.slabBytes) throw new DecodeError("slabs of another size");
    this.current = reader.u32();
    const count = reader.u32();
    let last = 0;
    for (let index = 0; index < count; index++) {
      last = readRange(reader.u32(), last + 1, this.current);
      const slab = new Slab(this.slabBytes);
      slab.live = readRange(reader.u32(), 0, this.slabBytes);
      slab.used = readRange(reader.u32(), slab.live, this.slabBytes);
      if (slab.used === 0) this.restoreEmpty(slab, last);
      this.live += slab.live;
      this.slabs.set(last, slab);
    }
    if (last !== this.current) throw new DecodeError("the slab to append to is missing");
  }

  // A slab that has no part gets its memory here; only the one appended to can be that empty.
  private restoreEmpty(slab: Slab, number: number): void {
    if (number !== this.current) throw new DecodeError("an empty slab");
    slab.bytes = new Uint8Array(this.slabBytes);
  }

  private slab(number: number): Slab {
    return present(this.slabs.get(number), "slab exists");
  }

  private open(): Slab {
    const full = this.slabs.get(this.current);
    if (full !== undefined && full.live === 0) this.close(this.current, full);
    this.current += 1;
    const slab = new Slab(this.slabBytes);
    slab.bytes = this.spare.pop() ?? new Uint8Array(this.slabBytes);
    this.slabs.set(this.current, slab);
    return slab;
  }

  private close(number: number, slab: Slab): void {
    this.slabs.delete(number);
    if (!slab.isFrozen && this.spare.length < spareMax) this.spare.push(slab.bytes);
  }
}
