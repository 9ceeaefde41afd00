import { Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import { CallTable } from "./call-table.ts";
import { HashIndex, mix32 } from "./hash-index.ts";
import { messageField, messageRecordBytes } from "./message-record.ts";
import { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";
import { SeqBitset } from "./seq-bitset.ts";
import { blockBytes, SeqMap } from "./seq-map.ts";
import { SortedNumbers } from "./sorted-numbers.ts";
import { slabBytesDefault, Slabs } from "./slabs.ts";
import { sha256 } from "@quorate/prelude/testing";
import { TimerHeap } from "./timer-heap.ts";

test("a record is zeros when allocated, and freed records are reused last freed first", () => {
  const table = new RecordTable(new PageStore(), 64);
  const records = Array.from({ length: 2_000 }, () => table.allocate());
  expect(new Set(records).size).toBe(2_000);
  for (const record of records) table.setF64(record, 8, record);
  table.free(7);
  table.free(1_500);
  expect(table.allocate()).toBe(1_500);
  expect([table.u32(1_500, 0), table.f64(1_500, 8)]).toEqual([0, 0]);
  expect(table.allocate()).toBe(7);
  expect(table.f64(8, 8)).toBe(8);
  expect(table.count).toBe(2_000);
});

test("a u48 holds what fits 48 bits", () => {
  const table = new RecordTable(new PageStore(), 64);
  const record = table.allocate();
  for (const value of [0, 1, 0xffff_ffff, 0x1_0000_0000, 2 ** 48 - 1]) {
    table.setU48(record, 8, value);
    expect(table.u48(record, 8)).toBe(value);
  }
});

test("the index finds what a map finds, through growth, collisions and removals", () => {
  const prng = new Prng(7);
  const index = new HashIndex();
  const records = new Map<number, number>();
  // Few hashes in few partitions: chains of entries that belong together and to their neighbours.
  const hashOf = (key: number): number => (mix32(key % 3) & 0xfff0_0000) + (key % 37);
  for (let step = 0; step < 20_000; step++) {
    const key = prng.below(400);
    const known = records.get(key) ?? 0;
    expect(index.find(hashOf(key), { matches: (record) => record === key + 1 })).toBe(known);
    if (known === 0) {
      index.add(hashOf(key), key + 1);
      records.set(key, key + 1);
    } else if (prng.chance(0.7)) {
      index.remove(hashOf(key), known);
      records.delete(key);
    }
  }
  expect(index.count).toBe(records.size);
});

test("the bitset knows its lowest numbers as a sorted list does, and gives its blocks back", () => {
  const prng = new Prng(11);
  const blocks = new RecordTable(new PageStore(), blockBytes);
  const bits = new SeqBitset(blocks);
  const seqs = new Set<number>();
  for (let step = 0; step < 20_000; step++) {
    const seq = prng.chance(0.5) ? prng.below(300) : prng.below(200_000);
    if (seqs.delete(seq)) bits.delete(seq);
    else {
      seqs.add(seq);
      bits.add(seq);
    }
    if (step % 50 > 0) continue;
    const sorted = [...seqs].toSorted((left, right) => left - right);
    const lowest = sorted[0] ?? -1;
    expect(bits.lowest()).toBe(lowest);
    const inBlock = sorted.filter((s) => Math.floor(s / 16_384) === Math.floor(lowest / 16_384));
    expect(bits.lowestOf(5)).toEqual(inBlock.slice(0, 5));
    const least = prng.below(210_000);
    expect(bits.from(least)).toBe(sorted.find((each) => each >= least) ?? -1);
    const end = prng.below(210_000);
    const inside = sorted.filter((each) => each >= least && each < end);
    expect(bits.countIn(least, end)).toBe(inside.length);
  }
  for (const seq of seqs) bits.delete(seq);
  expect(bits.lowest()).toBe(-1);
  expect(blocks.count).toBe(0);
});

test("a bitset that takes another one over has the numbers of both, and frees what it does not need", () => {
  const prng = new Prng(17);
  const blocks = new RecordTable(new PageStore(), blockBytes);
  const [bits, other] = [new SeqBitset(blocks), new SeqBitset(blocks)];
  const seqs = new Set<number>();
  for (let step = 0; step < 3_000; step++) {
    const seq = prng.chance(0.9) ? prng.below(40_000) : prng.below(400_000);
    if (seqs.has(seq)) continue;
    seqs.add(seq);
    (prng.chance(0.5) ? bits : other).add(seq);
  }
  bits.absorb(other);
  expect(other.lowest()).toBe(-1);
  const found: number[] = [];
  for (let seq = bits.lowest(); seq >= 0; seq = bits.from(seq + 1)) found.push(seq);
  expect(found).toEqual([...seqs].toSorted((left, right) => left - right));
  expect(blocks.count).toBe(new Set(found.map((seq) => Math.floor(seq / 16_384))).size);
  bits.clear();
  expect([bits.lowest(), blocks.count]).toEqual([-1, 0]);
});

test("the sequence map forgets a block with its last number", () => {
  const blocks = new RecordTable(new PageStore(), blockBytes);
  const map = new SeqMap(blocks);
  for (let seq = 1; seq <= 3_000; seq++) map.set(seq, seq * 2);
  expect([map.get(1), map.get(1_024), map.get(3_000), map.get(3_001)]).toEqual([
    2, 2_048, 6_000, 0,
  ]);
  for (let seq = 1; seq <= 2_999; seq++) map.delete(seq);
  expect(blocks.count).toBe(1);
  expect(map.get(3_000)).toBe(6_000);
});

test("the sequence map finds what follows a number, and what is in the order of the numbers", () => {
  const prng = new Prng(5);
  const map = new SeqMap(new RecordTable(new PageStore(), blockBytes));
  const known = new Set<number>();
  for (let step = 0; step < 3_000; step++) {
    const seq = prng.chance(0.5) ? prng.between(1, 3_000) : prng.between(1, 3_000_000);
    if (known.delete(seq)) map.delete(seq);
    else {
      known.add(seq);
      map.set(seq, seq * 2);
    }
    if (step % 25 > 0) continue;
    const sorted = [...known].toSorted((left, right) => left - right);
    const least = prng.chance(0.5) ? prng.below(3_100) : prng.below(3_100_000);
    const next = sorted.find((each) => each >= least) ?? -1;
    expect(map.from(least)).toBe(next);
    let looked = 0;
    const isBefore = (record: number): boolean => {
      looked += 1;
      return record < least * 2;
    };
    expect(map.search(isBefore)).toBe(next);
    expect(looked).toBeLessThan(32);
  }
});

test("numbers in chunks are found as in a sorted list, through parted and emptied chunks", () => {
  const prng = new Prng(13);
  const numbers = new SortedNumbers();
  const known = new Set<number>();
  for (let step = 0; step < 12_000; step++) {
    const number = prng.below(4_000);
    if (known.has(number) ? prng.chance(step < 6_000 ? 0.2 : 0.9) : false) {
      known.delete(number);
      numbers.delete(number);
    } else if (!known.has(number)) {
      known.add(number);
      numbers.add(number);
    }
    if (step % 100 > 0) continue;
    const sorted = [...known].toSorted((left, right) => left - right);
    const bound = prng.below(4_100);
    expect(numbers.first).toBe(sorted[0] ?? -1);
    expect(numbers.from(bound)).toBe(sorted.find((each) => each >= bound) ?? -1);
    expect(numbers.lastWhere((each) => each < bound)).toBe(
      sorted.findLast((each) => each < bound) ?? -1,
    );
  }
});

test("timers come in the order deadline, seq, queue, whatever was moved or removed", () => {
  const prng = new Prng(3);
  const store = new PageStore();
  const messages = new RecordTable(store, messageRecordBytes);
  const heap = new TimerHeap(store, messages);
  const waiting = new Set<number>();
  for (let step = 0; step < 40_000; step++) {
    const message = messages.allocate();
    messages.setF64(message, messageField.deadline, prng.below(50));
    messages.setF64(message, messageField.seq, prng.below(4_000));
    messages.setU32(message, messageField.queue, message);
    heap.add(message);
    waiting.add(message);
    const other = prng.chance(0.3) ? message : prng.between(1, message);
    if (!waiting.has(other)) continue;
    if (prng.chance(0.5)) {
      messages.setF64(other, messageField.deadline, prng.below(50));
      heap.move(other);
    } else {
      heap.remove(other);
      waiting.delete(other);
    }
  }
  expect(heap.count).toBe(waiting.size);
  let before = 0;
  while (heap.count > 0) {
    const first = heap.first();
    if (before !== 0) expect(heap.isBefore(before, first)).toBe(true);
    before = first;
    heap.remove(first);
    waiting.delete(first);
  }
  expect(waiting.size).toBe(0);
});

test("a slab is dropped when nothing in it lives and it is full", () => {
  const slabs = new Slabs(slabBytesDefault);
  const size = 1024 * 1024;
  const places = Array.from({ length: 9 }, () => slabs.append(size));
  expect(new Set(places.map(({ slab }) => slab)).size).toBe(3);
  expect(slabs.bytesHeld).toBe(12 * size);
  for (const { slab } of places) slabs.free(slab, size);
  expect(slabs.bytesHeld).toBe(4 * size);
  expect(slabs.append(size).slab).toBe(places[8]?.slab);
});

test("a full table of calls gives up the oldest whose leases have all ended, and no other", () => {
  const store = new PageStore();
  const calls = new CallTable(store, new RecordTable(store, blockBytes));
  const keyOf = (number: number): Uint8Array => sha256(new Uint8Array([number])).slice(0, 16);
  const add = (number: number): number =>
    calls.add({
      queue: 1,
      key: keyOf(number),
      max: 2,
      leaseMs: 0,
      isPop: false,
      atMicros: number,
      count: 2,
      firstFence: number * 2,
      firstPopped: 0,
    });
  const records = [1, 2, 3, 4].map(add);
  expect(calls.evict()).toBe(false);
  const end = (number: number): void => {
    for (const fence of [number * 2, number * 2 + 1]) {
      calls.leaseEnded(records[number - 1] ?? 0, fence);
    }
  };
  end(4);
  end(2);
  calls.leaseEnded(records[0] ?? 0, 2);
  expect([calls.evict(), calls.find(1, keyOf(2))]).toEqual([true, 0]);
  expect([calls.evict(), calls.find(1, keyOf(4))]).toEqual([true, 0]);
  expect(calls.evict()).toBe(false);
  // A lease of a forgotten call ends without effect on the call that has its record by now.
  expect(add(5)).toBe(records[3]);
  end(4);
  expect([calls.evict(), calls.count]).toEqual([false, 3]);
});
