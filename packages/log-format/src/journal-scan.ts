/** Reads whole segments, in ascending order, and finds what they hold. */
import { ByteReader, type Sha256 } from "@quorate/prelude";
import { hashEntryHeader } from "@quorate/protocol";
import type { WritePosition } from "./batch-encoder.ts";
import {
  type FrameBuffer,
  frameBuffer,
  getU64,
  isPayloadIntact,
  readFrame,
  type RecordFormat,
  type RecordPlace,
} from "./frame.ts";
import {
  frameAt,
  frameBytes,
  nameItemBytes,
  recordKinds,
  recordUnitBytes,
  roundUp,
  sectorBytes,
} from "./layout.ts";
import { Identities, readHeader } from "./identities.ts";
import type { OpenedEntry } from "./opened-log.ts";
import { type FoundNames, type LostRecords, RecordAccount } from "./record-account.ts";
import { RecordIndex } from "./record-index.ts";
import { type JournalBegin, journalBegin } from "./segment-spans.ts";
import type { SuperblockFrame } from "./superblock-copy.ts";

/** What the segments hold. */
export interface ScannedJournal {
  /** Every entry that counts, whether it is in the log or not, in the order of the disk. */
  readonly entries: readonly OpenedEntry[];
  readonly lost: LostRecords;
  /** Where the readable records lie. */
  readonly index: RecordIndex;
  readonly resume: WritePosition;
}

/**
 * One pass over all segments of a journal. Nothing that the bytes hold makes it throw.
 *
 * Segments before the journal's beginning were freed; some of them may still be there, because a
 * file system removes names in any order. A segment may have been used before under a lower
 * number: what it still holds of that time names another segment, and is refused.
 *
 * Behind an unreadable record it searches on, record unit by record unit. It goes through a
 * segment to its end: zeroes cost next to nothing, and a torn batch may have lost its beginning.
 */
export class JournalScan {
  private readonly format: RecordFormat;
  private readonly sha256: Sha256;
  /** The newest superblock's; null when there is none. */
  private readonly frame: SuperblockFrame | null;
  private readonly begin: JournalBegin;
  private readonly entries: OpenedEntry[] = [];
  private readonly index: RecordIndex;
  private readonly account: RecordAccount;
  private readonly identities = new Identities();
  private end: { readonly segment: number; readonly offset: number };

  constructor(format: RecordFormat, sha256: Sha256, frame: SuperblockFrame | null) {
    this.format = format;
    this.sha256 = sha256;
    this.frame = frame;
    this.begin = frame?.begin ?? journalBegin;
    this.index = new RecordIndex(this.begin);
    this.account = new RecordAccount(this.begin, (entry) => void this.entries.push(entry));
    this.end = { segment: this.begin.segment, offset: 0 };
  }

  /** Takes one segment; the bytes may be used again afterwards. Missing bytes count as zeroes. */
  segment(segment: number, bytes: Uint8Array): void {
    if (segment < this.begin.segment) return;
    const buffer = frameBuffer(bytes);
    const firstOfTag = frameBuffer(this.format.tag).view.getUint32(0, true);
    let at = 0;
    while (at + frameBytes <= bytes.length) {
      const isCandidate = buffer.view.getUint32(at, true) === firstOfTag;
      const end = isCandidate ? this.record(buffer, segment, at) : null;
      at = end === null ? at + recordUnitBytes : roundUp(end, recordUnitBytes);
      if (end !== null) this.end = { segment, offset: roundUp(end, sectorBytes) };
    }
  }

  finish(): ScannedJournal {
    const { lost, nextBatch, nextSequence, unnamed } = this.account.settle(this.frame);
    return {
      entries: this.entries,
      lost,
      index: this.index,
      resume: { ...this.end, batch: nextBatch, sequence: nextSequence, unnamed },
    };
  }

  /** Takes the record at `at` and returns where it ends; null when it is none or unreadable. */
  private record(buffer: FrameBuffer, segment: number, at: number): number | null {
    const place = readFrame(buffer, at, this.format);
    if (place === null || place.segment !== segment || place.offset !== at) return null;
    const isTaken =
      place.kind === recordKinds.names
        ? this.names(buffer, at, place)
        : this.entry(buffer, at, place);
    if (isTaken && at === 0) this.index.beginsAt(place);
    return isTaken ? Math.min(at + frameBytes + place.payloadBytes, buffer.bytes.length) : null;
  }

  private entry(buffer: FrameBuffer, at: number, place: RecordPlace): boolean {
    const identity = this.identities.keep(buffer.bytes, at + frameAt.header);
    if (identity === null || identity.header.bodyBytes !== place.payloadBytes) return false;
    const { header, hash } = identity;
    const isIntact = isPayloadIntact(buffer, at, place.payloadBytes, this.format.crc32);
    const { batch, sequence, indexInBatch } = place;
    const entry: OpenedEntry = { header, hash, state: isIntact ? "present" : "corrupt" };
    this.account.entry({ batch, sequence, indexInBatch, entry });
    const { segment, payloadBytes: bodyBytes } = place;
    if (isIntact) this.index.add(header.op, hash, { segment, offset: at, bodyBytes });
    else this.index.addUnreadable(segment, header.op);
    return true;
  }

  private names(buffer: FrameBuffer, at: number, place: RecordPlace): boolean {
    if (!isPayloadIntact(buffer, at, place.payloadBytes, this.format.crc32)) return false;
    const items = buffer.bytes.subarray(at + frameBytes, at + frameBytes + place.payloadBytes);
    this.account.names({
      batch: place.batch,
      sequence: place.sequence,
      first: getU64(buffer.view, at + frameAt.namedFirst),
      end: getU64(buffer.view, at + frameAt.namedEnd),
      items: () => this.namedItems(place.segment, items.slice()),
    });
    return true;
  }

  /**
   * The names' entries, of which something is missing. The batch that they name stands before
   * them, in this segment or in the one before: neither is freed as long as one is needed.
   */
  private namedItems(segment: number, bytes: Uint8Array): ReturnType<FoundNames["items"]> {
    const items = readItems(bytes, this.sha256);
    for (const { entry } of items) {
      this.index.addUnreadable(segment - 1, entry.header.op);
      this.index.addUnreadable(segment, entry.header.op);
    }
    return items;
  }
}

function readItems(items: Uint8Array, sha256: Sha256): ReturnType<FoundNames["items"]> {
  const { view } = frameBuffer(items);
  const found: { readonly sequence: number; readonly entry: OpenedEntry }[] = [];
  for (let at = 0; at + nameItemBytes <= items.length; at += nameItemBytes) {
    const header = readHeader(new ByteReader(items.subarray(at + 8, at + nameItemBytes)));
    if (header === null) continue;
    const hash = hashEntryHeader(header, sha256);
    found.push({ sequence: getU64(view, at), entry: { header, hash, state: "corrupt" } });
  }
  return found;
}
