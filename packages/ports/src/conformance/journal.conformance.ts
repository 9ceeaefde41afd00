import { hexEncode, present } from "@quorate/prelude";
import { asOp, type Entry, encodeEntryHeader } from "@quorate/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { baseAt, JournalBench, type JournalRig, positionOf } from "./journal-bench.conformance.ts";

export type { JournalRig } from "./journal-bench.conformance.ts";

/** What every Journal must do. Call it in a test file with a way to make an empty disk. */
export function journalConformance(create: () => Promise<JournalRig>): void {
  describe("Journal", () => {
    describe("remembers", () => rememberingConformance(create));
    describe("reads by op and hash", () => readingConformance(create));
    describe("opens by rule S3", () => cuttingConformance(create));
    describe("begins at its base", () => baseConformance(create));
    describe("frees what lies below its base", () => freeingConformance(create));
    describe("meets harm", () => harmConformance(create));
  });
}

type Create = () => Promise<JournalRig>;

/** A journal that is not open, on an unused disk; both end with the test. */
export async function benchOn(create: Create): Promise<JournalBench> {
  const bench = JournalBench.on(await create());
  onTestFinished(() => bench.end());
  return bench;
}

/** A journal that is open and has its first superblock; it ends with the test. */
export async function startedBench(create: Create): Promise<JournalBench> {
  const bench = await benchOn(create);
  await bench.begin();
  return bench;
}

function rememberingConformance(create: Create): void {
  it("opens an unused disk without superblock and without entries", async () => {
    const bench = await benchOn(create);
    const { superblock, log, isMoved } = await bench.open();
    expect(superblock).toBeNull();
    expect(isMoved).toBe(false);
    expect(log.entries).toEqual([]);
    expect(log.isHeadUncertain).toBe(false);
  });

  it("completes appends and superblocks in the order of the calls", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(20);
    const done: string[] = [];
    for (const entry of entries.slice(0, 10)) {
      bench.journal.append([entry], () => void done.push(`${entry.header.op}`));
    }
    bench.journal.append([], () => void done.push("nothing"));
    bench.journal.writeSuperblock(bench.superblock(), () => void done.push("first"));
    bench.journal.append(entries.slice(10), () => void done.push("11-20"));
    bench.journal.writeSuperblock(bench.superblock(), () => void done.push("second"));
    await bench.writeSuperblock(bench.superblock());
    const ops = entries.slice(0, 10).map(({ header }) => `${header.op}`);
    expect(done).toEqual([...ops, "nothing", "first", "11-20", "second"]);
  });

  it("gives back the log and the superblock after a restart", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(30);
    await bench.append(entries.slice(0, 10));
    const superblock = bench.superblock({ head: positionOf(entries[9]), commit: asOp(7) });
    await bench.writeSuperblock(superblock);
    for (const entry of entries.slice(10)) await bench.append([entry]);
    const opened = await bench.restart();
    expect(opened.superblock).toEqual(superblock);
    expect(opened.isMoved).toBe(false);
    expectLog(opened.log, entries);
  });

  it("keeps what many short lives have written", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(12);
    for (let at = 0; at < entries.length; at += 3) {
      await bench.append(entries.slice(at, at + 3));
      const { log } = await bench.restart();
      expectLog(log, entries.slice(0, at + 3));
    }
  });

  it("keeps the newest superblock of several", async () => {
    const bench = await startedBench(create);
    for (let boot = 2; boot < 6; boot++) await bench.writeSuperblock(bench.superblock({ boot }));
    const { superblock } = await bench.restart();
    expect(superblock?.boot).toBe(5);
  });
}

function readingConformance(create: Create): void {
  it("gives entries in the order asked for, and null for one that was never appended", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(8);
    await bench.append(entries);
    const [unknown] = bench.chain(1, { label: "never appended" });
    const wanted = [entries[5], unknown, entries[0], entries[7], entries[0]];
    const expected = [entries[5], null, entries[0], entries[7], entries[0]];
    expect(await bench.read(wanted)).toEqual(expected);
    await bench.restart();
    expect(await bench.read(wanted)).toEqual(expected);
  });
}

function cuttingConformance(create: Create): void {
  it("S3 keeps what chains to the head in the last normal view", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(5);
    await bench.append(entries);
    await bench.writeSuperblock(bench.superblock({ head: positionOf(entries[1]) }));
    expectLog((await bench.restart()).log, entries);
  });

  it("S3 cuts an entry of another view above the head, though its parent is right", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(4, { view: 1 });
    await bench.append(entries);
    const head = positionOf(entries[1]);
    await bench.writeSuperblock(bench.superblock({ view: 2, lastNormalView: 2, head }));
    expectLog((await bench.restart()).log, entries.slice(0, 2));
  });

  it("S3 ends the log exactly at the head while the view is newer than the normal one", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(4, { view: 1 });
    await bench.append(entries);
    const head = positionOf(entries[2]);
    await bench.writeSuperblock(bench.superblock({ view: 2, lastNormalView: 1, head }));
    expectLog((await bench.restart()).log, entries.slice(0, 3));
  });

  it("keeps replaced entries beside the log and follows the one that the superblock names", async () => {
    const bench = await startedBench(create);
    const old = bench.chain(5, { view: 1 });
    await bench.append(old);
    const selected = bench.chain(3, { view: 2, after: old[2], label: "selected" });
    await bench.append(selected);
    const head = positionOf(selected[2]);
    await bench.writeSuperblock(bench.superblock({ view: 2, lastNormalView: 2, head }));
    const { log } = await bench.restart();
    expectLog(log, [...old.slice(0, 3), ...selected]);
    const both = [old[4], selected[1]];
    expect((await bench.read(both)).map(identityOf)).toEqual(both.map(identityOf));
  });
}

function baseConformance(create: Create): void {
  it("opens to what lies above the base, whatever is left of the rest", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(9);
    for (const entry of entries) await bench.append([entry]);
    const head = positionOf(entries[6]);
    await bench.writeSuperblock(bench.superblock({ head, base: baseAt(entries[4]) }));
    await bench.flipBitIn(present(entries[1]).body);
    await bench.flipBitIn(present(entries[4]).body);
    const { superblock, log } = await bench.restart();
    expect(superblock?.base).toEqual(baseAt(entries[4]));
    expectLog(log, entries.slice(5));
  });

  it("is certain of an empty log whose head is the base", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(3);
    await bench.append(entries);
    const head = positionOf(entries[2]);
    await bench.writeSuperblock(bench.superblock({ head, base: baseAt(entries[2]) }));
    expectLog((await bench.restart()).log, []);
    const [next] = bench.chain(1, { after: entries[2] });
    await bench.append([present(next)]);
    expectLog((await bench.restart()).log, [present(next)]);
  });

  it("begins at a base of which it never held an entry", async () => {
    const bench = await startedBench(create);
    const [old, elsewhere] = [bench.chain(4), bench.chain(30, { label: "elsewhere" })];
    await bench.append(old);
    await bench.append(elsewhere.slice(20));
    const head = positionOf(elsewhere[22]);
    await bench.writeSuperblock(bench.superblock({ head, base: baseAt(elsewhere[19]) }));
    expectLog((await bench.restart()).log, elsewhere.slice(20));
  });
}

function freeingConformance(create: Create): void {
  it("gives null for what it has freed, and no record of that counts as lost", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(80, { bodyBytes: 20_000 });
    for (let at = 0; at < 60; at += 4) await bench.append(entries.slice(at, at + 4));
    const head = positionOf(entries[59]);
    await bench.writeSuperblock(bench.superblock({ head, base: baseAt(entries[49]) }));
    const expectHeld = async (): Promise<void> => {
      expect(await bench.read(entries.slice(0, 20))).toEqual(entries.slice(0, 20).map(() => null));
      const read = await bench.read(entries.slice(50, 60));
      expect(read.map(identityOf)).toEqual(entries.slice(50, 60).map(identityOf));
    };
    await expectHeld();
    expectLog((await bench.restart()).log, entries.slice(50, 60));
    await expectHeld();
    for (let at = 60; at < 80; at += 4) await bench.append(entries.slice(at, at + 4));
    expectLog((await bench.restart()).log, entries.slice(50));
  });

  it("needs no more disk for a long life than for a short one while the base moves", async () => {
    const bench = await startedBench(create);
    const sizes: number[] = [];
    let last: Entry | undefined;
    for (let round = 1; round <= 24; round++) {
      const entries = bench.chain(20, { bodyBytes: 8_000, after: last });
      last = entries.at(-1);
      await bench.append(entries);
      const head = positionOf(last);
      await bench.writeSuperblock(bench.superblock({ head, base: baseAt(entries[9]) }));
      if (round % 8 !== 0) continue;
      expectLog((await bench.restart()).log, entries.slice(10));
      sizes.push(await bench.diskBytes());
      await bench.restart();
    }
    const [first, ...later] = sizes;
    for (const size of later) expect(size).toBeLessThanOrEqual(present(first));
  });
}

function harmConformance(create: Create): void {
  it("S10 reports a harmed body as corrupt, not as absent, until it is written again", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(5);
    for (const entry of entries) await bench.append([entry]);
    const harmed = entries[2];
    if (harmed !== undefined) await bench.flipBitIn(harmed.body);
    const { log } = await bench.restart();
    expectLog(log, entries, [3]);
    expect(await bench.read([harmed])).toEqual([null]);
    if (harmed !== undefined) await bench.append([harmed]);
    expect((await bench.read([harmed])).map(identityOf)).toEqual([identityOf(harmed)]);
    expectLog((await bench.restart()).log, entries);
  });

  it("L5 knows an entry by its second name when its record has lost the first", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(3);
    await bench.append(entries);
    await bench.idle();
    const last = entries[2];
    if (last !== undefined) await bench.flipBitIn(encodeEntryHeader(last.header));
    expectLog((await bench.restart()).log, entries, [3]);
  });

  it("L5 takes a torn tail that nothing names for absent, now and later", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(6);
    await bench.append(entries.slice(0, 3));
    await bench.append(entries.slice(3));
    await bench.eraseFrom(entries[4]?.body);
    const { log } = await bench.restart();
    expectLog(log, entries.slice(0, 4));
    await bench.append(entries.slice(4));
    expectLog((await bench.restart()).log, entries);
  });

  it("S5 is uncertain of its head when what the superblock names is gone, and stays so", async () => {
    const bench = await startedBench(create);
    const entries = bench.chain(4);
    await bench.append(entries.slice(0, 3));
    await bench.append(entries.slice(3));
    await bench.writeSuperblock(bench.superblock({ head: positionOf(entries[3]) }));
    await bench.eraseFrom(encodeHeaderOf(entries[3]));
    const { log } = await bench.restart();
    expect(log.isHeadUncertain).toBe(true);
    expect(log.entries.map(identityOf)).toEqual(entries.slice(0, 3).map(identityOf));
    const head = positionOf(entries[2]);
    await bench.writeSuperblock(bench.superblock({ head, isHeadUncertain: true }));
    expect((await bench.restart()).log.isHeadUncertain).toBe(true);
    await bench.writeSuperblock(bench.superblock({ head, isHeadUncertain: false }));
    expect((await bench.restart()).log.isHeadUncertain).toBe(false);
  });
}

function expectLog(
  log: JournalBench["opened"]["log"],
  entries: readonly Entry[],
  corruptOps: readonly number[] = [],
): void {
  expect(log.isHeadUncertain).toBe(false);
  expect(log.entries.map(identityOf)).toEqual(entries.map(identityOf));
  expect(log.entries.map(({ header }) => header)).toEqual(entries.map(({ header }) => header));
  const corrupt = log.entries.filter(({ state }) => state === "corrupt");
  expect(corrupt.map(({ header }) => header.op)).toEqual(corruptOps);
}

function identityOf(entry: Pick<Entry, "header" | "hash"> | null | undefined): string | null {
  return entry ? `${entry.header.op} ${hexEncode(entry.hash)}` : null;
}

function encodeHeaderOf(entry: Entry | undefined): Uint8Array | undefined {
  return entry && encodeEntryHeader(entry.header);
}
