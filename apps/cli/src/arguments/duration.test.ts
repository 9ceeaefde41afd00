import { expect, test } from "vitest";
import { durationBetween, durationIn } from "./duration.ts";

test("durations have units, and a bare number is seconds", () => {
  expect(["250ms", "30s", "1.5m", "12h", "7d", "5"].map(durationIn)).toEqual([
    250, 30_000, 90_000, 43_200_000, 604_800_000, 5000,
  ]);
});

test("what is no duration is none", () => {
  for (const text of ["", "s", "-5s", "5 s", "5w", "1e3", "5s5", "٥s"]) {
    expect(durationIn(text), text).toBeNull();
  }
});

test("a duration out of range is refused with the bounds, in words that can be typed", () => {
  const wait = durationBetween(0, 30_000);
  expect(["0", "30s", "0.5m"].map(wait)).toEqual([0, 30_000, 30_000]);
  expect(() => wait("31s")).toThrow("of at most 30s");
  expect(() => durationBetween(1000, 43_200_000)("1d")).toThrow("from 1s to 12h");
  expect(() => wait("soon")).toThrow("such as 250ms");
});
