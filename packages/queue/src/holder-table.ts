import { type ByteReader, type ByteWriter, utf8Decode, utf8Encode } from "@quorate/prelude";
import { KeyIndex } from "./key-index.ts";
import { moveBlobOf } from "./moved-blob.ts";
import type { PageClaims } from "./page-claims.ts";
import type { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";
import type { Slabs } from "./slabs.ts";

const recordBytes = 64;

/** Byte offsets of a record's fields. */
const field = {
  key: 0,
  queue: 16,
  leases: 20,
  slab: 24,
  offset: 28,
  principalBytes: 32,
  workerBytes: 34,
};

/** Length of the worker's label when there is none: longer than any. */
const noWorker = 0xffff;

/** Who holds leases. */
export interface Holder {
  readonly principal: string;
  readonly worker: string | null;
}

/**
 * Who holds leases of a queue, each once: a lease names its holder by a number, and the last lease
 * takes the record with it.
 */
export class HolderTable {
  private readonly records: RecordTable;
  private readonly index: KeyIndex;
  private readonly slabs: Slabs;

  constructor(store: PageStore, slabs: Slabs) {
    this.records = new RecordTable(store, recordBytes);
    this.index = new KeyIndex(this.records, field);
    this.slabs = slabs;
  }

  /** The record of the holder, made if need be, with so many more leases. `key` is holderHash. */
  hold(queue: number, key: Uint8Array, holder: Holder, leases: number): number {
    const known = this.index.find(queue, key);
    const record = known === 0 ? this.add(queue, key, holder) : known;
    this.records.setU32(record, field.leases, this.records.u32(record, field.leases) + leases);
    return record;
  }

  /** One of the holder's leases has ended. */
  release(record: number): void {
    const { records } = this;
    const left = records.u32(record, field.leases) - 1;
    records.setU32(record, field.leases, left);
    if (left > 0) return;
    this.index.remove(record);
    this.slabs.free(records.u32(record, field.slab), this.blobBytes(record));
    records.free(record);
  }

  read(record: number): Holder {
    const principalBytes = this.records.u16(record, field.principalBytes);
    const worker = this.workerOf(record);
    return {
      principal: utf8Decode(this.blobOf(record).subarray(0, principalBytes)) ?? "",
      worker: worker === null ? null : (utf8Decode(worker) ?? ""),
    };
  }

  /** The label of the holder's worker in UTF-8, or null: a view. */
  workerOf(record: number): Uint8Array | null {
    const { records } = this;
    if (records.u16(record, field.workerBytes) === noWorker) return null;
    return this.blobOf(record).subarray(records.u16(record, field.principalBytes));
  }

  /** The highest record that was ever handed out. */
  get highest(): number {
    return this.records.highest;
  }

  /** The slab of a record's labels; 0 of none. */
  slabOf(record: number): number {
    return this.records.u32(record, field.slab);
  }

  /** Gives its labels another place; their length. */
  moveBlob(record: number): number {
    const { records, slabs } = this;
    return moveBlobOf(slabs, { records, record, length: this.blobBytes(record) }, field);
  }

  /** Everything but the pages' content. */
  write(writer: ByteWriter): void {
    this.records.write(writer);
  }

  /** Makes an empty table the one that was written. Throws DecodeError. */
  restore(reader: ByteReader, claims: PageClaims): void {
    this.records.restore(reader, claims, this.index);
  }

  private add(queue: number, key: Uint8Array, { principal, worker }: Holder): number {
    const { records } = this;
    const record = records.allocate();
    const principalBytes = utf8Encode(principal);
    const workerBytes = utf8Encode(worker ?? "");
    records.setBytes(record, field.key, key);
    records.setU32(record, field.queue, queue);
    records.setU16(record, field.principalBytes, principalBytes.length);
    records.setU16(record, field.workerBytes, worker === null ? noWorker : workerBytes.length);
    const { slab, offset } = this.slabs.append(principalBytes.length + workerBytes.length);
    const target = this.slabs.locate(slab, offset);
    target.bytes.set(principalBytes, target.start);
    target.bytes.set(workerBytes, target.start + principalBytes.length);
    records.setU32(record, field.slab, slab);
    records.setU32(record, field.offset, offset);
    this.index.add(record);
    return record;
  }

  private blobOf(record: number): Uint8Array {
    const { records } = this;
    return this.slabs.read(
      records.u32(record, field.slab),
      records.u32(record, field.offset),
      this.blobBytes(record),
    );
  }

  private blobBytes(record: number): number {
    const workerBytes = this.records.u16(record, field.workerBytes);
    const principalBytes = this.records.u16(record, field.principalBytes);
    return principalBytes + (workerBytes === noWorker ? 0 : workerBytes);
  }
}
