/** Where every record lies, by op: compact, because a journal holds millions of them. */
import { assert } from "@quorate/prelude";

/** A readable record of an entry on the disk. */
export interface RecordLocation {
  readonly segment: number;
  /** Bytes from the segment's start. */
  readonly offset: number;
  readonly bodyBytes: number;
}

const recordsPerPage = 4_096;
const opsPerPage = 4_096;
const columns = 5;
const segmentColumn = 0;
const offsetColumn = 1;
const bodyBytesColumn = 2;
/** The first bytes of the hash: they tell entries of one op apart; whoever reads checks the rest. */
const hashColumn = 3;
/** Number of the older record of the same op, from 1; 0 for none. */
const olderColumn = 4;

/**
 * Locations by op and hash, 24 bytes for each record. Several records of one op are normal: view
 * changes write beside. Records are never removed one by one.
 */
export class RecordIndex {
  /** Five numbers for each record, 4,096 records to a page, so that growing never copies. */
  private readonly records: Uint32Array[] = [];
  /** Number of the newest record of an op, from 1, by page of ops. */
  private readonly newest = new Map<number, Uint32Array>();
  /** The page used last: mostly the one that is used next. */
  private latest: { readonly number: number; readonly page: Uint32Array } = {
    number: -1,
    page: new Uint32Array(0),
  };
  private readonly opsBySegment = new Map<number, { first: number; last: number }>();
  private count = 0;

  /** Records that were added. */
  get size(): number {
    return this.count;
  }

  add(op: number, hash: Uint8Array, location: RecordLocation): void {
    const newest = this.pageOf(op);
    const page = this.pageForNext();
    const at = (this.count % recordsPerPage) * columns;
    page[at + segmentColumn] = location.segment;
    page[at + offsetColumn] = location.offset;
    page[at + bodyBytesColumn] = location.bodyBytes;
    page[at + hashColumn] = hashPrefix(hash);
    page[at + olderColumn] = newest[op % opsPerPage] ?? 0;
    this.count += 1;
    newest[op % opsPerPage] = this.count;
    this.countInSegment(location.segment, op);
  }

  /** Where the entry may lie, newest first; almost always one place. */
  locate(op: number, hash: Uint8Array): RecordLocation[] {
    const found: RecordLocation[] = [];
    const prefix = hashPrefix(hash);
    let number = this.newest.get(Math.floor(op / opsPerPage))?.[op % opsPerPage] ?? 0;
    while (number !== 0) {
      const page = this.records[Math.floor((number - 1) / recordsPerPage)];
      assert(page !== undefined, "a record that is linked was added");
      const at = ((number - 1) % recordsPerPage) * columns;
      if (page[at + hashColumn] === prefix) {
        found.push({
          segment: page[at + segmentColumn] ?? 0,
          offset: page[at + offsetColumn] ?? 0,
          bodyBytes: page[at + bodyBytesColumn] ?? 0,
        });
      }
      number = page[at + olderColumn] ?? 0;
    }
    return found;
  }

  /** Lowest and highest op of a segment's records: what decides whether it may be freed. */
  opsOf(segment: number): { readonly first: number; readonly last: number } | null {
    return this.opsBySegment.get(segment) ?? null;
  }

  private countInSegment(segment: number, op: number): void {
    const ops = this.opsBySegment.get(segment);
    if (ops === undefined) {
      this.opsBySegment.set(segment, { first: op, last: op });
      return;
    }
    ops.first = Math.min(ops.first, op);
    ops.last = Math.max(ops.last, op);
  }

  private pageOf(op: number): Uint32Array {
    const number = Math.floor(op / opsPerPage);
    if (this.latest.number === number) return this.latest.page;
    const page = this.newest.get(number) ?? new Uint32Array(opsPerPage);
    this.newest.set(number, page);
    this.latest = { number, page };
    return page;
  }

  private pageForNext(): Uint32Array {
    let page = this.records[Math.floor(this.count / recordsPerPage)];
    if (page === undefined) {
      page = new Uint32Array(recordsPerPage * columns);
      this.records.push(page);
    }
    return page;
  }
}

function hashPrefix(hash: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = hash;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
