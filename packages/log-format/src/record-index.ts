/** Where every record lies, by op: compact, because a journal holds millions of them. */
import { present } from "@quorate/prelude";
import type { Entry } from "@quorate/protocol";
import type { EncodedBatch } from "./batch-encoder.ts";
import { type JournalBegin, SegmentSpans } from "./segment-spans.ts";

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
/** How many records earlier the older record of the same op was added; 0 for none. */
const olderColumn = 4;

/**
 * Locations by op and hash, 28 bytes for each record. Several records of one op are normal: view
 * changes write beside. Records are added in the order of the disk, and go from its beginning.
 */
export class RecordIndex {
  private readonly spans: SegmentSpans;
  /** Five numbers for each record, by page of record numbers, so that growing never copies. */
  private readonly records = new Map<number, Uint32Array>();
  /** Number of the newest record of an op, from 1, by page of ops. */
  private readonly newest = new Map<number, Float64Array>();
  /** The page used last: mostly the one that is used next. */
  private latest: { readonly number: number; readonly page: Float64Array } | null = null;
  private count = 0;
  /** Records up to this number are gone. */
  private dropped = 0;

  /** `begin` is where the journal begins. */
  constructor(begin: JournalBegin) {
    this.spans = new SegmentSpans(begin);
  }

  /** Records that are held. */
  get size(): number {
    return this.count - this.dropped;
  }

  add(op: number, hash: Uint8Array, location: RecordLocation): void {
    this.spans.holds(location.segment, op);
    const newest = this.pageOf(op);
    const page = this.pageForNext();
    const at = (this.count % recordsPerPage) * columns;
    this.count += 1;
    const older = newest[op % opsPerPage] ?? 0;
    page[at + segmentColumn] = location.segment;
    page[at + offsetColumn] = location.offset;
    page[at + bodyBytesColumn] = location.bodyBytes;
    page[at + hashColumn] = hashPrefix(hash);
    page[at + olderColumn] = older > this.dropped ? this.count - older : 0;
    newest[op % opsPerPage] = this.count;
  }

  /** Adds the entries of a batch that is on disk: the first ones of `entries`. */
  addBatch(batch: EncodedBatch, entries: readonly Entry[]): void {
    const { segment, offset } = batch;
    if (offset === 0) this.beginsAt(batch);
    for (const [at, recordOffset] of batch.recordOffsets.entries()) {
      const { header, hash, body } = present(entries[at]);
      this.add(header.op, hash, { segment, offset: recordOffset, bodyBytes: body.length });
    }
  }

  /** The first record of a segment was found or written. */
  beginsAt({ segment, batch, sequence }: JournalBegin): void {
    this.spans.begins({ segment, batch, sequence });
  }

  /** The segment holds, or held, an entry of this op that cannot be read from it. */
  addUnreadable(segment: number, op: number): void {
    this.spans.holds(segment, op);
  }

  /** Where the entry may lie, newest first; almost always one place. */
  locate(op: number, hash: Uint8Array): RecordLocation[] {
    const found: RecordLocation[] = [];
    const prefix = hashPrefix(hash);
    let number = this.newest.get(Math.floor(op / opsPerPage))?.[op % opsPerPage] ?? 0;
    while (number > this.dropped) {
      const { page, at } = this.recordAt(number);
      if (page[at + hashColumn] === prefix) {
        found.push({
          segment: page[at + segmentColumn] ?? 0,
          offset: page[at + offsetColumn] ?? 0,
          bodyBytes: page[at + bodyBytesColumn] ?? 0,
        });
      }
      const older = page[at + olderColumn] ?? 0;
      if (older === 0) break;
      number -= older;
    }
    return found;
  }

  /** Where the journal begins when entries at or below `op` are not needed any more. */
  beginAfter(op: number): JournalBegin {
    return this.spans.beginAfter(op);
  }

  /** Forgets the records of the segments before. */
  dropBefore(begin: JournalBegin): void {
    this.spans.dropBefore(begin);
    const droppedBefore = this.dropped;
    while (this.dropped < this.count) {
      const { page, at } = this.recordAt(this.dropped + 1);
      if ((page[at + segmentColumn] ?? 0) >= begin.segment) break;
      this.dropped += 1;
    }
    if (this.dropped === droppedBefore) return;
    const firstPage = Math.floor(this.dropped / recordsPerPage);
    for (const number of this.records.keys()) {
      if (number < firstPage) this.records.delete(number);
    }
    for (const [number, page] of this.newest) {
      if (page.every((record) => record <= this.dropped)) this.newest.delete(number);
    }
    this.latest = null;
  }

  private recordAt(number: number): { readonly page: Uint32Array; readonly at: number } {
    const page = present(this.records.get(Math.floor((number - 1) / recordsPerPage)));
    return { page, at: ((number - 1) % recordsPerPage) * columns };
  }

  private pageOf(op: number): Float64Array {
    const number = Math.floor(op / opsPerPage);
    if (this.latest?.number === number) return this.latest.page;
    const page = this.newest.get(number) ?? new Float64Array(opsPerPage);
    this.newest.set(number, page);
    this.latest = { number, page };
    return page;
  }

  private pageForNext(): Uint32Array {
    const number = Math.floor(this.count / recordsPerPage);
    let page = this.records.get(number);
    if (page === undefined) {
      page = new Uint32Array(recordsPerPage * columns);
      this.records.set(number, page);
    }
    return page;
  }
}

function hashPrefix(hash: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = hash;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
