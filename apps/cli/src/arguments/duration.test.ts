import { expect, test } from "vitest";
import { durationIn } from "./duration.ts";

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
