import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

test("a tally tells of the 1st, 2nd, 4th, 8th … of each name, and counts all", () => {
  const tally = new Tally<"a" | "b">();
  const told: number[] = [];
  for (let times = 0; times < 1_000; times++) {
    const { count, isWorthTelling } = tally.count("a");
    if (isWorthTelling) told.push(count);
  }
  expect(told).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  expect(tally.count("b")).toEqual({ count: 1, isWorthTelling: true });
  expect([...tally.read()]).toEqual([
    ["a", 1_000],
    ["b", 1],
  ]);
});
