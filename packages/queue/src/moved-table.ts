import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { HashIndex, mix32 } from "./hash-index.ts";
import type { MessageKey } from "./ids.ts";
import type { PageClaims, PageOwner } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";

const recordBytes = 32;

/** Byte offsets of a record's fields; `message` is 0 of no record in use. */
const field = { index: 0, op: 8, message: 16, movedAt: 24 };

/**
 * The keys of messages that were redriven into another queue. There they have a seq, and beside it
 * the place in the log, of what moved them; what they are called stays.
 */
export class MovedTable implements PageOwner {
  private readonly records: RecordTable;
  private readonly byKey = new HashIndex();
  private readonly byMessage = new HashIndex();

  constructor(store: PageStore) {
    this.records = new RecordTable(store, recordBytes);
  }

  /** The message that is called so, or 0. */
  find(key: MessageKey): number {
    const record = this.byKey.find(hashOf(key), {
      matches: (each) => {
        const known = this.keyIn(each);
        return known.op === key.op && known.index === key.index;
      },
    });
    return record === 0 ? 0 : this.records.u32(record, field.message);
  }

  /** What the message is called, which must be here. */
  keyOf(message: number): MessageKey {
    return this.keyIn(this.recordOf(message));
  }

  /** When the message, which must be here, came into its queue, in microseconds. */
  movedAt(message: number): number {
    return this.records.f64(this.recordOf(message), field.movedAt);
  }

  /** Notes that a message that is here was moved once more. */
  touch(message: number, now: number): void {
    this.records.setF64(this.recordOf(message), field.movedAt, now);
  }

  /** Notes what a message is called that was not moved before. */
  add(message: number, key: MessageKey, now: number): void {
    const record = this.records.allocate();
    this.records.setU32(record, field.index, key.index);
    this.records.setF64(record, field.op, key.op);
    this.records.setU32(record, field.message, message);
    this.records.setF64(record, field.movedAt, now);
    this.index(record);
  }

  /** Forgets a message, which must be here. */
  remove(message: number): void {
    const record = this.recordOf(message);
    this.byKey.remove(hashOf(this.keyIn(record)), record);
    this.byMessage.remove(mix32(message), record);
    this.records.free(record);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    this.records.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.records.restore(reader, claims, this);
  }

  /** Finds the records again that lie in this page. */
  indexPage(position: number): void {
    const { first, end } = this.records.recordsIn(position);
    for (let record = first; record < end; record++) {
      if (this.records.u32(record, field.message) !== 0) this.index(record);
    }
  }

  private index(record: number): void {
    this.byKey.add(hashOf(this.keyIn(record)), record);
    this.byMessage.add(mix32(this.records.u32(record, field.message)), record);
  }

  private recordOf(message: number): number {
    return this.byMessage.find(mix32(message), {
      matches: (record) => this.records.u32(record, field.message) === message,
    });
  }

  private keyIn(record: number): MessageKey {
    const { records } = this;
    return { op: records.f64(record, field.op), index: records.u32(record, field.index) };
  }
}

function hashOf({ op, index }: MessageKey): number {
  return (mix32(op) ^ Math.imul(index, 0x9e37_79b1)) >>> 0;
}
