/** A disk in memory for tests: the bytes of one journal, written and opened as a host does it. */
import { assert, bytesEqual, present, type Sha256, utf8Encode } from "@quorate/prelude";
import {
  asEpoch,
  asOp,
  asTimestampMicros,
  asView,
  type Entry,
  hashEntryHeader,
  type LogBase,
  type LogPosition,
  type Superblock,
} from "@quorate/protocol";
import { BatchEncoder, journalStart } from "./batch-encoder.ts";
import { crc32 } from "./crc32.ts";
import { journalIdBytes, journalTag, type RecordFormat } from "./frame.ts";
import { JournalScan, type ScannedJournal } from "./journal-scan.ts";
import { openScanned, SuperblockFrames } from "./opening.ts";
import type { OpenedLog } from "./opened-log.ts";
import { readRecord } from "./read-record.ts";
import { RecordIndex } from "./record-index.ts";
import { type JournalBegin, journalBegin } from "./segment-spans.ts";
import {
  copiesPerFile,
  decideSuperblock,
  encodeSuperblockCopy,
  folderMarkBytes,
  superblockFiles,
} from "./superblock-copy.ts";

/** Thirty-two mixed bytes: as good as SHA-256 against accidents, and pure. */
export const testDigest: Sha256 = (...parts) => {
  const lanes = Uint32Array.from({ length: 8 }, (_, lane) => 0x9e3779b9 * (lane + 1));
  let at = 0;
  for (const part of parts) {
    for (const byte of part) {
      const mixed = Math.imul((lanes[at & 7] ?? 0) ^ byte, 0x01000193) + (lanes[(at + 1) & 7] ?? 0);
      lanes[at & 7] = mixed ^ (mixed >>> 15);
      at += 1;
    }
  }
  for (let round = 0; round < 32; round++) {
    const mixed = Math.imul((lanes[round & 7] ?? 0) ^ (lanes[(round + 7) & 7] ?? 0), 0x85ebca6b);
    lanes[round & 7] = mixed ^ (mixed >>> 13);
  }
  return new Uint8Array(lanes.buffer.slice(0));
};

export const testGenesis = new Uint8Array(32).fill(9);
const owner = { clusterId: new Uint8Array(32).fill(1), replica: 2 };
const journalId = new Uint8Array(journalIdBytes).fill(5);
const folderMark = new Uint8Array(folderMarkBytes).fill(6);
export const testFormat: RecordFormat = { tag: journalTag(owner, journalId, testDigest), crc32 };
/** Small, so that tests cross segments. */
export const testSegmentBytes = 64 * 1024;

/** An entry after another one, or the first. `label` tells entries of one op and view apart. */
export function entryAfter(
  before: Pick<Entry, "header" | "hash"> | null,
  view: number,
  options: { readonly label?: string; readonly bodyBytes?: number } = {},
): Entry {
  const op = (before?.header.op ?? 0) + 1;
  const text = utf8Encode(`${options.label ?? "entry"} ${view} ${op}`);
  const body = new Uint8Array(Math.max(text.length, options.bodyBytes ?? 0)).fill(op);
  body.set(text);
  const header = {
    epoch: asEpoch(0),
    view: asView(view),
    op: asOp(op),
    parent: before?.hash ?? testGenesis,
    timestampMicros: asTimestampMicros(1_000_000 + op),
    requestsDigest: testDigest(body),
    bodyBytes: body.length,
  };
  return { header, hash: hashEntryHeader(header, testDigest), body };
}

/** `length` entries after each other; `sizes` are their least body lengths. */
export function chainOf(
  length: number,
  view: number,
  after: Pick<Entry, "header" | "hash"> | null = null,
  label = "entry",
  sizes: readonly number[] = [],
): Entry[] {
  const entries: Entry[] = [];
  let before = after;
  for (let index = 0; index < length; index++) {
    const entry = entryAfter(before, view, { label, bodyBytes: sizes[index] ?? 0 });
    entries.push(entry);
    before = entry;
  }
  return entries;
}

/** Where a log with this last entry ends. */
export function headOf(last: Pick<Entry, "header" | "hash"> | undefined): LogPosition {
  if (last === undefined) return { op: asOp(0), hash: testGenesis };
  return { op: last.header.op, hash: last.hash };
}

/** The base of a log whose entries up to this one are part of a checkpoint. */
export function baseAt(last: Pick<Entry, "header" | "hash"> | null): LogBase {
  const { op, hash } = headOf(last ?? undefined);
  return { op, hash, timestampMicros: last?.header.timestampMicros ?? asTimestampMicros(0) };
}

/** A superblock in which only what S3 looks at differs. */
export function superblockOf(
  head: LogPosition,
  view: number,
  lastNormalView = view,
  isHeadUncertain = false,
): Superblock {
  return {
    ...owner,
    configDigest: new Uint8Array(32).fill(7),
    incarnation: 0,
    boot: 1,
    epoch: asEpoch(0),
    view: asView(view),
    lastNormalView: asView(lastNormalView),
    commit: asOp(0),
    head,
    isHeadUncertain,
    isDiskLost: false,
    barredView: asView(0),
    incarnations: [],
    remembered: [],
    viewProof: [],
    doViewChange: null,
    base: baseAt(null),
    checkpoints: [],
  };
}

/** Where the bytes of one batch lie. */
export interface WrittenBatch {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly entries: readonly Entry[];
}

/**
 * One disk. `open` is a new start of the process; the writes after it go on from there.
 *
 * Of the segments that are freed, the even ones stay as if their removal had not reached the disk,
 * and the odd ones are used again, with what they hold, for the segments that come.
 */
export class MemoryDisk {
  readonly segments = new Map<number, Uint8Array>();
  private readonly spares: Uint8Array[] = [];
  /** Where the log begins: goes into every superblock. */
  base = baseAt(null);
  /** The copies of the superblock, file by file. */
  areas: Uint8Array[] = Array.from(
    { length: superblockFiles * copiesPerFile },
    () => new Uint8Array(0),
  );
  /** Every batch that was written, oldest first. */
  readonly written: WrittenBatch[] = [];
  scanned: ScannedJournal | null = null;
  private encoder = new BatchEncoder(testFormat, testSegmentBytes, journalStart);
  private index = new RecordIndex(journalBegin);
  private frames = new SuperblockFrames({ journalId, folderMark }, 0);
  /** Where the journal begins. */
  begin = journalBegin;

  /** Segments that belong to the journal. */
  get heldSegments(): number {
    return [...this.segments.keys()].filter((number) => number >= this.begin.segment).length;
  }

  /** Records that are not forgotten. */
  get indexSize(): number {
    return this.index.size;
  }

  /** Sequence of the newest entry record. */
  get lastRecord(): number {
    return this.encoder.lastRecord;
  }

  /** Writes the entries in one batch, or more when they do not fit. */
  append(entries: readonly Entry[]): void {
    let rest = entries;
    while (rest.length > 0) rest = rest.slice(this.write(rest));
  }

  /** Names the last batch, as `Journal.idle` does. */
  name(): void {
    if (this.encoder.hasUnnamed) this.write([]);
  }

  /** Replaces every copy, without naming the last batch before, and frees what the base allows. */
  writeSuperblock(superblock: Superblock): void {
    const { base } = this;
    const begin = this.index.beginAfter(base.op);
    const frame = this.frames.next({ ...superblock, base }, this.encoder.lastRecord, begin);
    const copy = encodeSuperblockCopy(frame, testDigest);
    this.areas = this.areas.map(() => copy.slice());
    this.free(begin);
  }

  open(): OpenedLog {
    const decision = decideSuperblock(this.areas, testDigest);
    assert(decision.kind === "found", "a copy of the superblock is readable");
    const { frame } = decision;
    const scan = new JournalScan(testFormat, testDigest, frame);
    const numbers = [...this.segments.keys()].toSorted((left, right) => left - right);
    for (const number of numbers) scan.segment(number, present(this.segments.get(number)));
    const scanned = scan.finish();
    this.scanned = scanned;
    this.index = scanned.index;
    this.encoder = new BatchEncoder(testFormat, testSegmentBytes, scanned.resume);
    this.frames = new SuperblockFrames(frame, scanned.lost.newest);
    const copy = encodeSuperblockCopy(frame, testDigest);
    this.areas = this.areas.map(() => copy.slice());
    return openScanned(frame, scanned);
  }

  /** The entry, or null when it was never stored, is harmed, or freed. */
  read(position: LogPosition): Entry | null {
    for (const location of this.index.locate(position.op, position.hash)) {
      const bytes = present(this.segments.get(location.segment)).subarray(location.offset);
      const entry = readRecord(bytes, location, position, testFormat);
      if (entry !== null) return entry;
    }
    return null;
  }

  /** The batch that holds the entry, the last one that does. */
  batchOf(entry: Entry): WrittenBatch {
    const holds = (batch: WrittenBatch): boolean =>
      batch.entries.some(({ hash }) => bytesEqual(hash, entry.hash));
    return present(this.written.findLast(holds));
  }

  private write(entries: readonly Entry[]): number {
    const batch = this.encoder.encode(entries);
    const segment = this.segments.get(batch.segment) ?? this.newSegment();
    segment.set(batch.bytes, batch.offset);
    this.segments.set(batch.segment, segment);
    this.index.addBatch(batch, entries);
    this.written.push({
      segment: batch.segment,
      offset: batch.offset,
      length: batch.bytes.length,
      entries: entries.slice(0, batch.recordOffsets.length),
    });
    return batch.recordOffsets.length;
  }

  private newSegment(): Uint8Array {
    return this.spares.pop() ?? new Uint8Array(testSegmentBytes);
  }

  private free(begin: JournalBegin): void {
    this.begin = begin;
    this.index.dropBefore(begin);
    for (const [number, bytes] of this.segments) {
      if (number >= begin.segment || number % 2 === 0) continue;
      this.segments.delete(number);
      this.spares.push(bytes);
    }
  }
}
