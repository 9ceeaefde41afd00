import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import { type PageClaims, plainOwner } from "./page-claims.ts";
import { pageBytes, type PageStore } from "./page-store.ts";
import { readRange } from "./wire.ts";

/** Messages at most, far more than fit. */
const messagesMax = 2 ** 31;

/** Length of a message's links in bytes. */
export const linkBytes = 16;

/** Byte offsets of a message's links; all are 0 of a message that has none. */
export const linkField = {
  /** u32, u32: its neighbours among the messages of its group, by seq. */
  nextMember: 0,
  previousMember: 4,
  /** u48: its number in the order of death, from 1, also while it is leased as a dead letter. */
  death: 8,
  /** u16: how often it was redriven; stays at the highest number. */
  redrives: 14,
} as const;

/** Length of what `state.ends` has of a message: the time at which its own ttl is over (f64). */
export const endBytes = 8;

/**
 * Fields that only some messages have (those with a group, dead letters, those with a ttl), beside
 * the message's record. A page of them exists once one of its messages has any.
 */
export class MessageLinks {
  private readonly store: PageStore;
  private readonly stride: number;
  private readonly perPage: number;
  /** The page of each position, or -1. */
  private readonly pages: number[] = [];

  /** `stride` is the length of one message's fields in bytes: a power of two. */
  constructor(store: PageStore, stride: number) {
    this.store = store;
    this.stride = stride;
    this.perPage = pageBytes / stride;
  }

  u16(message: number, field: number): number {
    return this.readable(message)?.getUint16(this.offsetOf(message) + field, true) ?? 0;
  }

  u32(message: number, field: number): number {
    return this.readable(message)?.getUint32(this.offsetOf(message) + field, true) ?? 0;
  }

  u48(message: number, field: number): number {
    const view = this.readable(message);
    if (view === null) return 0;
    const at = this.offsetOf(message) + field;
    return view.getUint16(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
  }

  setU16(message: number, field: number, value: number): void {
    this.writable(message).setUint16(this.offsetOf(message) + field, value, true);
  }

  setU32(message: number, field: number, value: number): void {
    this.writable(message).setUint32(this.offsetOf(message) + field, value, true);
  }

  setU48(message: number, field: number, value: number): void {
    const view = this.writable(message);
    const at = this.offsetOf(message) + field;
    view.setUint32(at, value % 0x1_0000_0000, true);
    view.setUint16(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  f64(message: number, field: number): number {
    return this.readable(message)?.getFloat64(this.offsetOf(message) + field, true) ?? 0;
  }

  setF64(message: number, field: number, value: number): void {
    this.writable(message).setFloat64(this.offsetOf(message) + field, value, true);
  }

  /** Must be called before the message's record is freed. */
  clear(message: number): void {
    if (this.readable(message) === null) return;
    const view = this.writable(message);
    new Uint8Array(view.buffer, this.offsetOf(message), this.stride).fill(0);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    writer.u32(this.pages.length);
    for (const page of this.pages) {
      writer.bool(page >= 0);
      if (page >= 0) writer.u32(page);
    }
  }

  /** Makes empty links those that were written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    const count = readRange(reader.u32(), 0, messagesMax / this.perPage);
    for (let position = 0; position < count; position++) {
      this.pages.push(reader.bool() ? claims.read(reader, plainOwner, position) : -1);
    }
    if (count > 0 && this.pages.at(-1) === -1) throw new DecodeError("a position without use");
  }

  private readable(message: number): DataView | null {
    const page = this.pages[Math.floor(message / this.perPage)] ?? -1;
    return page < 0 ? null : this.store.readable(page);
  }

  private writable(message: number): DataView {
    const position = Math.floor(message / this.perPage);
    while (this.pages.length <= position) this.pages.push(-1);
    const known = this.pages[position] ?? -1;
    const page = known < 0 ? this.store.allocate() : known;
    this.pages[position] = page;
    return this.store.writable(page);
  }

  private offsetOf(message: number): number {
    return this.stride * (message % this.perPage);
  }
}
