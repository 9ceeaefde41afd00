import { AssertionError } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { asOp, type Entry, genesisBase } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { Log, type SlotState } from "./log.ts";
import { chainOf, headOf, testConfigDigest } from "@quorate/proof/testing";

const entries = chainOf(6, 1);

function logOf(states: readonly SlotState[], from: readonly Entry[] = entries): Log {
  const log = new Log(genesisBase(testConfigDigest, sha256));
  for (const [index, state] of states.entries()) {
    const entry = from[index];
    if (entry !== undefined) log.push(entry.header, entry.hash, state);
  }
  return log;
}

describe("the log is a chain without gaps", () => {
  it("and ends in its newest entry, or in the genesis", () => {
    expect(logOf([]).head).toEqual(headOf(null));
    expect(logOf(["present", "present"]).head).toEqual(headOf(entries[1]));
  });

  it("refuses an entry that leaves a gap or does not chain", () => {
    const log = logOf(["present"]);
    const third = entries[2];
    const [rival] = chainOf(1, 2, chainOf(1, 2, null, "other").at(-1));
    for (const entry of [third, rival]) {
      if (entry === undefined) throw new Error("an entry");
      expect(() => log.push(entry.header, entry.hash, "present")).toThrow(AssertionError);
    }
  });

  it("holds a position only with its hash", () => {
    const log = logOf(["present", "present"]);
    expect(log.holds(headOf(entries[1]))).toBe(true);
    expect(log.holds(headOf(null))).toBe(true);
    expect(log.holds(headOf(entries[2]))).toBe(false);
    expect(log.holds({ op: asOp(2), hash: headOf(entries[0]).hash })).toBe(false);
    expect(log.holds({ op: asOp(0), hash: headOf(entries[0]).hash })).toBe(false);
  });
});

describe("what is stored is what is present without a gap from op 1", () => {
  it("ends before the first entry that is corrupt or still being appended", () => {
    expect(logOf(["present", "present", "appending"]).storedOp).toBe(2);
    expect(logOf(["present", "corrupt", "present"]).storedOp).toBe(1);
    expect(logOf(["corrupt"]).storedOp).toBe(0);
  });

  it("grows when appends complete, over all that one completion covers", () => {
    const log = logOf(["present", "appending", "appending", "appending"]);
    log.markStored(asOp(3));
    expect(log.storedOp).toBe(3);
    log.markStored(asOp(9));
    expect(log.storedOp).toBe(4);
  });

  it("never passes a corrupt entry, and goes on when it has been repaired", () => {
    const log = logOf(["present", "corrupt", "appending"]);
    log.markStored(asOp(3));
    expect(log.storedOp).toBe(1);
    expect(log.corruptThrough(asOp(3))).toEqual([headOf(entries[1])]);
    log.markRepaired({ op: asOp(2), hash: headOf(entries[0]).hash });
    expect(log.storedOp).toBe(1);
    log.markRepaired(headOf(entries[1]));
    expect(log.storedOp).toBe(3);
    expect(log.corruptThrough(asOp(3))).toEqual([]);
  });

  it("shrinks when an entry is found to be corrupt", () => {
    const log = logOf(["present", "present", "present"]);
    log.markCorrupt(asOp(2));
    expect(log.storedOp).toBe(1);
  });
});

describe("cuts", () => {
  it("drop everything above an op and begin another generation", () => {
    const log = logOf(["present", "present", "present"]);
    const { generation } = log;
    log.cutAbove(asOp(1));
    expect([log.headOp, log.storedOp]).toEqual([1, 1]);
    expect(log.generation).toBeGreaterThan(generation);
  });

  it("of what is being appended leave what is on disk", () => {
    const log = logOf(["present", "corrupt", "appending", "appending"]);
    log.cutAppending();
    expect(log.headOp).toBe(2);
    const untouched = logOf(["present"]);
    const { generation } = untouched;
    untouched.cutAppending();
    expect(untouched.headOp).toBe(1);
    expect(untouched.generation).toBeGreaterThan(generation);
  });
});

describe("the tail that a DoViewChange carries", () => {
  it("is the last headers, oldest first, with their states", () => {
    const tail = logOf(["present", "present", "corrupt"]).tail(2);
    expect(tail).toMatchObject([
      { header: { op: 2 }, state: "present" },
      { header: { op: 3 }, state: "corrupt" },
    ]);
    expect(logOf(["present"]).tail(8)).toHaveLength(1);
  });

  it("never speaks of what no disk has confirmed", () => {
    expect(() => logOf(["present", "appending"]).tail(8)).toThrow(AssertionError);
  });
});
