import { bytesEqual, hexEncode, present } from "@quorate/prelude";
import type { Entry } from "@quorate/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Deed, type DiskHistory, deeds, historyOf } from "./disk-history.ts";
import {
  baseAt,
  chainOf,
  headOf,
  MemoryDisk,
  superblockOf,
  testSegmentBytes,
  type WrittenBatch,
} from "./memory-disk.ts";
import type { OpenedLog } from "./opened-log.ts";

/** The log is the unharmed one, or a beginning of it; what it says of each entry is true. */
function expectTruth(history: DiskHistory, log: OpenedLog): void {
  expect(log.entries.length).toBeLessThanOrEqual(history.log.length);
  for (const [index, entry] of log.entries.entries()) {
    const truth = present(history.log[index]);
    expect(hexEncode(entry.hash)).toBe(hexEncode(truth.hash));
    expect(entry.header).toEqual(truth.header);
    const read = history.disk.read({ op: entry.header.op, hash: entry.hash });
    if (entry.state === "present") expect(read).toEqual(truth);
    else expect(read).toBeNull();
  }
}

/** Every entry of the log that `isPromised` is in what was opened, or the head is uncertain. */
function expectKept(
  history: DiskHistory,
  log: OpenedLog,
  isPromised: (entry: Entry) => boolean,
): void {
  if (log.isHeadUncertain) return;
  const missing = history.log.slice(log.entries.length).filter(isPromised);
  expect(missing.map(({ header }) => header.op)).toEqual([]);
}

/**
 * The next start finds the same; after a newer view was installed on what is left, the disk opens
 * to exactly that view's log, certain of its head; and so it does after a checkpoint of that.
 */
function expectUsable({ disk, view, base }: DiskHistory, log: OpenedLog): void {
  expect(disk.open()).toEqual(log);
  const next = chainOf(3, view + 1, log.entries.at(-1) ?? base, "after the harm");
  disk.append(next.slice(0, 1));
  disk.writeSuperblock(superblockOf(headOf(next[0]), view + 1));
  disk.append(next.slice(1));
  disk.name();
  const again = disk.open();
  expect(again.isHeadUncertain).toBe(false);
  expect(again.entries.map(({ hash, state }) => [hexEncode(hash), state])).toEqual([
    ...log.entries.map(({ hash, state }) => [hexEncode(hash), state]),
    ...next.map(({ hash }) => [hexEncode(hash), "present"]),
  ]);
  disk.base = baseAt(present(next[1]));
  disk.writeSuperblock(superblockOf(headOf(next[2]), view + 1));
  const after = disk.open();
  expect(after.isHeadUncertain).toBe(false);
  expect(after.entries.map(({ hash }) => hexEncode(hash))).toEqual(
    next.slice(2).map(({ hash }) => hexEncode(hash)),
  );
}

/** Position in the stream of all segments. */
function streamAt(batch: WrittenBatch): number {
  return (batch.segment - 1) * testSegmentBytes + batch.offset;
}

/** Whether it was on disk when the superblock was written. */
function isBelowSuperblock(history: DiskHistory, entry: Entry): boolean {
  const number = history.appended.findLastIndex(({ hash }) => bytesEqual(hash, entry.hash)) + 1;
  return number <= history.lastRecord;
}

function changeStream(
  { disk }: DiskHistory,
  from: number,
  to: number,
  change: (byte: number, at: number) => number,
): void {
  for (let at = from; at < to; at++) {
    const segment = disk.segments.get(Math.floor(at / testSegmentBytes) + 1);
    const offset = at % testSegmentBytes;
    if (segment !== undefined) segment[offset] = change(segment[offset] ?? 0, at);
  }
}

function streamEnd({ disk }: DiskHistory): number {
  const last = disk.written.at(-1);
  return last === undefined ? 0 : streamAt(last) + last.length;
}

/** A normal view, and then a batch of several entries. */
const lastBatch: readonly Deed[] = [
  { kind: "view-change", cut: 1, count: 1 },
  { kind: "append", sizes: [9, 700, 9, 9, 1500, 9, 9] },
];

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe("A journal", () => {
  it("opens to exactly what was written while nothing harms it", () => {
    fc.assert(
      fc.property(deeds, (done) => {
        const history = historyOf(done);
        const log = history.disk.open();
        expect(log.isHeadUncertain).toBe(false);
        expect(log.entries.length).toBe(history.log.length);
        expect(log.entries.every(({ state }) => state === "present")).toBe(true);
        expectTruth(history, log);
      }),
      { numRuns: 100 },
    );
  });

  it("frees what lies below its base, and gives null for what was freed", () => {
    fc.assert(
      fc.property(deeds, (done) => {
        const { disk, appended } = historyOf([...done, { kind: "checkpoint", keep: 1 }]);
        expect(disk.open().entries.length).toBeLessThanOrEqual(1);
        for (const entry of appended) {
          const isKept = disk.written.some(
            ({ segment, entries }) => segment >= disk.begin.segment && entries.includes(entry),
          );
          const read = disk.read({ op: entry.header.op, hash: entry.hash });
          expect(read).toEqual(isKept ? entry : null);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("needs no more space for a long life than for a short one while its base moves", () => {
    const disk = new MemoryDisk();
    disk.writeSuperblock(superblockOf(headOf(undefined), 1));
    let last: Entry | null = null;
    for (let round = 0; round < 200; round++) {
      const entries = chainOf(8, 1, last, "entry", [3_000, 3_000, 9_000]);
      disk.append(entries);
      last = present(entries.at(-1));
      disk.base = baseAt(present(entries[3]));
      disk.writeSuperblock(superblockOf(headOf(last), 1));
      expect(disk.heldSegments).toBeLessThanOrEqual(2);
      if (round % 20 === 0) expect(disk.open().entries).toHaveLength(4);
    }
    expect(disk.written.at(-1)?.segment).toBeGreaterThan(40);
    expect(disk.indexSize).toBeLessThan(100);
  });

  it("keeps what was named, and invents nothing, whichever single bit flips", () => {
    fc.assert(
      fc.property(deeds, share, fc.nat({ max: 7 }), (done, where, bit) => {
        const history = historyOf(done);
        const at = Math.floor(where * streamEnd(history));
        changeStream(history, at, at + 1, (byte) => byte ^ (1 << bit));
        const last = history.disk.written.at(-1);
        const log = history.disk.open();
        expectTruth(history, log);
        expectKept(
          history,
          log,
          (entry) => isBelowSuperblock(history, entry) || history.disk.batchOf(entry) !== last,
        );
        expectUsable(history, log);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps the superblock whichever single bit of a copy flips", () => {
    fc.assert(
      fc.property(deeds, fc.nat({ max: 3 }), share, (done, copy, where) => {
        const history = historyOf(done);
        const area = present(history.disk.areas[copy]);
        const at = Math.floor(where * area.length);
        area[at] = (area[at] ?? 0) ^ 1;
        const log = history.disk.open();
        expect(log.entries.length).toBe(history.log.length);
        expectTruth(history, log);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps what was flushed before the superblock, wherever the tail is cut off", () => {
    fc.assert(
      fc.property(deeds, share, (done, where) => {
        const history = historyOf(done);
        const end = streamEnd(history);
        const cut = Math.floor(where * end);
        changeStream(history, cut, end, () => 0);
        const log = history.disk.open();
        expectTruth(history, log);
        expectKept(history, log, (entry) => {
          const batch = history.disk.batchOf(entry);
          const isWhole = streamAt(batch) + batch.length <= cut;
          return isWhole || isBelowSuperblock(history, entry);
        });
        expectUsable(history, log);
      }),
      { numRuns: 150 },
    );
  });

  it("loses nothing but the last batch when that is torn, sector by sector", () => {
    fc.assert(
      fc.property(deeds, fc.infiniteStream(fc.boolean()), fc.nat(255), (done, isLost, fill) => {
        const history = historyOf([...done, ...lastBatch]);
        const last = present(history.disk.written.at(-1));
        const diskSectorBytes = 512;
        for (let at = streamAt(last); at < streamEnd(history); at += diskSectorBytes) {
          if (isLost.next().value === true) {
            changeStream(history, at, at + diskSectorBytes, () => fill);
          }
        }
        const log = history.disk.open();
        expect(log.isHeadUncertain).toBe(false);
        expectTruth(history, log);
        expectKept(history, log, (entry) => history.disk.batchOf(entry) !== last);
        expectUsable(history, log);
      }),
      { numRuns: 100 },
    );
  });

  it("tells no untruth about a log of which any region is lost", () => {
    fc.assert(
      fc.property(deeds, share, share, fc.nat(255), (done, where, length, fill) => {
        const history = historyOf(done);
        const end = streamEnd(history);
        const from = Math.floor(where * end);
        const to = Math.min(end, from + Math.ceil(length * 30_000));
        changeStream(history, from, to, (byte, at) => byte ^ fill ^ (at & 255) ^ 1);
        expectTrueAfterLoss(history, to);
      }),
      { numRuns: 200 },
    );
  });

  it("believes no replaced entry when the batches that replaced it are lost", () => {
    const endsInViewChange = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(deeds, endsInViewChange, share, share, (done, [cut, count], first, last) => {
        const history = historyOf([...done, ...lastBatch, { kind: "view-change", cut, count }]);
        const batches = history.disk.written.slice(-4);
        const from = present(batches[Math.floor(first * batches.length)]);
        const to = present(batches[Math.floor(last * batches.length)]);
        const end = streamAt(to) + to.length;
        changeStream(history, streamAt(from), end, (byte) => byte ^ 1);
        expectTrueAfterLoss(history, Math.max(end, streamAt(from)));
      }),
      { numRuns: 200 },
    );
  });
});

/** Everything before `to` may be harmed; nothing behind it is. */
function expectTrueAfterLoss(history: DiskHistory, to: number): void {
  const wholeAfter = history.disk.written.filter((batch) => streamAt(batch) >= to);
  const log = history.disk.open();
  expectTruth(history, log);
  expectKept(history, log, (entry) => {
    const at = streamAt(history.disk.batchOf(entry));
    const isFollowed = wholeAfter.some((batch) => streamAt(batch) > at);
    return isFollowed || isBelowSuperblock(history, entry);
  });
  expectUsable(history, log);
}
