import { utf8Decode } from "./utf8.ts";

/** Bytes from outside that are not in canonical form. Whoever reads such bytes catches it. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/**
 * Reads what ByteWriter wrote, and refuses everything else.
 *
 * Every method throws DecodeError when the bytes end too early or a value is not canonical. The
 * slices it returns are views on the input, not copies.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.position;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** A safe integer: eight bytes whose value is below 2^53. */
  u64(): number {
    const at = this.advance(8);
    const high = this.view.getUint32(at + 4, true);
    if (high > 0x1f_ffff) throw new DecodeError("number at or above 2^53");
    return high * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  /** Eight bytes: a finite double, and not minus zero, so that each number has one spelling. */
  f64(): number {
    const value = this.view.getFloat64(this.advance(8), true);
    if (!Number.isFinite(value) || Object.is(value, -0)) throw new DecodeError("no plain number");
    return value;
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) throw new DecodeError("boolean is neither 0 nor 1");
    return value === 1;
  }

  raw(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A u32 length of at most `lengthMax`, and as many bytes. */
  lengthPrefixed(lengthMax: number): Uint8Array {
    const length = this.u32();
    if (length > lengthMax) throw new DecodeError(`length ${length} is above ${lengthMax}`);
    return this.raw(length);
  }

  /** Well-formed UTF-8 of at most `lengthMax` bytes. */
  string(lengthMax: number): string {
    const text = utf8Decode(this.lengthPrefixed(lengthMax));
    if (text === null) throw new DecodeError("text is not UTF-8");
    return text;
  }

  /** A u32 count of at most `countMax`. */
  count(countMax: number): number {
    const count = this.u32();
    if (count > countMax) throw new DecodeError(`count ${count} is above ${countMax}`);
    return count;
  }

  /** Asserts that everything was read. */
  end(): void {
    if (this.remaining !== 0) throw new DecodeError(`${this.remaining} trailing bytes`);
  }

  private advance(count: number): number {
    const at = this.position;
    if (count > this.bytes.length - at) throw new DecodeError("bytes end too early");
    this.position = at + count;
    return at;
  }
}
