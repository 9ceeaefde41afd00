import { describe, expect, it } from "vitest";
import { type JournalBegin, journalBegin, SegmentSpans } from "./segment-spans.ts";

/** The beginning of a segment that holds ten records. */
function beginOf(segment: number): JournalBegin {
  return { segment, batch: 3 * segment - 2, sequence: 10 * segment - 9 };
}

/** Segments 1 to `count` with the highest op of each; null for one of which nothing is readable. */
function spansOf(...lastOps: readonly (number | null)[]): SegmentSpans {
  const spans = new SegmentSpans(journalBegin);
  for (const [at, op] of lastOps.entries()) {
    if (op === null) continue;
    spans.begins(beginOf(at + 1));
    spans.holds(at + 1, op);
  }
  return spans;
}

describe("A segment", () => {
  it("may be freed once no entry of it is above the base", () => {
    const spans = spansOf(10, 20, 30);
    expect(spans.beginAfter(9)).toEqual(beginOf(1));
    expect(spans.beginAfter(10)).toEqual(beginOf(2));
    expect(spans.beginAfter(29)).toEqual(beginOf(3));
  });

  it("stays while it is the newest, whatever the base", () => {
    expect(spansOf(10, 20).beginAfter(1_000)).toEqual(beginOf(2));
    expect(spansOf().beginAfter(1_000)).toEqual(journalBegin);
  });

  it("stays while one before it is needed: an op may have been written again later", () => {
    expect(spansOf(25, 10, 30).beginAfter(20)).toEqual(beginOf(1));
  });

  it("goes with the one behind it when nothing of it can be read", () => {
    const spans = spansOf(10, null, 30, 40);
    expect(spans.beginAfter(10)).toEqual(beginOf(1));
    expect(spans.beginAfter(30)).toEqual(beginOf(4));
  });

  it("is not where a journal begins while its first record is unreadable", () => {
    const spans = spansOf(10);
    spans.holds(2, 20);
    spans.begins(beginOf(3));
    spans.holds(3, 30);
    expect(spans.beginAfter(10)).toEqual(beginOf(1));
    expect(spans.beginAfter(20)).toEqual(beginOf(3));
  });

  it("is forgotten once it was freed", () => {
    const spans = spansOf(10, 20, 30);
    spans.dropBefore(beginOf(2));
    expect(spans.beginAfter(0)).toEqual(beginOf(2));
    expect(spans.beginAfter(20)).toEqual(beginOf(3));
  });
});
