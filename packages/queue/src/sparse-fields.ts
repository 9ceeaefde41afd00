import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import { type PageClaims, plainOwner } from "./page-claims.ts";
import { pageBytes, type PageStore } from "./page-store.ts";
import { readRange } from "./wire.ts";

/** Records at most, far more than fit. */
const recordsMax = 2 ** 31;

/**
 * Fields that only some records of a table have, beside the records: zeros of all others. A page of
 * them exists once one of its records has any.
 */
export class SparseFields {
  private readonly store: PageStore;
  private readonly stride: number;
  private readonly perPage: number;
  /** The page of each position, or -1. */
  private readonly pages: number[] = [];

  /** `stride` is the length of one record's fields in bytes: a power of two. */
  constructor(store: PageStore, stride: number) {
    this.store = store;
    this.stride = stride;
    this.perPage = pageBytes / stride;
  }

  u16(record: number, field: number): number {
    return this.readable(record)?.getUint16(this.offsetOf(record) + field, true) ?? 0;
  }

  u32(record: number, field: number): number {
    return this.readable(record)?.getUint32(this.offsetOf(record) + field, true) ?? 0;
  }

  u48(record: number, field: number): number {
    const view = this.readable(record);
    if (view === null) return 0;
    const at = this.offsetOf(record) + field;
    return view.getUint16(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
  }

  setU16(record: number, field: number, value: number): void {
    this.writable(record).setUint16(this.offsetOf(record) + field, value, true);
  }

  setU32(record: number, field: number, value: number): void {
    this.writable(record).setUint32(this.offsetOf(record) + field, value, true);
  }

  setU48(record: number, field: number, value: number): void {
    const view = this.writable(record);
    const at = this.offsetOf(record) + field;
    view.setUint32(at, value % 0x1_0000_0000, true);
    view.setUint16(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  f64(record: number, field: number): number {
    return this.readable(record)?.getFloat64(this.offsetOf(record) + field, true) ?? 0;
  }

  setF64(record: number, field: number, value: number): void {
    this.writable(record).setFloat64(this.offsetOf(record) + field, value, true);
  }

  /** Must be called before the record is freed. */
  clear(record: number): void {
    if (this.readable(record) === null) return;
    const view = this.writable(record);
    new Uint8Array(view.buffer, this.offsetOf(record), this.stride).fill(0);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    writer.u32(this.pages.length);
    for (const page of this.pages) {
      writer.bool(page >= 0);
      if (page >= 0) writer.u32(page);
    }
  }

  /** Makes empty fields those that were written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    const count = readRange(reader.u32(), 0, recordsMax / this.perPage);
    for (let position = 0; position < count; position++) {
      this.pages.push(reader.bool() ? claims.read(reader, plainOwner, position) : -1);
    }
    if (count > 0 && this.pages.at(-1) === -1) throw new DecodeError("a position without use");
  }

  private readable(record: number): DataView | null {
    const page = this.pages[Math.floor(record / this.perPage)] ?? -1;
    return page < 0 ? null : this.store.readable(page);
  }

  private writable(record: number): DataView {
    const position = Math.floor(record / this.perPage);
    while (this.pages.length <= position) this.pages.push(-1);
    const known = this.pages[position] ?? -1;
    const page = known < 0 ? this.store.allocate() : known;
    this.pages[position] = page;
    return this.store.writable(page);
  }

  private offsetOf(record: number): number {
    return this.stride * (record % this.perPage);
  }
}
