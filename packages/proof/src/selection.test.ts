import { sha256 } from "@quorate/prelude/testing";
import { asOp, asView, type Entry, type MessageOf } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { isWellFormed, selectLog } from "./selection.ts";
import { chainOf, doViewChangeOf, headOf, testConfigDigest } from "./testing/chain.ts";

const base = chainOf(3, 1);
const older = [...base, ...chainOf(4, 1, base.at(-1), "older")];
const newer = [...base, ...chainOf(1, 2, base.at(-1), "newer")];

function select(voterCount: number, ...changes: MessageOf<"doViewChange">[]) {
  return selectLog(changes, voterCount, sha256);
}

describe("which log is selected", () => {
  it("the one of the largest last normal view, though another is longer", () => {
    const selection = select(3, doViewChangeOf(older, 1), doViewChangeOf(newer, 2));
    expect(selection).toMatchObject({ kind: "selected", head: headOf(newer.at(-1)) });
  });

  it("of the same last normal view the longest", () => {
    const selection = select(3, doViewChangeOf(base, 1), doViewChangeOf(older, 1));
    expect(selection).toMatchObject({ kind: "selected", head: headOf(older.at(-1)) });
  });

  it("whatever the order of the DoViewChanges", () => {
    const changes = [doViewChangeOf(base, 2), doViewChangeOf(newer, 2), doViewChangeOf(older, 1)];
    const selections = [changes, changes.toReversed()].map((each) => select(5, ...each));
    expect(selections[0]).toEqual(selections[1]);
  });

  it("with the largest commit of all, which may be the loser's", () => {
    const selection = select(
      3,
      doViewChangeOf(newer, 2, { commit: 1 }),
      doViewChangeOf(base, 1, { commit: 3 }),
    );
    expect(selection).toMatchObject({ head: headOf(newer.at(-1)), commit: 3 });
  });

  it("is empty when all are empty", () => {
    const selection = select(3, doViewChangeOf([], 0), doViewChangeOf([], 0));
    expect(selection).toEqual({
      kind: "selected",
      head: headOf(null),
      commit: 0,
      lastNormalView: 0,
    });
  });

  it("none, when two differ at one last normal view and op", () => {
    const rival = [...base, ...chainOf(1, 2, base.at(-1), "rival")];
    const selection = select(3, doViewChangeOf(newer, 2), doViewChangeOf(rival, 2));
    expect(selection).toEqual({ kind: "conflict", reason: "heads" });
  });

  it("none, when a commit is above the selected op", () => {
    const selection = select(3, doViewChangeOf(newer, 2), doViewChangeOf(older, 1, { commit: 7 }));
    expect(selection).toEqual({ kind: "conflict", reason: "commit" });
  });
});

describe("S10: a selected entry that nobody in sight can read", () => {
  const corrupt = { corrupt: [3], commit: 1 };

  it("is taken from whoever has it, whatever that replica's last normal view", () => {
    const selection = select(3, doViewChangeOf(newer, 2, corrupt), doViewChangeOf(base, 1));
    expect(selection).toMatchObject({ kind: "selected", head: headOf(newer.at(-1)) });
  });

  it("is waited for while a nack quorum is missing", () => {
    const short = doViewChangeOf(base.slice(0, 2), 1);
    expect(select(3, doViewChangeOf(newer, 2, corrupt), short)).toEqual({
      kind: "unreadable",
      op: 3,
    });
    expect(select(5, doViewChangeOf(newer, 2, corrupt), short, short)).toMatchObject({ op: 3 });
  });

  it("is cut with all above it by a nack quorum", () => {
    const short = doViewChangeOf(base.slice(0, 2), 1);
    for (const [voters, nacks] of [
      [3, 2],
      [5, 3],
      [4, 2],
    ] as const) {
      const others = Array.from({ length: nacks }, () => short);
      const selection = select(voters, doViewChangeOf(newer, 2, corrupt), ...others);
      expect(selection).toMatchObject({ kind: "selected", head: headOf(base[1]) });
    }
  });

  it("is denied by whoever holds another entry there, not by whoever holds it corrupt", () => {
    const other = [...base.slice(0, 2), ...chainOf(1, 1, base[1], "other")];
    const winner = doViewChangeOf(newer, 2, corrupt);
    const denied = select(3, winner, doViewChangeOf(other, 1), doViewChangeOf(other, 1));
    expect(denied).toMatchObject({ kind: "selected", head: headOf(base[1]) });
    const rotten = doViewChangeOf(base, 1, corrupt);
    expect(select(3, winner, rotten, rotten)).toEqual({ kind: "unreadable", op: 3 });
  });

  it("is not denied by a log whose headers do not reach down to it", () => {
    const long = [...base, ...chainOf(9, 1, base.at(-1), "long")];
    const winner = doViewChangeOf(newer, 2, corrupt);
    const above = doViewChangeOf(long, 1, { pipelineMax: 4 });
    expect(select(3, winner, above, above)).toEqual({ kind: "unreadable", op: 3 });
  });

  it("is never cut when it is known to be committed", () => {
    const short = doViewChangeOf(base.slice(0, 2), 1);
    const winner = doViewChangeOf(newer, 2, { corrupt: [3], commit: 3 });
    expect(select(3, winner, short, short)).toMatchObject({
      head: headOf(newer.at(-1)),
      commit: 3,
    });
  });
});

describe("what a DoViewChange must be like", () => {
  const isGood = (change: MessageOf<"doViewChange">, view = 3, pipelineMax = 8): boolean => {
    return isWellFormed(change, asView(view), pipelineMax, testConfigDigest, sha256);
  };
  const good = doViewChangeOf(newer, 2);

  it("names a last normal view below its view", () => {
    expect(isGood(good)).toBe(true);
    expect(isGood(good, 2)).toBe(false);
  });

  it("carries at most the last pipelineMax headers", () => {
    expect(isGood(doViewChangeOf(newer, 2, { pipelineMax: 2 }), 3, 2)).toBe(true);
    expect(isGood(good, 3, 2)).toBe(false);
  });

  it("carries all headers above its commit, or the last pipelineMax of them", () => {
    const short = { ...good, headers: good.headers.slice(1) };
    expect(isGood(short)).toBe(false);
    expect(isGood({ ...short, commit: asOp(1) })).toBe(true);
  });

  it("carries headers that chain and end in its head", () => {
    const swapped: Entry[] = [...base.slice(0, 2), ...chainOf(1, 1, base[0]), ...newer.slice(3)];
    expect(isGood({ ...doViewChangeOf(swapped, 2), head: good.head })).toBe(false);
    expect(isGood({ ...good, head: headOf(base.at(-1)) })).toBe(false);
  });

  it("names the genesis of this configuration when it is empty", () => {
    const empty = doViewChangeOf([], 0);
    expect(isGood(empty)).toBe(true);
    expect(isGood({ ...empty, head: { ...empty.head, hash: testConfigDigest } })).toBe(false);
  });
});
