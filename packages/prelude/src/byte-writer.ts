import { assert } from "./assert.ts";
import type { Sha256 } from "./digest.ts";
import { copyBytes } from "./shared-memory.ts";
import { utf8Encode } from "./utf8.ts";

const initialCapacity = 256;

/** Capacity of the buffers that writers lend one another: most of what is encoded is shorter. */
const lentBytes = 64 * 1_024;
/** Such buffers that are kept: more than writers that are filled at the same time. */
const lentMax = 8;

interface Scratch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const nothing = new Uint8Array(0);
const noView = new DataView(nothing.buffer);

/** Buffers that no writer uses now. Allocating one costs more than filling it. */
const lent: Scratch[] = [];

function scratchOf(capacity: number): Scratch {
  if (capacity <= lentBytes) {
    const known = lent.pop();
    if (known !== undefined) return known;
  }
  const bytes = new Uint8Array(Math.max(capacity, lentBytes));
  return { bytes, view: new DataView(bytes.buffer) };
}

/**
 * Writes canonical bytes: fixed-width little-endian numbers, length-prefixed runs.
 *
 * Throws AssertionError when a number does not fit its field, because what is encoded is always
 * our own.
 */
export class ByteWriter {
  private buffer: Uint8Array;
  private view: DataView;
  private length = 0;

  constructor(capacity: number = initialCapacity) {
    const { bytes, view } = scratchOf(capacity);
    this.buffer = bytes;
    this.view = view;
  }

  get bytesWritten(): number {
    return this.length;
  }

  u8(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, "fits u8");
    this.reserve(1);
    this.view.setUint8(this.length, value);
    this.length += 1;
    return this;
  }

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, "fits u16");
    this.reserve(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
    return this;
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, "fits u32");
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
    return this;
  }

  /** Eight bytes; the value is a safe integer (below 2^53). */
  u64(value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, "fits u64 below 2^53");
    this.reserve(8);
    this.view.setUint32(this.length, value % 0x1_0000_0000, true);
    this.view.setUint32(this.length + 4, Math.floor(value / 0x1_0000_0000), true);
    this.length += 8;
    return this;
  }

  /** Eight bytes: a double (IEEE 754), little-endian. */
  f64(value: number): this {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** A u32 length and the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  /** A u32 length in bytes and UTF-8. Throws AssertionError on a lone surrogate. */
  string(text: string): this {
    return this.bytes(utf8Encode(text));
  }

  /** A view on the bytes written so far; valid until the next call. */
  get written(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** The bytes written so far; a copy that the writer no longer touches (see copyBytes). */
  finish(): Uint8Array {
    const finished = copyBytes(this.written);
    this.lend();
    this.buffer = finished;
    return finished;
  }

  /** The digest of `before` and of the bytes written; the writer is empty afterwards. */
  digest(sha256: Sha256, before: Uint8Array): Uint8Array {
    const digest = sha256(before, this.written);
    this.length = 0;
    this.lend();
    this.buffer = nothing;
    return digest;
  }

  /** Gives the buffer to others. This writer has none until it gets another to write to. */
  private lend(): void {
    const { buffer, view } = this;
    if (view.byteLength === lentBytes && lent.length < lentMax) lent.push({ bytes: buffer, view });
    this.view = noView;
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const grown = scratchOf(Math.max(needed, this.buffer.length * 2));
    grown.bytes.set(this.written);
    this.lend();
    this.buffer = grown.bytes;
    this.view = grown.view;
  }
}
