/** Where each segment of a journal begins and how high its entries go: what may be freed. */

/** The first batch of a segment: there a journal begins once everything before it is freed. */
export interface JournalBegin {
  readonly segment: number;
  /** Number of the first batch in the segment. */
  readonly batch: number;
  /** Sequence of the first entry record in it. */
  readonly sequence: number;
}

/** Where a journal begins of which nothing was freed. */
export const journalBegin: JournalBegin = { segment: 1, batch: 1, sequence: 1 };

interface Span {
  /** Null while the record at the segment's start has not been read or written. */
  begin: JournalBegin | null;
  /** Highest op of an entry whose record or name says that it belongs here; 0 for none. */
  lastOp: number;
}

/**
 * The segments of one journal, ascending.
 *
 * Only a beginning of the journal is ever freed, and only up to a segment of which the first
 * record is known: so the sequences of what is left have no gap that nobody can explain.
 */
export class SegmentSpans {
  private begin: JournalBegin;
  private readonly spans = new Map<number, Span>();
  private newest: number;

  constructor(begin: JournalBegin) {
    this.begin = begin;
    this.newest = begin.segment;
  }

  /** The segment's first record was written or read. */
  begins(begin: JournalBegin): void {
    this.spanOf(begin.segment).begin = begin;
  }

  /** The segment holds an entry of this op, readable or not. */
  holds(segment: number, op: number): void {
    const span = this.spanOf(segment);
    span.lastOp = Math.max(span.lastOp, op);
  }

  /**
   * Where the journal begins when entries at or below `op` are not needed any more. The newest
   * segment stays. One in which nothing could be read goes with the one behind it.
   */
  beginAfter(op: number): JournalBegin {
    let { begin } = this;
    for (let segment = begin.segment; segment < this.newest; segment++) {
      const lastOp = this.spans.get(segment)?.lastOp ?? 0;
      if (lastOp > op) break;
      const next = this.spans.get(segment + 1)?.begin ?? null;
      if (lastOp > 0 && next !== null) begin = next;
    }
    return begin;
  }

  /** The journal begins there from now on. */
  dropBefore(begin: JournalBegin): void {
    this.begin = begin;
    for (const segment of this.spans.keys()) {
      if (segment < begin.segment) this.spans.delete(segment);
    }
  }

  private spanOf(segment: number): Span {
    const known = this.spans.get(segment);
    if (known !== undefined) return known;
    const span = { begin: null, lastOp: 0 };
    this.spans.set(segment, span);
    this.newest = Math.max(this.newest, segment);
    return span;
  }
}
