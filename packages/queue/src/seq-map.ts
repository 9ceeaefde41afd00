import { type ByteReader, type ByteWriter, DecodeError, present } from "@quorate/prelude";
import type { RecordTable } from "./record-table.ts";
import { readRange } from "./wire.ts";

/** Length of the blocks from which sequence maps and bitsets are built, in bytes. */
export const blockBytes = 4_096;
const entriesPerBlock = blockBytes / 4;

interface Block {
  readonly record: number;
  used: number;
}

/**
 * From a growing sequence number to a record: blocks of 1,024 u32 columns, dropped when empty.
 *
 * Numbers come in ascending order and never come back, so blocks are made in ascending order and the
 * map's own order is that of the numbers.
 */
export class SeqMap {
  private readonly table: RecordTable;
  private readonly blocks = new Map<number, Block>();

  /** `table` holds records of blockBytes. */
  constructor(table: RecordTable) {
    this.table = table;
  }

  /** The record of the number, or 0. */
  get(seq: number): number {
    const block = this.blocks.get(Math.floor(seq / entriesPerBlock));
    return block === undefined ? 0 : this.table.u32(block.record, 4 * (seq % entriesPerBlock));
  }

  /** Adds a number above all that were ever added. */
  set(seq: number, record: number): void {
    const key = Math.floor(seq / entriesPerBlock);
    let block = this.blocks.get(key);
    if (block === undefined) {
      block = { record: this.table.allocate(), used: 0 };
      this.blocks.set(key, block);
    }
    block.used += 1;
    this.table.setU32(block.record, 4 * (seq % entriesPerBlock), record);
  }

  /** Removes a number, which must be there. */
  delete(seq: number): void {
    const key = Math.floor(seq / entriesPerBlock);
    const block = present(this.blocks.get(key), "number is in the map");
    this.table.setU32(block.record, 4 * (seq % entriesPerBlock), 0);
    block.used -= 1;
    if (block.used > 0) return;
    this.table.free(block.record);
    this.blocks.delete(key);
  }

  /** Everything but the blocks' content. */
  write(writer: ByteWriter): void {
    writer.u32(this.blocks.size);
    for (const [key, block] of this.blocks) writer.u64(key).u32(block.record).u16(block.used);
  }

  /** Makes an empty map the one that was written; its table is restored. Throws DecodeError. */
  restore(reader: ByteReader): void {
    const count = reader.u32();
    for (let index = 0; index < count; index++) {
      const key = reader.u64();
      if (this.blocks.has(key)) throw new DecodeError("a block that is there already");
      const record = this.table.readReference(reader);
      this.blocks.set(key, { record, used: readRange(reader.u16(), 1, entriesPerBlock) });
    }
  }
}
