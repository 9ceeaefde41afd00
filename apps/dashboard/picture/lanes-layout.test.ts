import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PictureState } from "@quorate/contract";
import {
  busyFive,
  fixtures,
  lagFive,
  noQuorum,
  normalThree,
  single,
  viewChange,
} from "./fixtures.ts";
import { inflightColumnsOf, signaturesOf } from "./inflight-columns.ts";
import { lanesLayoutOf } from "./lanes-layout.ts";
import { isUp, votersOf } from "./membership.ts";

const widths = [240, 320, 358, 500, 619, 620, 700, 920, 1400];

describe("every fixture at every width", () => {
  for (const { name, picture } of fixtures) {
    for (const width of widths) {
      test(`${name} at ${width} px keeps the line, the logs and the cells in their places`, () => {
        const layout = lanesLayoutOf(picture, width);
        expect(layout.lanes).toHaveLength(picture.members.length);
        for (const [k, lane] of layout.lanes.entries()) {
          const member = picture.members[k];
          expect(lane.headX).toBeGreaterThanOrEqual(layout.logLeft);
          expect(lane.headX).toBeLessThanOrEqual(layout.lineX);
          expect(lane.bar === "open").toBe(member !== undefined && !isUp(member));
          if (lane.bar === "open") expect(lane.signed + lane.unsigned).toBe("");
          if (lane.gap !== null) expect(lane.gap.to).toBeGreaterThan(lane.gap.from);
          expect(lane.barTop + lane.barHeight).toBeLessThanOrEqual(layout.lineBottom);
        }
        for (const column of layout.columns) {
          expect(column.x).toBeGreaterThan(layout.lineX);
          expect(column.x).toBeLessThan(layout.width);
        }
        expect(layout.lineBottom).toBeLessThan(layout.height);
      });
    }
  }
});

test("each member that is heard says how fast its disk is", () => {
  const details = lanesLayoutOf(normalThree, 920).lanes.map(({ detail }) => detail);
  expect(details).toEqual(["fsync 1.8 ms", "fsync 2.4 ms", "fsync 2.4 ms"]);
});

test("the line stands at the same place whatever the commit is", () => {
  const before = lanesLayoutOf(normalThree, 920);
  const after = lanesLayoutOf({ ...normalThree, commit: normalThree.commit + 5000 }, 920);
  expect(after.lineX).toBe(before.lineX);
});

test("the line stands where the quorum-th longest log ends", () => {
  for (const { picture } of fixtures.filter((fixture) => fixture.picture.status === "normal")) {
    const heads = votersOf(picture)
      .map((member) => member.head)
      .toSorted((a, b) => b - a);
    expect(picture.commit).toBeLessThanOrEqual(heads[picture.quorum - 1] ?? 0);
  }
});

test("a log that is further behind ends further left, and 3 ops already show", () => {
  const at = (head: number): number => {
    const members = lagFive.members.map((each) => (each.index === 1 ? { ...each, head } : each));
    return lanesLayoutOf({ ...lagFive, members }, 920).lanes[1]?.headX ?? Number.NaN;
  };
  const { commit } = lagFive;
  expect(at(commit - 3)).toBeLessThan(at(commit));
  expect(at(commit - 1000)).toBeLessThan(at(commit - 3));
  expect(at(commit - 100_000)).toBeLessThan(at(commit - 1000));
});

test("an arbitrary sample never shows a committed column in flight, nor counts that rise to the right", () => {
  const acks = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }), {
    maxLength: 24,
  });
  fc.assert(
    fc.property(
      acks,
      fc.constantFrom("normal", "view-change"),
      fc.integer({ min: 240, max: 1600 }),
      (sample, status, width) => {
        const picture: PictureState = {
          ...lagFive,
          status,
          inflight: { ...lagFive.inflight, acks: sample },
        };
        const counts = inflightColumnsOf(picture).map((column) => signaturesOf(picture, column));
        for (const [k, count] of counts.entries()) {
          if (status === "normal") expect(count).toBeLessThan(picture.quorum);
          expect(count).toBeLessThanOrEqual(counts[k - 1] ?? Number.POSITIVE_INFINITY);
        }
        const layout = lanesLayoutOf(picture, width);
        expect(layout.columns.map((column) => column.count)).toEqual(
          counts.slice(0, layout.columns.length),
        );
      },
    ),
  );
});

test("nothing passes the line while the view changes or the quorum is lost", () => {
  expect(lanesLayoutOf(viewChange, 920)).toMatchObject({ line: "frozen", electing: true });
  expect(lanesLayoutOf(viewChange, 920).commitLabel).toContain("commit frozen at");
  expect(lanesLayoutOf(noQuorum, 920)).toMatchObject({ line: "frozen", electing: false });
  expect(lanesLayoutOf(normalThree, 920).line).toBe("settled");
});

test("cells that stand for ranges say so", () => {
  expect(lanesLayoutOf(busyFive, 920).rightTitle).toContain("×128");
  expect(lanesLayoutOf(single, 920).rightTitle).not.toContain("signatures");
});

test("below 620 px the labels stand above the bars, and the bars begin at the edge", () => {
  expect(lanesLayoutOf(normalThree, 358)).toMatchObject({ compact: true, logLeft: 0 });
  expect(lanesLayoutOf(normalThree, 920)).toMatchObject({ compact: false });
});
