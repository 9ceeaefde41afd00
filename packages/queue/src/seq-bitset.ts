import { assert, type ByteReader, type ByteWriter, DecodeError, present } from "@quorate/prelude";
import type { RecordTable } from "./record-table.ts";
import { SortedNumbers } from "./sorted-numbers.ts";

const bitsPerBlock = 16_384;
const middle = bitsPerBlock / 8;
const top = middle + bitsPerBlock / 32 / 8;
/** Bytes of a block that are used: the bits and both summaries. */
const usedBytes = top + 4;

/**
 * A set of sequence numbers that knows its lowest: blocks of 16,384 bits with two levels of summary
 * above them, about one bit a number. To put a number back in its place is one bit.
 *
 * The order among blocks is derived from their keys, and no part of the state.
 */
export class SeqBitset {
  private readonly table: RecordTable;
  private readonly blocks = new Map<number, number>();
  private readonly keys = new SortedNumbers();

  /** `table` holds records of blockBytes. */
  constructor(table: RecordTable) {
    this.table = table;
  }

  /** Adds a number, which must not be there. */
  add(seq: number): void {
    const key = Math.floor(seq / bitsPerBlock);
    let block = this.blocks.get(key);
    if (block === undefined) {
      block = this.table.allocate();
      this.addBlock(key, block);
    }
    const bit = seq % bitsPerBlock;
    // A word that was not empty is in the summaries already.
    if (this.setBit(block, 0, bit) !== 0) return;
    if (this.setBit(block, middle, bit >>> 5) !== 0) return;
    this.setBit(block, top, bit >>> 10);
  }

  /** Whether the number is there. */
  has(seq: number): boolean {
    const block = this.blocks.get(Math.floor(seq / bitsPerBlock));
    if (block === undefined) return false;
    const bit = seq % bitsPerBlock;
    return ((this.table.u32(block, 4 * (bit >>> 5)) >>> (bit & 31)) & 1) === 1;
  }

  /** Removes a number, which must be there. */
  delete(seq: number): void {
    const key = Math.floor(seq / bitsPerBlock);
    const block = present(this.blocks.get(key), "number is in the set");
    const bit = seq % bitsPerBlock;
    if (this.clearBit(block, 0, bit) !== 0) return;
    if (this.clearBit(block, middle, bit >>> 5) !== 0) return;
    if (this.clearBit(block, top, bit >>> 10) !== 0) return;
    this.table.free(this.removeBlock(key));
  }

  /** The lowest number, or -1. */
  lowest(): number {
    const key = this.keys.first;
    return key < 0 ? -1 : this.firstFrom(key, 0);
  }

  /** The lowest number that is not below `least`, or -1. */
  from(least: number): number {
    const key = this.keys.from(Math.floor(least / bitsPerBlock));
    if (key < 0) return -1;
    const found = this.firstFrom(key, Math.max(0, least - key * bitsPerBlock));
    if (found >= 0) return found;
    const next = this.keys.from(key + 1);
    return next < 0 ? -1 : this.firstFrom(next, 0);
  }

  /** The lowest numbers, at most `countMax`, within the first block. */
  lowestOf(countMax: number): readonly number[] {
    const seqs: number[] = [];
    const key = this.keys.first;
    if (key < 0) return seqs;
    let seq = this.firstFrom(key, 0);
    while (seq >= 0 && seqs.length < countMax) {
      seqs.push(seq);
      seq = this.firstFrom(key, (seq % bitsPerBlock) + 1);
    }
    return seqs;
  }

  /** How many numbers there are from `first` up to before `end`: microseconds for each block. */
  countIn(first: number, end: number): number {
    let count = 0;
    let key = this.keys.from(Math.floor(first / bitsPerBlock));
    while (key >= 0 && key * bitsPerBlock < end) {
      const start = key * bitsPerBlock;
      const block = present(this.blocks.get(key), "block exists");
      const to = Math.min(bitsPerBlock, end - start);
      count += this.countBits(block, Math.max(0, first - start), to);
      key = this.keys.from(key + 1);
    }
    return count;
  }

  /**
   * Takes over all numbers of another set of the same table, which has none of those that are here
   * and is empty afterwards. A few microseconds for each block that both have.
   */
  absorb(other: SeqBitset): void {
    for (let key = other.keys.first; key >= 0; key = other.keys.first) {
      const block = other.removeBlock(key);
      const own = this.blocks.get(key);
      if (own === undefined) {
        this.addBlock(key, block);
        continue;
      }
      for (let at = 0; at < usedBytes; at += 4) {
        const word = this.table.u32(block, at);
        if (word !== 0) this.table.setU32(own, at, (this.table.u32(own, at) | word) >>> 0);
      }
      this.table.free(block);
    }
  }

  /** Removes all numbers, as fast as blocks are freed. */
  clear(): void {
    for (let key = this.keys.first; key >= 0; key = this.keys.first) {
      this.table.free(this.removeBlock(key));
    }
  }

  /** Everything but the blocks' content, whatever the order in which they were made. */
  write(writer: ByteWriter): void {
    writer.u32(this.blocks.size);
    const ascending = [...this.blocks].toSorted(([left], [right]) => left - right);
    for (const [key, block] of ascending) writer.u64(key).u32(block);
  }

  /** Makes an empty set the one that was written; its table is restored. Throws DecodeError. */
  restore(reader: ByteReader): void {
    const count = reader.u32();
    for (let index = 0; index < count; index++) {
      const key = reader.u64();
      if (this.blocks.has(key)) throw new DecodeError("a block that is there already");
      this.addBlock(key, this.table.readReference(reader));
    }
  }

  private addBlock(key: number, block: number): void {
    this.blocks.set(key, block);
    this.keys.add(key);
  }

  private removeBlock(key: number): number {
    const block = present(this.blocks.get(key), "block exists");
    this.blocks.delete(key);
    this.keys.delete(key);
    return block;
  }

  // The lowest number of a block whose bit is `from` or higher, or -1.
  private firstFrom(key: number, from: number): number {
    if (from >= bitsPerBlock) return -1;
    const block = present(this.blocks.get(key), "block exists");
    const word = from >>> 5;
    const here = this.bitsFrom(block, 0, word, from & 31);
    if (here !== 0) return key * bitsPerBlock + 32 * word + lowestBit(here);
    const next = this.wordFrom(block, word + 1);
    if (next < 0) return -1;
    return key * bitsPerBlock + 32 * next + lowestBit(this.bitsFrom(block, 0, next, 0));
  }

  // The first word at or after `from` that is not zero, found through the two summaries.
  private wordFrom(block: number, from: number): number {
    if (from >= bitsPerBlock / 32) return -1;
    const group = from >>> 5;
    const here = this.bitsFrom(block, middle, group, from & 31);
    if (here !== 0) return 32 * group + lowestBit(here);
    const later = this.bitsFrom(block, top, 0, group + 1);
    if (later === 0) return -1;
    const next = lowestBit(later);
    return 32 * next + lowestBit(this.bitsFrom(block, middle, next, 0));
  }

  // The bits that are set from the first one up to before the end.
  private countBits(block: number, first: number, end: number): number {
    let count = 0;
    for (let word = first >>> 5; 32 * word < end; word++) {
      let bits = this.bitsFrom(block, 0, word, Math.max(0, first - 32 * word));
      if (end - 32 * word < 32) bits &= ~(-1 << (end - 32 * word));
      count += bitsSetIn(bits);
    }
    return count;
  }

  private bitsFrom(block: number, level: number, word: number, bit: number): number {
    return this.table.u32(block, level + 4 * word) & (-1 << bit);
  }

  // The word as it was before.
  private setBit(block: number, level: number, bit: number): number {
    const at = level + 4 * (bit >>> 5);
    const word = this.table.u32(block, at);
    this.table.setU32(block, at, (word | (1 << (bit & 31))) >>> 0);
    return word;
  }

  private clearBit(block: number, level: number, bit: number): number {
    const at = level + 4 * (bit >>> 5);
    const word = this.table.u32(block, at);
    assert(((word >>> (bit & 31)) & 1) === 1, "bit is set");
    const cleared = (word & ~(1 << (bit & 31))) >>> 0;
    this.table.setU32(block, at, cleared);
    return cleared;
  }
}

// Sums of two, four, then eight bits side by side, and of the four bytes by one multiplication.
function bitsSetIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const quads = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
