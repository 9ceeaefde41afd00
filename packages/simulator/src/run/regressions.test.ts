import { expect, test } from "vitest";
import { parseCommandLine } from "../command/command-line.ts";
import { readRegressions } from "./regressions.ts";
import { seedsOf } from "../command/simulate.ts";

test("each regression names a seed of its own, and says in a sentence what was wrong", () => {
  const regressions = readRegressions();
  expect(regressions.length).toBeGreaterThan(0);
  expect(new Set(regressions.map(({ seed }) => seed)).size).toBe(regressions.length);
  for (const { seed, why } of regressions) {
    expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
    expect(why).toMatch(/^[A-Z].{20,}\.$/);
  }
});

test("--regressions runs them first, each seed once, and without it they are left out", () => {
  const seeds = readRegressions().map(({ seed }) => seed);
  const first = Math.min(...seeds);
  const options = ["--seed", String(first), "--count", "2"];
  expect([...seedsOf(parseCommandLine(options))]).toEqual([first, first + 1]);
  const all = [...seedsOf(parseCommandLine([...options, "--regressions"]))];
  expect(all.slice(0, seeds.length)).toEqual(seeds);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toContain(first + 1);
});
