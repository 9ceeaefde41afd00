import { expect, test } from "vitest";
import { historyMs, type Sample, sparkPathOf, withSample } from "./history.ts";

test("samples closer than a second are not kept, and old ones go", () => {
  let samples: readonly Sample[] = [];
  for (let atMs = 0; atMs <= 2 * historyMs; atMs += 250)
    samples = withSample(samples, { atMs, value: 1 });
  expect(samples.length).toBeLessThanOrEqual(historyMs / 1000 + 1);
  expect(samples[0]?.atMs).toBe(historyMs);
});

test("the newest sample stands at the right end, the largest at the top, zero at the bottom", () => {
  const samples = [0, 4, 2, 0].map((value, k) => ({ atMs: k * 1000, value }));
  const path = sparkPathOf(samples, 100, 28);
  expect(path).toMatch(/L100\.0 27\.0$/);
  expect(path).toContain(" 1.0");
  expect(sparkPathOf(samples.slice(0, 2), 100, 28)).toBe("");
});
