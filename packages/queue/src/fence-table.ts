import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import type { FenceEntry } from "./fence-entry.ts";
import { HashIndex, type KeyMatch, mix32 } from "./hash-index.ts";
import { LateSettlements } from "./late-settlements.ts";
import { settledWindowMs, windowRecordsPerPulseMax } from "./limits.ts";
import { messageField, messageState } from "./message-record.ts";
import { type PageClaims, type PageOwner, plainOwner } from "./page-claims.ts";
import { type PageStore, pageBytes } from "./page-store.ts";
import type { RecordTable } from "./record-table.ts";

const entryBytes = 16;
const entriesPerPage = pageBytes / entryBytes;
const windowMicros = settledWindowMs * 1_000;
/** Fence pages that one pulse drops: each may have to keep thousands of survivors. */
const pagesPerPulseMax = 8;

/** Byte offsets of an entry: seq in 48 bits, outcome (0: not settled), queue, tag. */
const field = { seq: 0, outcome: 6, queue: 8, tag: 12 };

/**
 * Outcomes of leases that nobody settled: a newer lease followed; the message was taken away; it
 * died.
 */
export const outcomeSuperseded = 1;
export const outcomePurged = 2;
export const outcomeDead = 3;

interface FencePage {
  readonly page: number;
  /** The first fence in it: a page that was dropped before it was full begins again behind that. */
  readonly first: number;
  /** When a lease of the page was last granted, ended or settled. */
  touchedAt: number;
}

/**
 * Every lease by its fence: 16 bytes in pages that are dropped 10 min after the last thing that
 * happened to one of their leases. A message whose latest lease lies in a dropped page stays
 * findable by fence through a small index; what such a lease is settled with is kept in a list.
 *
 * It owns the pages of messages, because it is from them that the index is found again.
 */
export class FenceTable implements KeyMatch, PageOwner {
  private readonly store: PageStore;
  private readonly messages: RecordTable;
  private readonly pages = new Map<number, FencePage>();
  private readonly survivors = new HashIndex();
  private readonly late: LateSettlements;
  private nextFence = 1;
  private sought = 0;

  constructor(store: PageStore, messages: RecordTable) {
    this.store = store;
    this.messages = messages;
    this.late = new LateSettlements(store);
  }

  /** The fence that the next lease gets. */
  get next(): number {
    return this.nextFence;
  }

  /** Grants the next fence to a message whose record still names its lease before this one. */
  grant(queue: number, seq: number, tag: number, now: number): number {
    const fence = this.nextFence;
    this.nextFence += 1;
    const number = Math.floor(fence / entriesPerPage);
    let page = this.pages.get(number);
    if (page === undefined) {
      page = { page: this.store.allocate(), first: fence, touchedAt: now };
      this.pages.set(number, page);
    }
    page.touchedAt = now;
    const view = this.store.writable(page.page);
    const at = (fence % entriesPerPage) * entryBytes;
    view.setUint32(at + field.seq, seq % 0x1_0000_0000, true);
    view.setUint16(at + field.seq + 4, Math.floor(seq / 0x1_0000_0000), true);
    view.setUint32(at + field.queue, queue, true);
    view.setUint32(at + field.tag, tag, true);
    return fence;
  }

  /** What is known of the fence, or null: never granted, or forgotten. */
  find(fence: number): FenceEntry | null {
    const page = this.pageOf(fence);
    if (page !== undefined) return this.read(page.page, fence % entriesPerPage);
    return this.late.find(fence) ?? this.findSurvivor(fence);
  }

  /** Remembers what became of a lease; `outcome` is not 0. */
  settle(fence: number, outcome: number, now: number): void {
    const page = this.pageOf(fence);
    if (page !== undefined) {
      page.touchedAt = now;
      const at = (fence % entriesPerPage) * entryBytes + field.outcome;
      this.store.writable(page.page).setUint8(at, outcome);
      return;
    }
    const survivor = this.findSurvivor(fence);
    if (survivor !== null) this.late.add(fence, { ...survivor, outcome }, now);
  }

  /** Lets the settled window of the lease's page begin anew. */
  touch(fence: number, now: number): void {
    const page = this.pageOf(fence);
    if (page !== undefined) page.touchedAt = now;
  }

  /** Must be called before a message leaves or gets another lease. */
  release(message: number): void {
    const fence = this.messages.f64(message, messageField.fence);
    if (fence === 0 || this.survivors.count === 0) return;
    this.sought = fence;
    if (this.survivors.find(mix32(fence), this) !== 0) this.survivors.remove(mix32(fence), message);
  }

  matches(message: number): boolean {
    return this.messages.f64(message, messageField.fence) === this.sought;
  }

  /** Whether `expire` at this time would drop anything. */
  isDue(now: number): boolean {
    if (this.late.oldestAt() + windowMicros <= now) return true;
    for (const page of this.pages.values()) if (page.touchedAt + windowMicros <= now) return true;
    return false;
  }

  /**
   * Drops what is older than the window. `messageOf` finds the message of an entry by queue and
   * seq; those whose latest lease it is survive the page.
   */
  expire(now: number, messageOf: (queue: number, seq: number) => number): void {
    let budget = windowRecordsPerPulseMax;
    for (; budget > 0 && this.late.oldestAt() + windowMicros <= now; budget--) {
      this.late.removeOldest();
    }
    let dropped = 0;
    for (const [number, page] of this.pages) {
      if (dropped === pagesPerPulseMax) break;
      if (page.touchedAt + windowMicros > now) continue;
      this.drop(number, page.page, messageOf);
      dropped += 1;
    }
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    writer.u64(this.nextFence).u32(this.pages.size);
    for (const [number, page] of this.pages) {
      writer.u64(number).u32(page.page).u64(page.first).u64(page.touchedAt);
    }
    this.late.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.nextFence = reader.u64();
    const count = reader.u32();
    for (let index = 0; index < count; index++) {
      const number = reader.u64();
      if (this.pages.has(number)) throw new DecodeError("a page of fences twice");
      const page = claims.read(reader, plainOwner, index);
      this.pages.set(number, { page, first: reader.u64(), touchedAt: reader.u64() });
    }
    this.late.restore(reader, claims);
  }

  /** Finds the messages of this page again whose latest lease lies in a dropped page. */
  indexPage(position: number): void {
    const { messages } = this;
    const { first, end } = messages.recordsIn(position);
    for (let message = first; message < end; message++) {
      const state = messages.u8(message, messageField.state);
      const fence = messages.f64(message, messageField.fence);
      // Free records have no state; popped ones have left their queue, and fences with it.
      if (state === 0 || state === messageState.popped || fence === 0) continue;
      if (this.pageOf(fence) !== undefined) continue;
      this.survivors.add(mix32(fence), message);
    }
  }

  // The page that has an entry for the fence.
  private pageOf(fence: number): FencePage | undefined {
    const page = this.pages.get(Math.floor(fence / entriesPerPage));
    return page !== undefined && fence >= page.first && fence < this.nextFence ? page : undefined;
  }

  private drop(
    number: number,
    page: number,
    messageOf: (queue: number, seq: number) => number,
  ): void {
    for (let slot = 0; slot < entriesPerPage; slot++) {
      const entry = this.read(page, slot);
      if (entry.seq === 0) continue;
      const fence = number * entriesPerPage + slot;
      const message = messageOf(entry.queue, entry.seq);
      if (message === 0 || this.messages.f64(message, messageField.fence) !== fence) continue;
      this.survivors.add(mix32(fence), message);
    }
    this.store.free(page);
    this.pages.delete(number);
  }

  private read(page: number, slot: number): FenceEntry {
    const view = this.store.readable(page);
    const at = slot * entryBytes;
    const high = view.getUint16(at + field.seq + 4, true);
    return {
      queue: view.getUint32(at + field.queue, true),
      seq: high * 0x1_0000_0000 + view.getUint32(at + field.seq, true),
      tag: view.getUint32(at + field.tag, true),
      outcome: view.getUint8(at + field.outcome),
    };
  }

  private findSurvivor(fence: number): FenceEntry | null {
    if (this.survivors.count === 0) return null;
    this.sought = fence;
    const message = this.survivors.find(mix32(fence), this);
    if (message === 0) return null;
    const { messages } = this;
    return {
      queue: messages.u32(message, messageField.queue),
      seq: messages.f64(message, messageField.seq),
      tag: messages.u32(message, messageField.tag),
      outcome: 0,
    };
  }
}
