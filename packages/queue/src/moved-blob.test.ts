import { expect, test } from "vitest";
import { moveBlobOf } from "./moved-blob.ts";
import { PageStore } from "./page-store.ts";
import { RecordTable } from "./record-table.ts";
import { Slabs } from "./slabs.ts";

const field = { slab: 8, offset: 20 };

/** A table's record with these bytes at the end of the slabs. */
function ownerOf(slabs: Slabs, records: RecordTable, bytes: Uint8Array) {
  const record = records.allocate();
  const { slab, offset } = slabs.append(bytes.length);
  const { bytes: target, start } = slabs.locate(slab, offset);
  target.set(bytes, start);
  records.setU32(record, field.slab, slab);
  records.setU32(record, field.offset, offset);
  return { records, record, length: bytes.length };
}

test("a blob that moves is the same bytes in the newest slab, and nothing else of its record changes", () => {
  const slabs = new Slabs(100);
  const records = new RecordTable(new PageStore(), 32);
  const first = ownerOf(slabs, records, new Uint8Array(60).fill(1));
  const owner = ownerOf(slabs, records, Uint8Array.of(7, 8, 9));
  records.setU32(owner.record, 12, 0x1234_5678);
  ownerOf(slabs, records, new Uint8Array(50).fill(2));
  expect(moveBlobOf(slabs, owner, field)).toBe(3);
  const place = [records.u32(owner.record, field.slab), records.u32(owner.record, field.offset)];
  expect(place).toEqual([2, 50]);
  expect(slabs.read(2, 50, 3)).toEqual(Uint8Array.of(7, 8, 9));
  expect(records.u32(owner.record, 12)).toBe(0x1234_5678);
  // The last one that moves out of a slab takes the slab with it.
  expect(slabs.bytesHeld).toBe(200);
  expect(moveBlobOf(slabs, first, field)).toBe(60);
  expect([...slabs.entries()].map(([number]) => number)).toEqual([2, 3]);
  expect(slabs.read(records.u32(first.record, field.slab), 0, 60)).toEqual(
    new Uint8Array(60).fill(1),
  );
});
