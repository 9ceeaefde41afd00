import { bytesConcat, present, utf8Encode } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { BatchEncoder, journalStart } from "./batch-encoder.ts";
import { crc32 } from "./crc32.ts";
import { JournalScan } from "./journal-scan.ts";
import { entriesPerBatchMax, recordUnitBytes, sectorBytes } from "./layout.ts";
import { chainOf, entryAfter, testDigest, testFormat, testSegmentBytes } from "./memory-disk.ts";

function encoderOf(segmentBytes = testSegmentBytes): BatchEncoder {
  return new BatchEncoder(testFormat, segmentBytes, journalStart);
}

describe("A batch", () => {
  it("starts on a sector and has whole sectors, so that it never touches promised bytes", () => {
    const encoder = encoderOf();
    let end = 0;
    for (const entry of chainOf(10, 1)) {
      const { offset, bytes } = encoder.encode([entry]);
      expect(offset).toBe(end);
      expect(offset % sectorBytes).toBe(0);
      expect(bytes.length % sectorBytes).toBe(0);
      end = offset + bytes.length;
    }
  });

  it("has its records on record units", () => {
    const { recordOffsets } = encoderOf().encode(chainOf(5, 1));
    expect(recordOffsets).toHaveLength(5);
    expect(recordOffsets.every((offset) => offset % recordUnitBytes === 0)).toBe(true);
  });

  it("takes what fits into the rest of its segment and leaves the others to the next", () => {
    const encoder = encoderOf(2 * sectorBytes);
    const sizes = Array.from({ length: 12 }, () => 1_000);
    let waiting = chainOf(12, 1, null, "entry", sizes);
    const segments: number[] = [];
    while (waiting.length > 0) {
      const { segment, offset, bytes, recordOffsets } = encoder.encode(waiting);
      expect(recordOffsets.length).toBeGreaterThan(0);
      expect(offset + bytes.length).toBeLessThanOrEqual(2 * sectorBytes);
      segments.push(segment);
      waiting = waiting.slice(recordOffsets.length);
    }
    expect(segments.at(-1)).toBeGreaterThan(1);
    expect(segments).toEqual(segments.toSorted((left, right) => left - right));
  });

  it("has a limit on its entries, so that their names fit into the next", () => {
    const entry = entryAfter(null, 1);
    const many = Array.from({ length: entriesPerBatchMax + 1 }, () => entry);
    const { recordOffsets } = encoderOf(16 * 1024 * 1024).encode(many);
    expect(recordOffsets).toHaveLength(entriesPerBatchMax);
  });

  it("refuses an entry that no segment holds", () => {
    const large = entryAfter(null, 1, { bodyBytes: testSegmentBytes });
    expect(() => encoderOf().encode([large])).toThrow("a segment holds the largest entry");
  });

  it("names the batch before once", () => {
    const encoder = encoderOf();
    expect(encoder.hasUnnamed).toBe(false);
    encoder.encode(chainOf(2, 1));
    expect(encoder.hasUnnamed).toBe(true);
    encoder.encode([]);
    expect(encoder.hasUnnamed).toBe(false);
  });

  it("leaves nothing of the batch before in the bytes between its records", () => {
    const [first, second] = chainOf(2, 1, null, "entry", [3_000, 10]);
    const encoder = encoderOf();
    encoder.encode([present(first)]);
    const reused = encoder.encode([present(second)]).bytes.slice();
    expect(reused.subarray(1024).every((byte) => byte === 0)).toBe(true);
  });
});

describe("A scan", () => {
  it("tells where the journal goes on", () => {
    const encoder = encoderOf();
    const segment = new Uint8Array(testSegmentBytes);
    for (const entries of [chainOf(3, 1), chainOf(2, 2), []]) {
      const { offset, bytes } = encoder.encode(entries);
      segment.set(bytes, offset);
    }
    const scan = new JournalScan(testFormat, testDigest, null);
    scan.segment(1, segment);
    const { resume, index } = scan.finish();
    expect(resume).toEqual({ ...encoder.next, unnamed: null });
    expect(index.size).toBe(5);
  });

  it("finds several entries of one op, each by its hash", () => {
    const scan = new JournalScan(testFormat, testDigest, null);
    const encoder = encoderOf();
    const segment = new Uint8Array(testSegmentBytes);
    const entries = [...chainOf(3, 1), ...chainOf(3, 2), ...chainOf(3, 2)];
    segment.set(encoder.encode(entries).bytes);
    scan.segment(1, segment);
    const { index } = scan.finish();
    for (const { header, hash } of entries) {
      expect(index.locate(header.op, hash)).toHaveLength(header.view === 1 ? 1 : 2);
    }
    expect(index.locate(2, new Uint8Array(32))).toEqual([]);
    expect(index.locate(2 ** 40, new Uint8Array(32))).toEqual([]);
  });
});

describe("crc32", () => {
  it("gives the check value of the catalogue", () => {
    expect(crc32(utf8Encode("123456789"))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  it("continues from the bytes before", () => {
    const [left, right] = [utf8Encode("left"), utf8Encode("right")];
    expect(crc32(right, crc32(left))).toBe(crc32(bytesConcat(left, right)));
  });
});
