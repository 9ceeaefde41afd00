import type { ByteReader, ByteWriter } from "@quorate/prelude";
import type { FenceEntry } from "./fence-entry.ts";
import { HashIndex, type KeyMatch, mix32 } from "./hash-index.ts";
import type { PageClaims, PageOwner } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";

const recordBytes = 64;

/** Byte offsets of a record's fields; `queue` is 0 of no record in use. */
const field = { fence: 8, at: 16, queue: 24, tag: 28, seq: 32, outcome: 38, next: 40 };

/** What became of leases whose place in the pages of fences is gone: oldest first, 64 bytes each. */
export class LateSettlements implements KeyMatch, PageOwner {
  private readonly records: RecordTable;
  private readonly index = new HashIndex();
  private head = 0;
  private tail = 0;
  private sought = 0;

  constructor(store: PageStore) {
    this.records = new RecordTable(store, recordBytes);
  }

  /** What is known of the fence, or null. */
  find(fence: number): FenceEntry | null {
    this.sought = fence;
    const record = this.index.find(mix32(fence), this);
    if (record === 0) return null;
    const { records } = this;
    return {
      queue: records.u32(record, field.queue),
      seq: records.u48(record, field.seq),
      tag: records.u32(record, field.tag),
      outcome: records.u8(record, field.outcome),
    };
  }

  matches(record: number): boolean {
    return this.records.f64(record, field.fence) === this.sought;
  }

  /** Remembers a fence that is not there. */
  add(fence: number, entry: FenceEntry, now: number): void {
    const { records } = this;
    const record = records.allocate();
    records.setF64(record, field.fence, fence);
    records.setF64(record, field.at, now);
    records.setU32(record, field.queue, entry.queue);
    records.setU32(record, field.tag, entry.tag);
    records.setU48(record, field.seq, entry.seq);
    records.setU8(record, field.outcome, entry.outcome);
    if (this.tail === 0) this.head = record;
    else records.setU32(this.tail, field.next, record);
    this.tail = record;
    this.index.add(mix32(fence), record);
  }

  /** When the oldest was added; infinity without one. */
  oldestAt(): number {
    return this.head === 0 ? Infinity : this.records.f64(this.head, field.at);
  }

  /** Forgets the oldest, which must be there. */
  removeOldest(): void {
    const record = this.head;
    this.head = this.records.u32(record, field.next);
    if (this.head === 0) this.tail = 0;
    this.index.remove(mix32(this.records.f64(record, field.fence)), record);
    this.records.free(record);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    this.records.write(writer);
    writer.u32(this.head).u32(this.tail);
  }

  /** Makes an empty list the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.records.restore(reader, claims, this);
    this.head = this.records.readReference(reader);
    this.tail = this.records.readReference(reader);
  }

  /** Finds the fences again that lie in this page. */
  indexPage(position: number): void {
    const { records } = this;
    const { first, end } = records.recordsIn(position);
    for (let record = first; record < end; record++) {
      if (records.u32(record, field.queue) === 0) continue;
      this.index.add(mix32(records.f64(record, field.fence)), record);
    }
  }
}
