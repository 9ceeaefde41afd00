import type { RecordTable } from "./record-table.ts";
import type { Slabs } from "./slabs.ts";

/** Byte offsets of the two u32 fields in which the records of a table say where their blobs lie. */
export interface BlobFields {
  readonly slab: number;
  readonly offset: number;
}

/** A record that has a blob of `length` bytes. */
export interface BlobOwner {
  readonly records: RecordTable;
  readonly record: number;
  readonly length: number;
}

/**
 * Gives a record's blob another place, which the record names from then on. Returns the blob's
 * length. Views on the blob are not valid any more.
 */
export function moveBlobOf(
  slabs: Slabs,
  { records, record, length }: BlobOwner,
  field: BlobFields,
): number {
  const place = slabs.move(
    records.u32(record, field.slab),
    records.u32(record, field.offset),
    length,
  );
  records.setU32(record, field.slab, place.slab);
  records.setU32(record, field.offset, place.offset);
  return length;
}
