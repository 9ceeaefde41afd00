import { type ByteReader, type ByteWriter, DecodeError, present } from "@quorate/prelude";
import type { RecordTable } from "./record-table.ts";
import { SortedNumbers } from "./sorted-numbers.ts";
import { readRange } from "./wire.ts";

/** Length of the blocks from which sequence maps and bitsets are built, in bytes. */
export const blockBytes = 4_096;
const entriesPerBlock = blockBytes / 4;

interface Block {
  readonly record: number;
  used: number;
}

/**
 * From a growing sequence number to a record: blocks of 1,024 u32 columns, dropped when empty. The
 * order among blocks is derived from their keys, and no part of the state.
 */
export class SeqMap {
  private readonly table: RecordTable;
  private readonly blocks = new Map<number, Block>();
  private readonly keys = new SortedNumbers();

  /** `table` holds records of blockBytes. */
  constructor(table: RecordTable) {
    this.table = table;
  }

  /** The record of the number, or 0. */
  get(seq: number): number {
    const block = this.blocks.get(Math.floor(seq / entriesPerBlock));
    return block === undefined ? 0 : this.table.u32(block.record, 4 * (seq % entriesPerBlock));
  }

  /** Adds a number, which must not be there. */
  set(seq: number, record: number): void {
    const key = Math.floor(seq / entriesPerBlock);
    let block = this.blocks.get(key);
    if (block === undefined) {
      block = { record: this.table.allocate(), used: 0 };
      this.blocks.set(key, block);
      this.keys.add(key);
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
    this.keys.delete(key);
  }

  /** The lowest number that is not below `least`, or -1. Looks at 2,048 columns at most. */
  from(least: number): number {
    const key = this.keys.from(Math.floor(least / entriesPerBlock));
    if (key < 0) return -1;
    const found = this.firstIn(key, Math.max(0, least - key * entriesPerBlock));
    if (found >= 0) return found;
    const next = this.keys.from(key + 1);
    return next < 0 ? -1 : this.firstIn(next, 0);
  }

  /**
   * The lowest number whose record is not `before` what is sought, or -1; records are in the order
   * of their numbers. Halves the blocks, then the columns of one.
   */
  search(before: (record: number) => boolean): number {
    const key = this.keys.lastWhere((each) => before(this.get(this.firstIn(each, 0))));
    if (key < 0) return this.from(0);
    let found = -1;
    let low = 0;
    for (let high = entriesPerBlock; low < high;) {
      const middle = (low + high) >>> 1;
      const number = this.firstIn(key, middle, high);
      if (number >= 0 && before(this.get(number))) {
        low = number - key * entriesPerBlock + 1;
      } else {
        if (number >= 0) found = number;
        high = middle;
      }
    }
    return found >= 0 ? found : this.from((key + 1) * entriesPerBlock);
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
      this.keys.add(key);
    }
  }

  // The lowest number of a block whose column is `from` or later, but before `end`; or -1.
  private firstIn(key: number, from: number, end: number = entriesPerBlock): number {
    const { record } = present(this.blocks.get(key), "block exists");
    for (let column = from; column < end; column++) {
      if (this.table.u32(record, 4 * column) !== 0) return key * entriesPerBlock + column;
    }
    return -1;
  }
}
