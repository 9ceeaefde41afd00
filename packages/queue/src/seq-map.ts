import { present } from "@quorate/prelude";
import type { RecordTable } from "./record-table.ts";

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

  /** What the digest says of the map beside its blocks. */
  summary(): readonly number[] {
    return [...this.blocks].flatMap(([key, block]) => [key, block.record, block.used]);
  }
}
