import { expect, test } from "vitest";
import { compactCount, compactDuration, compactRate } from "./compact.ts";

test("counts have five characters at most, however large they are", () => {
  const counts = [0, 9999, 10_000, 12_345, 99_949, 99_950, 345_600, 999_499, 999_500, 4_123_456];
  expect(counts.map(compactCount)).toEqual([
    "0",
    "9999",
    "10k",
    "12.3k",
    "99.9k",
    "100k",
    "346k",
    "999k",
    "1M",
    "4.12M",
  ]);
  for (let count = 1; count < 25e9; count = Math.ceil(count * 1.37)) {
    expect(compactCount(count).length, String(count)).toBeLessThanOrEqual(5);
  }
});

test("a rate that is not nothing does not look like nothing", () => {
  const rates = [0, 0.004, 0.25, 9.994, 12.46, 99.94, 480.4, 1234.5, 12_345];
  expect(rates.map(compactRate)).toEqual([
    "0",
    "<0.01",
    "0.25",
    "9.99",
    "12.5",
    "99.9",
    "480",
    "1235",
    "12.3k",
  ]);
});

test("ages have six characters at most", () => {
  const ages = [999, 59_999, 192_000, 7_500_000, 273_600_000, 120 * 86_400_000];
  expect(ages.map(compactDuration)).toEqual(["0s", "59s", "3m12s", "2h05m", "3d04h", "120d"]);
});
