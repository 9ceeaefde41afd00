import { describe, expect, it } from "vitest";
import type { Entry } from "@quorate/protocol";
import { chainOf, entryAfter, headOf, superblockOf } from "./memory-disk.ts";
import { type KnownEntries, type OpenedEntry, openLog } from "./opened-log.ts";

function known(entries: readonly Entry[], corrupt: readonly Entry[] = []): OpenedEntry[] {
  const present = entries.map(({ header, hash }) => ({ header, hash, state: "present" as const }));
  return [
    ...present,
    ...corrupt.map(({ header, hash }) => ({ header, hash, state: "corrupt" as const })),
  ];
}

function knownOnly(entries: readonly Entry[], lostCount = 0, isTailLost = false): KnownEntries {
  return { entries: known(entries), lostCount, isTailLost };
}

function hashes(entries: readonly { readonly hash: Uint8Array }[]): Uint8Array[] {
  return entries.map(({ hash }) => hash);
}

describe("S3", () => {
  const old = chainOf(5, 1);

  it("is, up to the superblock's head, what the superblock names", () => {
    const log = openLog(superblockOf(headOf(old[3]), 2), knownOnly(old));
    expect(hashes(log.entries)).toEqual(hashes(old.slice(0, 4)));
    expect(log.isHeadUncertain).toBe(false);
  });

  it("follows parent hashes down, past entries of the same ops that were replaced", () => {
    const chosen = chainOf(3, 2, old[1]);
    const all = [...old, ...chosen];
    const log = openLog(superblockOf(headOf(chosen[2]), 2), knownOnly(all));
    expect(hashes(log.entries)).toEqual(hashes([...old.slice(0, 2), ...chosen]));
  });

  it("goes on above the head with entries of the last normal view", () => {
    const above = chainOf(3, 2, old[2]);
    const all = [...old, ...above];
    const log = openLog(superblockOf(headOf(old[2]), 2), knownOnly(all));
    expect(hashes(log.entries)).toEqual(hashes([...old.slice(0, 3), ...above]));
  });

  it("cuts an old suffix that still chains to the head by parent hash", () => {
    const log = openLog(superblockOf(headOf(old[0]), 2), knownOnly(old));
    expect(hashes(log.entries)).toEqual(hashes(old.slice(0, 1)));
    expect(log.isHeadUncertain).toBe(false);
  });

  it("cuts entries of the last normal view that do not chain to the head", () => {
    const stray = chainOf(2, 2, entryAfter(old[3] ?? null, 2, { label: "unknown" }));
    const all = [...old, ...stray];
    const log = openLog(superblockOf(headOf(old[4]), 2), knownOnly(all));
    expect(hashes(log.entries)).toEqual(hashes(old));
  });

  it("ends exactly at the head while the view is newer than the last normal one", () => {
    const log = openLog(superblockOf(headOf(old[2]), 2, 1), knownOnly(old));
    expect(hashes(log.entries)).toEqual(hashes(old.slice(0, 3)));
  });

  it("cuts entries of another epoch above the head", () => {
    const superblock = { ...superblockOf(headOf(old[2]), 1), epoch: otherEpoch(old) };
    const log = openLog(superblock, knownOnly(old));
    expect(hashes(log.entries)).toEqual(hashes(old.slice(0, 3)));
  });

  it("keeps a corrupt entry with its header, below and above the head", () => {
    const [first, second, third, fourth, fifth] = old;
    if (!first || !second || !third || !fourth || !fifth) throw new Error("five entries");
    const entries = known([first, third, fifth], [second, fourth]);
    const superblock = superblockOf(headOf(third), 1);
    const log = openLog(superblock, { entries, lostCount: 0, isTailLost: false });
    const states = ["present", "corrupt", "present", "corrupt", "present"];
    expect(log.entries.map(({ state }) => state)).toEqual(states);
    expect(log.entries.map(({ header }) => header)).toEqual(old.map(({ header }) => header));
  });

  it("takes an entry for present when any of its records is readable", () => {
    for (const entries of [known(old, old), [...known([], old), ...known(old)]]) {
      const superblock = superblockOf(headOf(old[2]), 1);
      const log = openLog(superblock, { entries, lostCount: 0, isTailLost: false });
      expect(log.entries.every(({ state }) => state === "present")).toBe(true);
    }
  });

  it("stops where two entries of one view follow the same one, and is uncertain", () => {
    const twin = entryAfter(old[2] ?? null, 1, { label: "twin" });
    const superblock = superblockOf(headOf(old[1]), 1);
    const log = openLog(superblock, knownOnly([...old, twin]));
    expect(hashes(log.entries)).toEqual(hashes(old.slice(0, 3)));
    expect(log.isHeadUncertain).toBe(true);
  });
});

describe("S5", () => {
  const log = chainOf(8, 1);
  const without = (...ops: number[]): Entry[] =>
    log.filter(({ header }) => !ops.includes(header.op));

  it("is uncertain when the head's header is readable nowhere, and ends below it", () => {
    const opened = openLog(superblockOf(headOf(log[7]), 1), knownOnly(without(8), 1));
    expect(hashes(opened.entries)).toEqual(hashes(log.slice(0, 7)));
    expect(opened.isHeadUncertain).toBe(true);
  });

  it("is uncertain when a header inside the chain is readable nowhere, and ends below it", () => {
    const opened = openLog(superblockOf(headOf(log[7]), 1), knownOnly(without(5), 1));
    expect(hashes(opened.entries)).toEqual(hashes(log.slice(0, 4)));
    expect(opened.isHeadUncertain).toBe(true);
  });

  it("believes no replaced entry below a hole, though it chains to the genesis", () => {
    const chosen = chainOf(4, 2, log[2]);
    const readable = [...log.slice(0, 5), ...chosen.slice(3)];
    const superblock = superblockOf(headOf(chosen[3]), 2);
    const opened = openLog(superblock, knownOnly(readable, 3));
    expect(hashes(opened.entries)).toEqual(hashes(log.slice(0, 3)));
    expect(opened.isHeadUncertain).toBe(true);
  });

  it("believes nothing when fewer records are lost than the hole needs", () => {
    const opened = openLog(superblockOf(headOf(log[7]), 1), knownOnly(without(8), 0));
    expect(opened.entries).toEqual([]);
    expect(opened.isHeadUncertain).toBe(true);
  });

  it("is uncertain when a lost record may have stood above the log", () => {
    const superblock = superblockOf(headOf(log[3]), 1);
    const opened = openLog(superblock, knownOnly(log, 1, true));
    expect(hashes(opened.entries)).toEqual(hashes(log));
    expect(opened.isHeadUncertain).toBe(true);
  });

  it("is certain in spite of a lost record when the DoViewChange has named the head", () => {
    const superblock = superblockOf(headOf(log[3]), 2, 1);
    const opened = openLog(superblock, knownOnly(log, 1, true));
    expect(opened.isHeadUncertain).toBe(false);
  });

  it("stays uncertain when the superblock says so", () => {
    for (const view of [1, 2]) {
      const superblock = superblockOf(headOf(log[3]), view, 1, true);
      expect(openLog(superblock, knownOnly(log)).isHeadUncertain).toBe(true);
    }
  });

  it("believes nothing of a chain that ends in another genesis", () => {
    const superblock = superblockOf(headOf(log[7]), 1);
    const base = { ...superblock.base, hash: new Uint8Array(32).fill(8) };
    const opened = openLog({ ...superblock, base }, knownOnly(log));
    expect(opened).toEqual({ entries: [], isHeadUncertain: true });
  });
});

function otherEpoch(entries: readonly Entry[]): Entry["header"]["epoch"] {
  const epoch = (entries[0]?.header.epoch ?? 0) + 1;
  return epoch as Entry["header"]["epoch"];
}
