import { assert, present } from "@quorate/prelude";

/** Says whether a record has the key that is looked for. */
export interface KeyMatch {
  matches(record: number): boolean;
}

const partitionBits = 12;
const entriesMin = 8;
const emptyRecord = 0;

/**
 * Finds records by key: open addressing in 4,096 partitions that double one by one, so that no
 * single insert pauses for a large table. An entry is the key's 32-bit hash and the record (8 bytes
 * at a load of 3/8 to 3/4).
 *
 * Derived from the records: no part of the state, and built anew when one is loaded. The same keys
 * are found whatever its layout.
 */
export class HashIndex {
  private readonly partitions: (Uint32Array | undefined)[] = [];
  private readonly counts = new Uint32Array(2 ** partitionBits);
  private total = 0;

  get count(): number {
    return this.total;
  }

  /** The record with this hash that matches, or 0. */
  find(hash: number, key: KeyMatch): number {
    const partition = this.partitions[hash >>> (32 - partitionBits)];
    if (partition === undefined) return emptyRecord;
    const mask = partition.length / 2 - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const record = partition[2 * at + 1] ?? emptyRecord;
      if (record === emptyRecord) return emptyRecord;
      if (partition[2 * at] === hash && key.matches(record)) return record;
    }
  }

  /** Adds a record, which must not be there. */
  add(hash: number, record: number): void {
    const number = hash >>> (32 - partitionBits);
    const count = (this.counts[number] ?? 0) + 1;
    let partition = this.partitions[number];
    if (partition === undefined || count > (partition.length / 2) * 0.75) {
      partition = grown(partition);
      this.partitions[number] = partition;
    }
    place(partition, hash, record);
    this.counts[number] = count;
    this.total += 1;
  }

  /** Removes a record, which must be there. */
  remove(hash: number, record: number): void {
    const number = hash >>> (32 - partitionBits);
    const partition = present(this.partitions[number], "record is indexed");
    const mask = partition.length / 2 - 1;
    let hole = hash & mask;
    while (partition[2 * hole + 1] !== record) {
      assert(partition[2 * hole + 1] !== emptyRecord, "record is indexed");
      hole = (hole + 1) & mask;
    }
    closeHole(partition, mask, hole);
    const count = (this.counts[number] ?? 0) - 1;
    this.counts[number] = count;
    if (count === 0) this.partitions[number] = undefined;
    this.total -= 1;
  }
}

function place(partition: Uint32Array, hash: number, record: number): void {
  const mask = partition.length / 2 - 1;
  let at = hash & mask;
  while (partition[2 * at + 1] !== emptyRecord) at = (at + 1) & mask;
  partition[2 * at] = hash;
  partition[2 * at + 1] = record;
}

function grown(partition: Uint32Array | undefined): Uint32Array {
  if (partition === undefined) return new Uint32Array(2 * entriesMin);
  const larger = new Uint32Array(partition.length * 2);
  for (let at = 0; at < partition.length; at += 2) {
    const record = partition[at + 1] ?? emptyRecord;
    if (record !== emptyRecord) place(larger, partition[at] ?? 0, record);
  }
  return larger;
}

// Backward shift (Knuth, vol. 3, 6.4, algorithm R): an entry moves into the hole unless its home
// lies after the hole; so there are no tombstones.
function closeHole(partition: Uint32Array, mask: number, start: number): void {
  let hole = start;
  for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
    const record = partition[2 * at + 1] ?? emptyRecord;
    if (record === emptyRecord) break;
    const hash = partition[2 * at] ?? 0;
    const home = hash & mask;
    const isHomeAfterHole = ((at - home) & mask) < ((at - hole) & mask);
    if (isHomeAfterHole) continue;
    partition[2 * hole] = hash;
    partition[2 * hole + 1] = record;
    hole = at;
  }
  partition[2 * hole] = 0;
  partition[2 * hole + 1] = emptyRecord;
}

/** A 32-bit hash of a number, every bit of which counts (the finalizer of MurmurHash3). */
export function mix32(value: number): number {
  let mixed = (value ^ Math.floor(value / 0x1_0000_0000)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
