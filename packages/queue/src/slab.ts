import type { Sha256 } from "@quorate/prelude";

/** Part of a slab that is one leaf; a part that is full never changes again. */
export const slabPartBytes = 65_536;

interface PartDigest {
  readonly end: number;
  readonly digest: Uint8Array;
}

/** Memory for blobs, filled from its start. What is filled never changes. */
export class Slab {
  /** Empty until the slab gets its memory. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Bytes of blobs that were not freed. */
  live = 0;
  /** Bytes handed out; only ever grows. */
  used = 0;
  /** Bytes that are part of the last state that was kept or loaded. */
  keptBytes = 0;
  /** Whether a frozen state still has to read the bytes: then their memory has no other use. */
  isFrozen = false;
  private readonly capacityBytes: number;
  private readonly digests: PartDigest[] = [];

  /** `capacityBytes`: length of the memory. */
  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  /** Digest of the part from `start` to `end`, which is hashed at most once while it is the same. */
  digest(start: number, end: number, sha256: Sha256): Uint8Array {
    const known = this.digests[start / slabPartBytes];
    if (known?.end === end) return known.digest;
    const digest = sha256(this.bytes.subarray(start, end));
    this.digests[start / slabPartBytes] = { end, digest };
    return digest;
  }

  /** Puts a stored part in its place; they come in order. */
  put(start: number, part: Uint8Array, digest: Uint8Array): void {
    if (start === 0) this.bytes = new Uint8Array(this.capacityBytes);
    this.bytes.set(part, start);
    this.keptBytes = start + part.length;
    this.digests[start / slabPartBytes] = { end: this.keptBytes, digest };
  }
}
