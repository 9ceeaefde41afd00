import { assert, present, type Sha256 } from "@quorate/prelude";

/** Size of a slab unless a host says otherwise: an answer's bodies, four of the largest bodies. */
export const slabBytesDefault = 4 * 1024 * 1024;
/** Part of a slab that is hashed at once; a part that is full never changes again. */
const chunkBytes = 65_536;
/** Freed slabs whose memory is kept for the next ones. */
const spareMax = 4;

/** Where a blob lies. Plain numbers, so that they fit a record's columns. */
export interface BlobPlace {
  readonly slab: number;
  readonly offset: number;
}

interface Slab {
  /** Bytes of blobs that were not freed. */
  live: number;
  /** Bytes handed out; only ever grows. */
  used: number;
  readonly bytes: Uint8Array;
  readonly chunkDigests: Uint8Array[];
}

/**
 * Bodies and other long bytes: append-only slabs in memory. A slab that holds no live byte is
 * dropped when it is no longer the one appended to.
 *
 * Nothing is ever changed in place, so a slab that is full may move to a file, and `read` may then
 * have to be told where its bytes are.
 */
export class Slabs {
  private readonly slabs = new Map<number, Slab>();
  private readonly spare: Uint8Array[] = [];
  private current = 0;
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
    return { slab: this.current, offset };
  }

  /** A view on a blob; valid until the blob is freed. */
  read(slab: number, offset: number, length: number): Uint8Array {
    return this.slab(slab).bytes.subarray(offset, offset + length);
  }

  /** Where a blob lies in its slab's bytes: to fill it when just appended, or to look at a byte. */
  locate(slab: number, offset: number): { readonly bytes: Uint8Array; readonly start: number } {
    return { bytes: this.slab(slab).bytes, start: offset };
  }

  /** Gives back a blob of this length. */
  free(slab: number, length: number): void {
    const entry = this.slab(slab);
    entry.live -= length;
    if (entry.live === 0 && slab !== this.current) this.close(slab, entry);
  }

  /** Bytes of memory that slabs take. */
  get bytesHeld(): number {
    return this.slabs.size * this.slabBytes;
  }

  /** Number, use and digests of every slab in the order of their numbers. */
  summary(sha256: Sha256): { readonly numbers: readonly number[]; readonly digests: Uint8Array[] } {
    const numbers = [this.current];
    const digests: Uint8Array[] = [];
    for (const [number, slab] of this.slabs) {
      numbers.push(number, slab.live, slab.used);
      digests.push(...slabDigests(slab, sha256));
    }
    return { numbers, digests };
  }

  private slab(number: number): Slab {
    return present(this.slabs.get(number), "slab exists");
  }

  private open(): Slab {
    const full = this.slabs.get(this.current);
    if (full !== undefined && full.live === 0) this.close(this.current, full);
    this.current += 1;
    const bytes = this.spare.pop() ?? new Uint8Array(this.slabBytes);
    const slab: Slab = { live: 0, used: 0, bytes, chunkDigests: [] };
    this.slabs.set(this.current, slab);
    return slab;
  }

  private close(number: number, slab: Slab): void {
    this.slabs.delete(number);
    if (this.spare.length < spareMax) this.spare.push(slab.bytes);
  }
}

function slabDigests(slab: Slab, sha256: Sha256): readonly Uint8Array[] {
  const { chunkDigests, bytes, used } = slab;
  for (let at = chunkDigests.length * chunkBytes; at + chunkBytes <= used; at += chunkBytes) {
    chunkDigests.push(sha256(bytes.subarray(at, at + chunkBytes)));
  }
  const rest = bytes.subarray(chunkDigests.length * chunkBytes, used);
  return rest.length === 0 ? chunkDigests : [...chunkDigests, sha256(rest)];
}
