import { assert, type ByteReader, type ByteWriter, present } from "@quorate/prelude";
import { messageField } from "./message-record.ts";
import { type PageClaims, plainOwner } from "./page-claims.ts";
import { pageBytes, type PageStore } from "./page-store.ts";
import type { RecordTable } from "./record-table.ts";
import { readRange } from "./wire.ts";

const entriesPerPage = pageBytes / 4;
const arity = 4;

/**
 * Messages by deadline, then seq, then queue: a 4-ary heap of record numbers in pages. A message
 * knows its place in the heap (from 1; 0 is none), so any of them is removed in a few steps.
 */
export class TimerHeap {
  private readonly store: PageStore;
  private readonly messages: RecordTable;
  private readonly pages: number[] = [];
  private size = 0;

  constructor(store: PageStore, messages: RecordTable) {
    this.store = store;
    this.messages = messages;
  }

  get count(): number {
    return this.size;
  }

  /** The message that is due first, or 0. */
  first(): number {
    return this.size === 0 ? 0 : this.get(0);
  }

  /** Whether the message is in this heap, and not in another. */
  has(message: number): boolean {
    const at = this.messages.u32(message, messageField.timer) - 1;
    return at >= 0 && at < this.size && this.get(at) === message;
  }

  /** Adds a message whose deadline is set and that is in no heap. */
  add(message: number): void {
    assert(this.messages.u32(message, messageField.timer) === 0, "message has no timer");
    if (this.size === this.pages.length * entriesPerPage) this.pages.push(this.store.allocate());
    this.size += 1;
    this.siftUp(this.size - 1, message);
  }

  /** Removes a message, which must be in this heap. */
  remove(message: number): void {
    const at = this.messages.u32(message, messageField.timer) - 1;
    assert(at >= 0 && this.get(at) === message, "message is in the heap");
    this.messages.setU32(message, messageField.timer, 0);
    this.size -= 1;
    const last = this.get(this.size);
    this.store.writable(this.page(this.size)).setUint32(this.at(this.size), 0, true);
    if (last !== message) this.replace(at, last);
    this.dropPage();
  }

  /** Puts a message whose deadline was changed where it belongs. */
  move(message: number): void {
    this.replace(this.messages.u32(message, messageField.timer) - 1, message);
  }

  /** Whether `left` is due before `right`. Equal only for equal messages. */
  isBefore(left: number, right: number): boolean {
    const { messages } = this;
    const deadlines =
      messages.f64(left, messageField.deadline) - messages.f64(right, messageField.deadline);
    if (deadlines !== 0) return deadlines < 0;
    const seqs = messages.f64(left, messageField.seq) - messages.f64(right, messageField.seq);
    if (seqs !== 0) return seqs < 0;
    return messages.u32(left, messageField.queue) < messages.u32(right, messageField.queue);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    writer.u32(this.size).u32(this.pages.length);
    for (const page of this.pages) writer.u32(page);
  }

  /** Makes an empty heap the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.size = reader.u32();
    const count = readRange(reader.u32(), Math.ceil(this.size / entriesPerPage), 2 ** 31);
    for (let at = 0; at < count; at++) this.pages.push(claims.read(reader, plainOwner, at));
  }

  private replace(at: number, message: number): void {
    if (at > 0 && this.isBefore(message, this.get(Math.floor((at - 1) / arity)))) {
      this.siftUp(at, message);
    } else {
      this.siftDown(at, message);
    }
  }

  private siftUp(start: number, message: number): void {
    let at = start;
    while (at > 0) {
      const parent = Math.floor((at - 1) / arity);
      const above = this.get(parent);
      if (!this.isBefore(message, above)) break;
      this.set(at, above);
      at = parent;
    }
    this.set(at, message);
  }

  private siftDown(start: number, message: number): void {
    let at = start;
    for (;;) {
      const firstChild = at * arity + 1;
      if (firstChild >= this.size) break;
      let child = firstChild;
      const end = Math.min(firstChild + arity, this.size);
      for (let other = firstChild + 1; other < end; other++) {
        if (this.isBefore(this.get(other), this.get(child))) child = other;
      }
      const below = this.get(child);
      if (!this.isBefore(below, message)) break;
      this.set(at, below);
      at = child;
    }
    this.set(at, message);
  }

  private get(at: number): number {
    return this.store.readable(this.page(at)).getUint32(this.at(at), true);
  }

  private set(at: number, message: number): void {
    this.store.writable(this.page(at)).setUint32(this.at(at), message, true);
    this.messages.setU32(message, messageField.timer, at + 1);
  }

  private page(at: number): number {
    return present(this.pages[Math.floor(at / entriesPerPage)], "heap has the page");
  }

  private at(at: number): number {
    return 4 * (at % entriesPerPage);
  }

  // One empty page is kept, so that a heap that breathes around a boundary allocates nothing.
  private dropPage(): void {
    if (this.size > (this.pages.length - 2) * entriesPerPage) return;
    const last = this.pages.pop();
    if (last !== undefined) this.store.free(last);
  }
}
