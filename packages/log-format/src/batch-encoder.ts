/** Turns waiting entries into the bytes of one batch, and says where they belong. */
import { assert, ByteWriter, present } from "@quorate/prelude";
import { type Entry, entryHeaderBytes, entryHeaderCodec } from "@quorate/protocol";
import { type FrameBuffer, frameBuffer, type RecordFormat, setU64, writeFrame } from "./frame.ts";
import {
  batchBytesMax,
  entriesPerBatchMax,
  entryRecordBytes,
  frameAt,
  frameBytes,
  nameItemBytes,
  recordKinds,
  recordUnitBytes,
  roundUp,
  sectorBytes,
} from "./layout.ts";

/** The last batch with entries, until the batch behind it has named them a second time (L5). */
export interface UnnamedBatch {
  /** Sequence of the first record that the names decide about. */
  readonly first: number;
  /** One more than the sequence of the last. */
  readonly end: number;
  /** For each entry: sequence (u64) and encoded header. */
  readonly items: Uint8Array;
}

/** Where a journal goes on: what a scan found, or `journalStart`. */
export interface WritePosition {
  readonly segment: number;
  /** Multiple of `sectorBytes`. */
  readonly offset: number;
  /** Number of the next batch. */
  readonly batch: number;
  /** Sequence of the next entry record. */
  readonly sequence: number;
  readonly unnamed: UnnamedBatch | null;
}

/** The position of a journal that nothing was ever written to. */
export const journalStart: WritePosition = {
  segment: 1,
  offset: 0,
  batch: 1,
  sequence: 1,
  unnamed: null,
};

/** One write. It must be flushed before the bytes of the next batch are written (rule L5). */
export interface EncodedBatch {
  readonly segment: number;
  readonly offset: number;
  /** Its number. */
  readonly batch: number;
  /** Sequence of its first entry record. */
  readonly sequence: number;
  /** Whole sectors. Valid until the encoder's next call. */
  readonly bytes: Uint8Array;
  /** Where in the segment the record of each entry starts that was taken, in their order. */
  readonly recordOffsets: readonly number[];
}

/**
 * Encodes batch after batch of one journal. A batch never spans segments.
 *
 * One copy of each body is made, into a buffer that every batch uses again.
 */
export class BatchEncoder {
  private readonly format: RecordFormat;
  private readonly segmentBytes: number;
  private position: WritePosition;
  private buffer: FrameBuffer = frameBuffer(new Uint8Array(16 * sectorBytes));

  /** `segmentBytes` is a multiple of `sectorBytes` and holds the largest entry that will come. */
  constructor(format: RecordFormat, segmentBytes: number, position: WritePosition) {
    assert(segmentBytes % sectorBytes === 0, "a segment has whole sectors");
    this.format = format;
    this.segmentBytes = segmentBytes;
    this.position = position;
  }

  /** Where the next batch goes, if it fits. */
  get next(): { readonly segment: number; readonly offset: number } {
    return this.position;
  }

  /** Whether entries of the last batch stand only once on the disk. */
  get hasUnnamed(): boolean {
    return this.position.unnamed !== null;
  }

  /** Sequence of the newest entry record that was encoded; 0 before the first. */
  get lastRecord(): number {
    return this.position.sequence - 1;
  }

  /**
   * Encodes the names of the batch before and as many of the entries as fit, in order; at least
   * one when there is any. Without entries the batch only names: what `Journal.idle` writes.
   */
  encode(entries: readonly Entry[]): EncodedBatch {
    const { unnamed, batch, sequence } = this.position;
    const namesBytes =
      unnamed === null ? 0 : roundUp(frameBytes + unnamed.items.length, recordUnitBytes);
    const firstBytes = entries[0] === undefined ? 0 : entryRecordBytes(entries[0].body.length);
    const { segment, offset } = this.placeFor(namesBytes + firstBytes);
    const room = Math.min(this.segmentBytes - offset, batchBytesMax);
    const recordOffsets: number[] = [];
    let end = namesBytes;
    for (const entry of entries) {
      const next = end + entryRecordBytes(entry.body.length);
      const isFull = next > room || recordOffsets.length === entriesPerBatchMax;
      if (isFull && recordOffsets.length > 0) break;
      recordOffsets.push(offset + end);
      end = next;
    }
    const batchBytes = roundUp(end, sectorBytes);
    this.reserve(batchBytes);
    if (unnamed !== null) this.writeNames(unnamed, segment, offset);
    const items = this.namesOf(entries, recordOffsets.length);
    this.writeEntries(entries, items, recordOffsets, { segment, offset });
    this.buffer.bytes.fill(0, end, batchBytes);
    const after = sequence + recordOffsets.length;
    this.position = {
      segment,
      offset: offset + batchBytes,
      batch: batch + 1,
      sequence: after,
      unnamed: recordOffsets.length === 0 ? null : { first: sequence, end: after, items },
    };
    const bytes = this.buffer.bytes.subarray(0, batchBytes);
    return { segment, offset, batch, sequence, bytes, recordOffsets };
  }

  /** The place behind the last batch, or the start of the next segment when this one is full. */
  private placeFor(bytes: number): { readonly segment: number; readonly offset: number } {
    const { segment, offset } = this.position;
    const needed = roundUp(bytes, sectorBytes);
    assert(needed <= this.segmentBytes, "a segment holds the largest entry");
    if (offset + needed <= this.segmentBytes) return { segment, offset };
    return { segment: segment + 1, offset: 0 };
  }

  /** The names of the first `count` entries, for the next batch. */
  private namesOf(entries: readonly Entry[], count: number): Uint8Array {
    const names = new ByteWriter(count * nameItemBytes);
    for (let index = 0; index < count; index++) {
      names.u64(this.position.sequence + index);
      entryHeaderCodec.encode(names, present(entries[index]).header);
    }
    return names.finish();
  }

  private writeNames(unnamed: UnnamedBatch, segment: number, offset: number): void {
    const { first, end, items } = unnamed;
    const { bytes, view } = this.buffer;
    bytes.fill(0, frameAt.namedFirst, frameBytes);
    setU64(view, frameAt.namedFirst, first);
    setU64(view, frameAt.namedEnd, end);
    bytes.set(items, frameBytes);
    const recordEnd = frameBytes + items.length;
    bytes.fill(0, recordEnd, roundUp(recordEnd, recordUnitBytes));
    const place = {
      kind: recordKinds.names,
      payloadBytes: items.length,
      segment,
      offset,
      indexInBatch: 0,
      batch: this.position.batch,
      sequence: this.position.sequence,
    };
    writeFrame(this.buffer, 0, place, items, this.format);
  }

  private writeEntries(
    entries: readonly Entry[],
    items: Uint8Array,
    recordOffsets: readonly number[],
    { segment, offset }: { readonly segment: number; readonly offset: number },
  ): void {
    const { batch, sequence } = this.position;
    const { bytes } = this.buffer;
    for (const [indexInBatch, recordOffset] of recordOffsets.entries()) {
      const { header, hash, body } = present(entries[indexInBatch]);
      const at = recordOffset - offset;
      assert(header.bodyBytes === body.length, "a header names the length of its body");
      const itemEnd = (indexInBatch + 1) * nameItemBytes;
      bytes.set(items.subarray(itemEnd - entryHeaderBytes, itemEnd), at + frameAt.header);
      bytes.set(hash, at + frameAt.hash);
      bytes.set(body, at + frameBytes);
      const recordEnd = at + frameBytes + body.length;
      bytes.fill(0, recordEnd, roundUp(recordEnd, recordUnitBytes));
      const place = {
        kind: recordKinds.entry,
        payloadBytes: body.length,
        segment,
        offset: recordOffset,
        indexInBatch,
        batch,
        sequence: sequence + indexInBatch,
      };
      writeFrame(this.buffer, at, place, body, this.format);
    }
  }

  private reserve(bytes: number): void {
    const { length } = this.buffer.bytes;
    if (bytes > length) this.buffer = frameBuffer(new Uint8Array(Math.max(bytes, 2 * length)));
  }
}
