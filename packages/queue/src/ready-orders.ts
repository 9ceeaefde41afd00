import { type ByteReader, type ByteWriter, DecodeError, present } from "@quorate/prelude";
import { holdsMax } from "./group-record.ts";
import { priorityMax } from "./limits.ts";
import type { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { readRange } from "./wire.ts";

/** Ready messages that the same things hold up. */
interface ReadyOrder {
  /** All of them. */
  ready: number;
  /** Those that would be the next to be delivered, were nothing in their way: bits in `order`. */
  candidates: number;
  /** By priority. */
  readonly order: readonly SeqBitset[];
}

/**
 * The ready messages of a queue by what holds their groups up (bits of `hold`; 0 is nothing). Each
 * group has one candidate here, whatever holds it up: so that a purge, which takes away what held
 * millions of groups up, has nothing to do but to unite a few sets.
 */
export class ReadyOrders {
  private readonly blocks: RecordTable;
  private readonly byHolds: (ReadyOrder | undefined)[] = [];

  /** `blocks` holds records of blockBytes. */
  constructor(blocks: RecordTable) {
    this.blocks = blocks;
  }

  /** Messages that nothing holds up. */
  get ready(): number {
    return this.byHolds[0]?.ready ?? 0;
  }

  /** The same and all others, which are added up. */
  get total(): number {
    return this.byHolds.reduce((sum, each) => sum + (each?.ready ?? 0), 0);
  }

  /** Messages that can be delivered next. */
  get candidates(): number {
    return this.byHolds[0]?.candidates ?? 0;
  }

  /** Seq of the message to deliver next, or -1: highest priority, then lowest seq. */
  first(): number {
    const order = this.byHolds[0]?.order ?? [];
    for (let priority = order.length - 1; priority >= 0; priority--) {
      const seq = present(order[priority]).lowest();
      if (seq >= 0) return seq;
    }
    return -1;
  }

  /** Seqs of the messages that could be delivered next, of each priority the `countMax` lowest. */
  lowest(countMax: number): readonly number[] {
    return (this.byHolds[0]?.order ?? []).flatMap((bits) => bits.lowestOf(countMax));
  }

  /** So many messages more or less are ready. */
  count(holds: number, step: number): void {
    this.ofHolds(holds).ready += step;
  }

  /** Adds a candidate, which must not be there. */
  add(holds: number, priority: number, seq: number): void {
    const entry = this.ofHolds(holds);
    present(entry.order[priority]).add(seq);
    entry.candidates += 1;
  }

  /** Removes a candidate, which must be there. */
  remove(holds: number, priority: number, seq: number): void {
    const entry = this.ofHolds(holds);
    present(entry.order[priority]).delete(seq);
    entry.candidates -= 1;
  }

  /** These things hold nobody up any more. */
  release(holds: number): void {
    this.byHolds.forEach((entry, held) => {
      if (entry === undefined || (held & holds) === 0) return;
      this.byHolds[held] = undefined;
      const target = this.ofHolds(held & ~holds);
      target.ready += entry.ready;
      target.candidates += entry.candidates;
      entry.order.forEach((bits, priority) => present(target.order[priority]).absorb(bits));
    });
  }

  /** Nothing is ready any more. */
  clear(): void {
    for (const entry of this.byHolds) entry?.order.forEach((bits) => bits.clear());
    this.byHolds.length = 0;
  }

  /** Everything but the blocks' content. */
  write(writer: ByteWriter): void {
    const used = [...this.byHolds.entries()].filter(([, entry]) => (entry?.ready ?? 0) > 0);
    writer.u8(used.length);
    for (const [holds, entry] of used) {
      const { ready, candidates, order } = present(entry);
      writer.u8(holds).u32(ready).u32(candidates);
      for (const bits of order) bits.write(writer);
    }
  }

  /** Makes empty orders those that were written; `blocks` is restored. Throws DecodeError. */
  restore(reader: ByteReader): void {
    const count = readRange(reader.u8(), 0, holdsMax + 1);
    for (let index = 0; index < count; index++) {
      const holds = readRange(reader.u8(), 0, holdsMax);
      if (this.byHolds[holds] !== undefined) throw new DecodeError("an order twice");
      const entry = this.ofHolds(holds);
      entry.ready = reader.u32();
      entry.candidates = reader.u32();
      for (const bits of entry.order) bits.restore(reader);
    }
  }

  private ofHolds(holds: number): ReadyOrder {
    const known = this.byHolds[holds];
    if (known !== undefined) return known;
    const order = Array.from({ length: priorityMax + 1 }, () => new SeqBitset(this.blocks));
    const entry = { ready: 0, candidates: 0, order };
    this.byHolds[holds] = entry;
    return entry;
  }
}
