import { assert, type ByteReader, type ByteWriter, present } from "@quorate/prelude";
import { type PageClaims, type PageOwner, plainOwner } from "./page-claims.ts";
import { pageBytes, type PageStore } from "./page-store.ts";
import { readRange } from "./wire.ts";

/**
 * Records of one fixed length in pages: the columns of a table, side by side, so that a message's
 * fields share two cache lines and one dirty page.
 *
 * A record is named by a number from 1; 0 is none. Fields are byte offsets in the record; whoever
 * owns the table says what lies where. Freed records are reused last freed first, through a chain
 * in their first four bytes; the rest of a free record is zeros, so that a field behind them which
 * no record in use has as zero tells the two apart. Records are zeros when allocated.
 */
export class RecordTable {
  private readonly store: PageStore;
  private readonly pages: number[] = [];
  private readonly strideBits: number;
  private readonly pageBits: number;
  private readonly mask: number;
  private freeHead = 0;
  private used = 0;
  private highestEver = 0;

  /** `stride` is the length of a record in bytes: a power of two, 16 to 65,536. */
  constructor(store: PageStore, stride: number) {
    this.store = store;
    this.strideBits = 31 - Math.clz32(stride);
    assert(stride === 2 ** this.strideBits && stride >= 16 && stride <= pageBytes, "stride");
    this.pageBits = 16 - this.strideBits;
    this.mask = 2 ** this.pageBits - 1;
  }

  /** Records in use. */
  get count(): number {
    return this.used;
  }

  /** The highest record that was ever handed out; 0 before the first. */
  get highest(): number {
    return this.highestEver;
  }

  allocate(): number {
    this.used += 1;
    if (this.freeHead !== 0) {
      const record = this.freeHead;
      this.freeHead = this.u32(record, 0);
      this.setU32(record, 0, 0);
      return record;
    }
    // Record 0 lies in the first page and is never used, so that 0 can mean none.
    this.highestEver += 1;
    if (this.highest >>> this.pageBits >= this.pages.length) this.pages.push(this.store.allocate());
    return this.highest;
  }

  free(record: number): void {
    this.used -= 1;
    this.bytes(record).fill(0);
    this.setU32(record, 0, this.freeHead);
    this.freeHead = record;
  }

  u8(record: number, field: number): number {
    return this.readable(record).getUint8(this.at(record) + field);
  }

  u16(record: number, field: number): number {
    return this.readable(record).getUint16(this.at(record) + field, true);
  }

  u32(record: number, field: number): number {
    return this.readable(record).getUint32(this.at(record) + field, true);
  }

  f64(record: number, field: number): number {
    return this.readable(record).getFloat64(this.at(record) + field, true);
  }

  /** A number below 2^48. */
  u48(record: number, field: number): number {
    const view = this.readable(record);
    const at = this.at(record) + field;
    return view.getUint16(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
  }

  setU8(record: number, field: number, value: number): void {
    this.writable(record).setUint8(this.at(record) + field, value);
  }

  setU16(record: number, field: number, value: number): void {
    this.writable(record).setUint16(this.at(record) + field, value, true);
  }

  setU32(record: number, field: number, value: number): void {
    this.writable(record).setUint32(this.at(record) + field, value, true);
  }

  setF64(record: number, field: number, value: number): void {
    this.writable(record).setFloat64(this.at(record) + field, value, true);
  }

  setU48(record: number, field: number, value: number): void {
    const view = this.writable(record);
    const at = this.at(record) + field;
    view.setUint32(at, value % 0x1_0000_0000, true);
    view.setUint16(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  /** Copies a key into a field. */
  setBytes(record: number, field: number, value: Uint8Array): void {
    const view = this.writable(record);
    const at = this.at(record) + field;
    for (let index = 0; index < value.length; index++) view.setUint8(at + index, value[index] ?? 0);
  }

  /** A copy of a field of `length` bytes. */
  copy(record: number, field: number, length: number): Uint8Array {
    const view = this.readable(record);
    return new Uint8Array(view.buffer, this.at(record) + field, length).slice();
  }

  /** Whether a field holds these bytes. */
  hasBytes(record: number, field: number, value: Uint8Array): boolean {
    const view = this.readable(record);
    const at = this.at(record) + field;
    for (let index = 0; index < value.length; index++) {
      if (view.getUint8(at + index) !== value[index]) return false;
    }
    return true;
  }

  /** The records in this page of the table, from 0: the first, and the one behind the last. */
  recordsIn(position: number): { readonly first: number; readonly end: number } {
    const first = position << this.pageBits;
    return { first, end: Math.min(first + this.mask, this.highest) + 1 };
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    writer.u32(this.used).u32(this.highest).u32(this.freeHead);
    for (const page of this.pages) writer.u32(page);
  }

  /**
   * Makes an empty table the one that was written; `owner` is told of its pages. Throws DecodeError.
   */
  restore(reader: ByteReader, claims: PageClaims, owner: PageOwner = plainOwner): void {
    this.used = reader.u32();
    this.highestEver = readRange(reader.u32(), this.used, 2 ** 31);
    this.freeHead = readRange(reader.u32(), 0, this.highest);
    const pages = this.highest === 0 ? 0 : (this.highest >>> this.pageBits) + 1;
    for (let at = 0; at < pages; at++) this.pages.push(claims.read(reader, owner, at));
  }

  /** Reads the number of a record that was ever handed out, or 0. Throws DecodeError. */
  readReference(reader: ByteReader): number {
    return readRange(reader.u32(), 0, this.highest);
  }

  private bytes(record: number): Uint8Array {
    return new Uint8Array(this.writable(record).buffer, this.at(record), 2 ** this.strideBits);
  }

  private at(record: number): number {
    return (record & this.mask) << this.strideBits;
  }

  private readable(record: number): DataView {
    return this.store.readable(present(this.pages[record >>> this.pageBits], "record exists"));
  }

  private writable(record: number): DataView {
    return this.store.writable(present(this.pages[record >>> this.pageBits], "record exists"));
  }
}
