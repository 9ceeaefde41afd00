import { type ExecutionContext, type Sha256, utf8Encode } from "@quorate/prelude";

const domain = utf8Encode("quorate/1/lease-tag\0");
const tagsPerDigest = 8;

/**
 * Tags of the leases that one operation grants: SHA-256 over the op's random bytes, eight tags a
 * digest. Whoever has one lease can compute neither the random bytes nor another tag.
 */
export class LeaseTags {
  private readonly sha256: Sha256;
  private readonly random: Uint8Array;
  private readonly counter = new DataView(new ArrayBuffer(12));
  private digest: DataView = new DataView(new ArrayBuffer(0));
  private taken = 0;

  constructor(sha256: Sha256, context: ExecutionContext) {
    this.sha256 = sha256;
    this.random = context.random;
    this.counter.setUint32(0, context.requestIndex, true);
  }

  /** The next tag, for this fence. */
  next(fence: number): number {
    const place = this.taken % tagsPerDigest;
    if (place === 0) {
      this.counter.setFloat64(4, fence, true);
      const digest = this.sha256(domain, this.random, new Uint8Array(this.counter.buffer));
      this.digest = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    }
    this.taken += 1;
    return this.digest.getUint32(4 * place, true);
  }
}
