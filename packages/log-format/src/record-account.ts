/** Which records are missing, and what that means: rule L5. */
import { bytesEqual, ByteWriter } from "@quorate/prelude";
import { encodeEntryHeader } from "@quorate/protocol";
import type { UnnamedBatch } from "./batch-encoder.ts";
import { nameItemBytes } from "./layout.ts";
import type { OpenedEntry } from "./opened-log.ts";
import type { JournalBegin } from "./segment-spans.ts";
import type { SuperblockFrame } from "./superblock-copy.ts";

/** An entry record whose frame could be read. */
export interface FoundEntry {
  readonly batch: number;
  readonly sequence: number;
  readonly indexInBatch: number;
  readonly entry: OpenedEntry;
}

/** A record of names that could be read: a whole batch, a second time. */
export interface FoundNames {
  readonly batch: number;
  /** Sequence of the entry that follows. */
  readonly sequence: number;
  /** The names decide about the records from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  /** The items' sequences and headers. Called only when something is missing. */
  items(): readonly { readonly sequence: number; readonly entry: OpenedEntry }[];
}

/** Records that were on the disk and whose headers can be read nowhere. */
export interface LostRecords {
  readonly count: number;
  /** Sequence of the newest of them; 0 without any. */
  readonly newest: number;
}

/** What the account comes to. */
export interface SettledAccount {
  readonly lost: LostRecords;
  /** Number and sequence with which the journal goes on. */
  readonly nextBatch: number;
  readonly nextSequence: number;
  readonly unnamed: UnnamedBatch | null;
}

/** Sequences from `from` to before `to`. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes readable records in the order in which they stand on the disk and finds the missing ones
 * by their sequence.
 *
 * Of a record that is missing or whose body is harmed, rule L5 decides: named by the batch behind
 * it or by the superblock, or followed by a record of a later batch: corrupt. In the last batch
 * and named nowhere: torn, so absent. A batch that was written after an earlier start had found a
 * torn record does not name that record, and so keeps it absent for ever.
 */
export class RecordAccount {
  private readonly onEntry: (entry: OpenedEntry) => void;
  /** Sequence that the next record has if none is missing. */
  private expected: number;
  private batch: number;
  private batchFirst: number;
  /** Missing from the present batch; what decides about them may still come. */
  private gaps: Gap[] = [];
  /** Entries of the present batch, readable or with a harmed body. */
  private found: FoundEntry[] = [];
  private lostCount = 0;
  private lostNewest = 0;

  /**
   * `begin` is the first record that was not freed. `onEntry` gets each entry that counts, once it
   * is known whether it does.
   */
  constructor(begin: JournalBegin, onEntry: (entry: OpenedEntry) => void) {
    this.onEntry = onEntry;
    this.expected = begin.sequence;
    this.batch = begin.batch - 1;
    this.batchFirst = begin.sequence;
  }

  entry(found: FoundEntry): void {
    if (found.batch > this.batch) {
      this.closeBatch(found.batch, found.sequence - found.indexInBatch, null);
    }
    if (found.entry.state === "present") this.onEntry(found.entry);
    this.found.push(found);
    if (found.sequence < this.expected) return;
    if (found.sequence > this.expected) {
      this.gaps.push({ from: this.expected, to: found.sequence });
    }
    this.expected = found.sequence + 1;
  }

  names(found: FoundNames): void {
    if (found.batch > this.batch) this.closeBatch(found.batch, found.sequence, found);
  }

  /** Ends the account. The batch that is present now was the last. */
  settle(frame: SuperblockFrame | null): SettledAccount {
    const lastRecord = frame?.lastRecord ?? 0;
    const end = this.expected;
    const harmed = this.found.filter((found) => found.entry.state === "corrupt");
    const kept = harmed.filter(
      ({ sequence, entry }) =>
        sequence <= lastRecord ||
        (frame !== null && bytesEqual(entry.hash, frame.superblock.head.hash)),
    );
    for (const { entry } of kept) this.onEntry(entry);
    const lostBefore = this.lostCount;
    for (const gap of this.gaps)
      this.lose({ from: gap.from, to: Math.min(gap.to, lastRecord + 1) });
    const isBatchTorn = this.lostCount === lostBefore;
    this.lose({ from: end, to: lastRecord + 1 });
    const named = this.found.filter(
      (found) => found.entry.state === "present" || kept.includes(found),
    );
    return {
      lost: { count: this.lostCount, newest: this.lostNewest },
      nextBatch: this.batch + 1,
      nextSequence: Math.max(end, lastRecord + 1),
      unnamed:
        this.found.length === 0
          ? null
          : { first: isBatchTorn ? this.batchFirst : end, end, items: encodeNames(named) },
    };
  }

  /** A readable record of a later batch follows: what is missing so far was promised. */
  private closeBatch(batch: number, first: number, names: FoundNames | null): void {
    if (first > this.expected) this.gaps.push({ from: this.expected, to: first });
    const harmed = this.found.filter((found) => found.entry.state === "corrupt");
    if (names === null || (this.gaps.length === 0 && harmed.length === 0)) {
      for (const { entry } of harmed) this.onEntry(entry);
      for (const gap of this.gaps) this.lose(gap);
    } else {
      this.judgeByNames(names, harmed);
    }
    this.batch = batch;
    this.batchFirst = first;
    this.expected = Math.max(this.expected, first);
    this.gaps = [];
    this.found = [];
  }

  private judgeByNames(names: FoundNames, harmed: readonly FoundEntry[]): void {
    const named = new Map(names.items().map((item) => [item.sequence, item.entry]));
    const isDecided = (sequence: number): boolean =>
      sequence >= names.first && sequence < names.end;
    for (const { sequence, entry } of harmed) {
      if (named.has(sequence) || !isDecided(sequence)) this.onEntry(entry);
    }
    for (const gap of this.gaps) {
      for (const [sequence, entry] of named) {
        if (isWithin(gap, sequence)) this.onEntry(entry);
      }
      this.lose({ from: gap.from, to: Math.min(gap.to, names.first) }, named);
      this.lose({ from: Math.max(gap.from, names.end), to: gap.to }, named);
    }
  }

  /** Counts what is missing from the gap and `named` nowhere. */
  private lose(gap: Gap, named: ReadonlyMap<number, OpenedEntry> = new Map()): void {
    if (gap.to <= gap.from) return;
    let count = gap.to - gap.from;
    for (const sequence of named.keys()) if (isWithin(gap, sequence)) count -= 1;
    if (count === 0) return;
    this.lostCount += count;
    this.lostNewest = Math.max(this.lostNewest, gap.to - 1);
  }
}

function isWithin(gap: Gap, sequence: number): boolean {
  return sequence >= gap.from && sequence < gap.to;
}

function encodeNames(named: readonly FoundEntry[]): Uint8Array {
  const items = new ByteWriter(named.length * nameItemBytes);
  for (const { sequence, entry } of named) {
    items.u64(sequence).raw(encodeEntryHeader(entry.header));
  }
  return items.finish();
}
