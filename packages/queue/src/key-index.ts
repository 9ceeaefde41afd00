import { HashIndex, type KeyMatch, mix32 } from "./hash-index.ts";
import type { PageOwner } from "./page-claims.ts";
import type { RecordTable } from "./record-table.ts";

/** Byte offsets of what a record is found by. */
export interface KeyFields {
  /** 16 bytes that are themselves a digest, unique in the queue. */
  readonly key: number;
  /** u32: the queue's incarnation. Not in the first four bytes, and 0 of no record in use. */
  readonly queue: number;
}

/** Finds the records of a table by queue and key. */
export class KeyIndex implements KeyMatch, PageOwner {
  private readonly records: RecordTable;
  private readonly fields: KeyFields;
  private readonly index = new HashIndex();
  private soughtQueue = 0;
  private soughtKey: Uint8Array = new Uint8Array(0);

  constructor(records: RecordTable, fields: KeyFields) {
    this.records = records;
    this.fields = fields;
  }

  /** The record of this key in this queue, or 0. */
  find(queue: number, key: Uint8Array): number {
    this.soughtQueue = queue;
    this.soughtKey = key;
    const [a = 0, b = 0, c = 0, d = 0] = key;
    return this.index.find(keyHash(a | (b << 8) | (c << 16) | (d << 24), queue), this);
  }

  matches(record: number): boolean {
    const { records, fields } = this;
    return (
      records.u32(record, fields.queue) === this.soughtQueue &&
      records.hasBytes(record, fields.key, this.soughtKey)
    );
  }

  /** Adds a record whose fields are set and whose key is not there. */
  add(record: number): void {
    this.index.add(this.hashOf(record), record);
  }

  /** Removes a record, which must be there. */
  remove(record: number): void {
    this.index.remove(this.hashOf(record), record);
  }

  /** Adds the records in use of a page that was loaded. */
  indexPage(position: number): void {
    const { first, end } = this.records.recordsIn(position);
    for (let record = first; record < end; record++) {
      if (this.records.u32(record, this.fields.queue) !== 0) this.add(record);
    }
  }

  private hashOf(record: number): number {
    const { records, fields } = this;
    return keyHash(records.u32(record, fields.key), records.u32(record, fields.queue));
  }
}

function keyHash(word: number, queue: number): number {
  return (word ^ mix32(queue)) >>> 0;
}
