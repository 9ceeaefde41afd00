import { describe, expect, it } from "vitest";
import { present } from "@quorate/prelude";
import { encodeEntryHeader, type Entry } from "@quorate/protocol";
import { frameAt, frameBytes, sectorBytes } from "./layout.ts";
import { chainOf, headOf, MemoryDisk, superblockOf } from "./memory-disk.ts";

function startedDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.writeSuperblock(superblockOf(headOf(undefined), 1));
  return disk;
}

/** Flips a bit at `byte` of the record that holds the entry. */
function flip(disk: MemoryDisk, entry: Entry, byte: number): void {
  const { segment, offset, length } = disk.batchOf(entry);
  const bytes = present(disk.segments.get(segment));
  const header = encodeEntryHeader(entry.header);
  for (let at = offset; at < offset + length; at += 64) {
    const found = bytes.subarray(at + frameAt.header, at + frameAt.header + header.length);
    if (!found.every((value, index) => value === header[index])) continue;
    bytes[at + byte] = (bytes[at + byte] ?? 0) ^ 16;
    return;
  }
  throw new Error("the entry has a record in its batch");
}

function ops(entries: readonly { readonly header: Entry["header"] }[]): number[] {
  return entries.map(({ header }) => header.op);
}

const inFrame = frameAt.sequence;
const inBody = frameBytes + 1;

describe("L5", () => {
  for (const [part, byte] of [
    ["frame", inFrame],
    ["body", inBody],
  ] as const) {
    it(`an entry of the last batch that nothing names is absent when its ${part} is harmed`, () => {
      const disk = startedDisk();
      const entries = chainOf(4, 1);
      disk.append(entries.slice(0, 2));
      disk.append(entries.slice(2));
      flip(disk, present(entries[3]), byte);
      const log = disk.open();
      expect(ops(log.entries)).toEqual([1, 2, 3]);
      expect(log.isHeadUncertain).toBe(false);
    });

    it(`it is corrupt when its ${part} is harmed and the next batch names it`, () => {
      const disk = startedDisk();
      const entries = chainOf(4, 1);
      disk.append(entries);
      disk.name();
      flip(disk, present(entries[3]), byte);
      const log = disk.open();
      expect(ops(log.entries)).toEqual([1, 2, 3, 4]);
      expect(log.entries[3]?.state).toBe("corrupt");
      expect(log.entries[3]?.header).toEqual(entries[3]?.header);
      expect(log.isHeadUncertain).toBe(false);
    });

    it(`its absence lasts when its ${part} was torn and other batches follow`, () => {
      const disk = startedDisk();
      const entries = chainOf(5, 1);
      disk.append(entries.slice(0, 3));
      flip(disk, present(entries[1]), byte);
      expect(ops(disk.open().entries)).toEqual([1]);
      const others = chainOf(3, 1, entries[0], "prepared again");
      disk.append(others.slice(0, 1));
      disk.append(others.slice(1));
      const log = disk.open();
      expect(log.entries.map(({ hash }) => hash)).toEqual(
        [present(entries[0]), ...others].map(({ hash }) => hash),
      );
      expect(log.isHeadUncertain).toBe(false);
    });
  }

  it("an entry with a harmed body is corrupt at or below the head that the superblock names", () => {
    for (const op of [2, 3]) {
      const disk = startedDisk();
      const entries = chainOf(3, 1);
      disk.append(entries);
      disk.writeSuperblock(superblockOf(headOf(entries[2]), 1));
      flip(disk, present(entries[op - 1]), inBody);
      const log = disk.open();
      expect(ops(log.entries.filter(({ state }) => state === "corrupt"))).toEqual([op]);
      expect(ops(log.entries)).toEqual([1, 2, 3]);
      expect(log.isHeadUncertain).toBe(false);
    }
  });

  it("an unreadable entry below the superblock's head is no torn one: the head is uncertain", () => {
    const disk = startedDisk();
    const entries = chainOf(3, 1);
    disk.append(entries);
    disk.writeSuperblock(superblockOf(headOf(entries[2]), 1));
    flip(disk, present(entries[1]), inFrame);
    for (let start = 0; start < 2; start++) {
      const log = disk.open();
      expect(ops(log.entries)).toEqual([1]);
      expect(log.isHeadUncertain).toBe(true);
      disk.append(chainOf(1, 1, entries[2]));
    }
  });

  it("an unreadable entry before a later batch whose names are lost makes the head uncertain", () => {
    const disk = startedDisk();
    const entries = chainOf(4, 1);
    disk.append(entries.slice(0, 3));
    disk.append(entries.slice(3));
    flip(disk, present(entries[2]), inFrame);
    const { segment, offset } = disk.batchOf(present(entries[3]));
    const bytes = present(disk.segments.get(segment));
    bytes[offset + inFrame] = 77;
    const log = disk.open();
    expect(ops(log.entries)).toEqual([1, 2]);
    expect(log.isHeadUncertain).toBe(true);
  });

  it("a batch that lost its first sectors is seen by its last, and not written over", () => {
    const disk = startedDisk();
    const entries = chainOf(60, 1);
    disk.append(entries.slice(0, 2));
    disk.append(entries.slice(2));
    const { segment, offset, length } = disk.batchOf(present(entries[3]));
    expect(length).toBeGreaterThan(3 * sectorBytes);
    present(disk.segments.get(segment)).fill(0, offset, offset + 2 * sectorBytes);
    const log = disk.open();
    expect(ops(log.entries)).toEqual([1, 2]);
    disk.append(entries.slice(2));
    expect(ops(disk.open().entries)).toEqual(ops(entries));
  });

  it("a batch that was torn whole leaves its place to the next", () => {
    const disk = startedDisk();
    const entries = chainOf(6, 1);
    disk.append(entries.slice(0, 3));
    disk.append(entries.slice(3));
    const torn = disk.batchOf(present(entries[3]));
    const bytes = present(disk.segments.get(torn.segment));
    for (let at = torn.offset; at < torn.offset + torn.length; at += 64) bytes[at] = 0xee;
    expect(ops(disk.open().entries)).toEqual([1, 2, 3]);
    disk.append(entries.slice(3, 5));
    expect(disk.batchOf(present(entries[3])).offset).toBe(torn.offset);
    const log = disk.open();
    expect(ops(log.entries)).toEqual([1, 2, 3, 4, 5]);
    expect(log.isHeadUncertain).toBe(false);
  });
});

describe("A record", () => {
  it("is refused in another place of the journal", () => {
    const disk = startedDisk();
    const entries = chainOf(4, 1);
    for (const entry of entries) disk.append([entry]);
    const first = disk.batchOf(present(entries[0]));
    const last = disk.batchOf(present(entries[3]));
    const bytes = present(disk.segments.get(1));
    bytes.copyWithin(last.offset, first.offset, first.offset + first.length);
    expect(ops(disk.open().entries)).toEqual([1, 2, 3]);
  });

  it("is not made by bytes in a body, even when they were copied from another journal", () => {
    const other = startedDisk();
    const entries = chainOf(3, 1);
    other.append(entries);
    const copied = present(other.segments.get(1)).slice(0, 4096);
    const disk = startedDisk();
    disk.segments.set(1, new Uint8Array(64 * 1024));
    present(disk.segments.get(1)).set(copied.map((byte, at) => (at % 64 < 16 ? byte ^ 1 : byte)));
    expect(disk.open().entries).toEqual([]);
  });
});
