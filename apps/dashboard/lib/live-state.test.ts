import { expect, test } from "vitest";
import { normalThree } from "../picture/fixtures.ts";
import { compareCoord, freshnessOf, nothingLive, withPicture, withQueues } from "./live-state.ts";

const newer = { ...normalThree, coord: { ...normalThree.coord, op: normalThree.coord.op + 1 } };
const shown = { ...withPicture(nothingLive, newer, 1000), connected: true };

test("a picture with an older coordinate is dropped", () => {
  expect(withPicture(shown, normalThree, 1500)).toBe(shown);
});

test("a picture with the same coordinate counts: the cluster is idle, the feed is not", () => {
  expect(withPicture(shown, newer, 1500).picture?.atMs).toBe(1500);
});

test("after a silence an older coordinate is taken: what was shown may have been wrong", () => {
  expect(withPicture(shown, normalThree, 4000).picture?.message).toBe(normalThree);
});

test("a picture of another cluster replaces all", () => {
  const other = { ...normalThree, clusterId: "another" };
  expect(withPicture(shown, other, 1100).picture?.message).toBe(other);
});

test("queues are dropped when they are older, too", () => {
  const coord = { epoch: 1, view: 1, op: 9 };
  const state = withQueues(nothingLive, { queues: [], coord }, 1000);
  expect(withQueues(state, { queues: [], coord: { ...coord, op: 8 } }, 1200)).toBe(state);
});

test("coordinates are ordered by epoch, then view, then op", () => {
  const of = (epoch: number, view: number, op: number) => ({ epoch, view, op });
  expect(compareCoord(of(2, 0, 0), of(1, 9, 9))).toBeGreaterThan(0);
  expect(compareCoord(of(1, 2, 0), of(1, 1, 9))).toBeGreaterThan(0);
  expect(compareCoord(of(1, 1, 2), of(1, 1, 2))).toBe(0);
});

test("the tiers are live below 2 s, late up to 10 s, then stale; without a connection offline", () => {
  const tierAt = (nowMs: number, connected = true): string =>
    freshnessOf({ ...shown, connected }, nowMs).tier;
  expect(tierAt(1000)).toBe("live");
  expect(tierAt(3100)).toBe("late");
  expect(tierAt(10_900)).toBe("late");
  expect(tierAt(11_100)).toBe("stale");
  expect(tierAt(1000, false)).toBe("offline");
});

test("the age counts from the statement, not from its arrival", () => {
  const old = withPicture(
    { ...nothingLive, connected: true },
    { ...normalThree, asOfMs: 8000 },
    500,
  );
  expect(freshnessOf(old, 700)).toEqual({ tier: "late", ageMs: 8200 });
});

test("while nothing has been heard there is no age, and nothing looks live", () => {
  expect(freshnessOf({ ...nothingLive, connected: true }, 5)).toEqual({
    tier: "stale",
    ageMs: null,
  });
  const unheard = withPicture(
    { ...nothingLive, connected: true },
    { ...normalThree, asOfMs: null },
    5,
  );
  expect(freshnessOf(unheard, 6)).toEqual({ tier: "stale", ageMs: null });
});
