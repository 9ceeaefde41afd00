/** Copies of what identifies entries, so that no segment is kept in memory for them. */
import { ByteReader, bytesEqual, DecodeError, digestBytes } from "@quorate/prelude";
import { type EntryHeader, entryHeaderCodec } from "@quorate/protocol";
import { frameIdentityBytes } from "./layout.ts";

/** Identities that share one block of memory: few in the first block, twice as many in the next. */
const identitiesPerBlockMin = 64;
const identitiesPerBlockMax = 4_096;

/** An object that nobody else has seen yet. */
type Fresh<T> = { -readonly [K in keyof T]: T[K] };

/** Keeps headers and hashes of millions of entries. */
export class Identities {
  private identitiesPerBlock = identitiesPerBlockMin;
  private block = new Uint8Array(0);
  private reader = new ByteReader(this.block);
  /** The last hash kept: the parent of what mostly comes next. */
  private lastHash: Uint8Array = this.block;

  /**
   * Copies the header and the hash that stand at `at`. Null when they are no header.
   *
   * That the hash is the header's is not computed again: both stand under the frame's checksum.
   */
  keep(
    bytes: Uint8Array,
    at: number,
  ): { readonly header: EntryHeader; readonly hash: Uint8Array } | null {
    if (this.reader.remaining === 0) {
      this.block = new Uint8Array(this.identitiesPerBlock * frameIdentityBytes);
      this.identitiesPerBlock = Math.min(2 * this.identitiesPerBlock, identitiesPerBlockMax);
      this.reader = new ByteReader(this.block);
    }
    const from = this.reader.offset;
    this.block.set(bytes.subarray(at, at + frameIdentityBytes), from);
    const header: Fresh<EntryHeader> | null = readHeader(this.reader);
    this.reader.raw(from + frameIdentityBytes - digestBytes - this.reader.offset);
    const hash = this.reader.raw(digestBytes);
    if (header === null) return null;
    if (bytesEqual(header.parent, this.lastHash)) header.parent = this.lastHash;
    this.lastHash = hash;
    return { header, hash };
  }
}

/** The header that comes next, or null when the bytes are none. */
export function readHeader(reader: ByteReader): EntryHeader | null {
  try {
    return entryHeaderCodec.decode(reader);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
