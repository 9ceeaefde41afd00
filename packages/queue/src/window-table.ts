import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { KeyIndex } from "./key-index.ts";
import type { PageClaims } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";

const recordBytes = 64;

/** Byte offsets of a record's fields. */
const field = { key: 0, fingerprint: 16, queue: 32, next: 36, at: 40, op: 48, seq: 54, index: 60 };

/** Records in the order in which they were accepted, oldest first. */
export interface WindowList {
  head: number;
  tail: number;
  count: number;
}

/** Writes the list; its records lie in the table's pages. */
export function writeWindowList(writer: ByteWriter, list: WindowList): void {
  writer.u32(list.head).u32(list.tail).u32(list.count);
}

/** An empty list. */
export function windowList(): WindowList {
  return { head: 0, tail: 0, count: 0 };
}

/** What a record remembers. */
export interface WindowEntry {
  readonly queue: number;
  /** 16 bytes, unique in the queue. */
  readonly key: Uint8Array;
  /** 16 bytes. */
  readonly fingerprint: Uint8Array;
  readonly acceptedAtMicros: number;
  /** Of a message: its op, seq and index (below 2^48, 2^48, 2^32). Of a batch: its runs' place. */
  readonly op: number;
  readonly seq: number;
  readonly index: number;
}

/**
 * Keys that were seen, with what came of them: 64 bytes a record and an index. Used for dedup ids
 * and for Idempotency-Keys; a list keeps the records of one window, oldest first.
 */
export class WindowTable {
  private readonly records: RecordTable;
  private readonly index: KeyIndex;

  constructor(store: PageStore) {
    this.records = new RecordTable(store, recordBytes);
    this.index = new KeyIndex(this.records, field);
  }

  get count(): number {
    return this.records.count;
  }

  /** The record of this key in this queue, or 0. */
  find(queue: number, key: Uint8Array): number {
    return this.index.find(queue, key);
  }

  /** Remembers a key that is not there. Whoever forgets it later holds it, in a list or alone. */
  add(entry: WindowEntry): number {
    const { records } = this;
    const record = records.allocate();
    records.setBytes(record, field.key, entry.key);
    records.setBytes(record, field.fingerprint, entry.fingerprint);
    records.setU32(record, field.queue, entry.queue);
    records.setF64(record, field.at, entry.acceptedAtMicros);
    records.setU48(record, field.op, entry.op);
    records.setU48(record, field.seq, entry.seq);
    records.setU32(record, field.index, entry.index);
    this.index.add(record);
    return record;
  }

  /** Makes the record the youngest of the list. */
  append(list: WindowList, record: number): void {
    if (list.tail === 0) list.head = record;
    else this.records.setU32(list.tail, field.next, record);
    list.tail = record;
    list.count += 1;
  }

  /** Forgets the oldest record of the list, which must have one. */
  removeOldest(list: WindowList): void {
    const record = list.head;
    list.head = this.records.u32(record, field.next);
    if (list.head === 0) list.tail = 0;
    list.count -= 1;
    this.remove(record);
  }

  /** Forgets a record that is in no list. */
  remove(record: number): void {
    this.index.remove(record);
    this.records.free(record);
  }

  /** The highest record that was ever handed out. */
  get highest(): number {
    return this.records.highest;
  }

  /** Notes another place of what the record remembers. */
  setPlace(record: number, op: number, seq: number): void {
    this.records.setU48(record, field.op, op);
    this.records.setU48(record, field.seq, seq);
  }

  hasFingerprint(record: number, fingerprint: Uint8Array): boolean {
    return this.records.hasBytes(record, field.fingerprint, fingerprint);
  }

  acceptedAtMicros(record: number): number {
    return this.records.f64(record, field.at);
  }

  op(record: number): number {
    return this.records.u48(record, field.op);
  }

  seq(record: number): number {
    return this.records.u48(record, field.seq);
  }

  indexInOp(record: number): number {
    return this.records.u32(record, field.index);
  }

  /** Everything but the pages' content and the lists. */
  write(writer: ByteWriter): void {
    this.records.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.records.restore(reader, claims, this.index);
  }

  /** Reads a list of this table, which is restored. Throws DecodeError. */
  readList(reader: ByteReader): WindowList {
    const head = this.records.readReference(reader);
    return { head, tail: this.records.readReference(reader), count: reader.u32() };
  }
}
