import { expect, test } from "vitest";
import { percentile } from "./percentile.ts";

test("half of the values lie below the median, and all below the maximum", () => {
  const values = [5, 1, 4, 2, 3];
  expect(percentile(values, 0.5)).toBe(3);
  expect(percentile(values, 0.99)).toBe(5);
  expect(percentile(values, 1)).toBe(5);
});

test("nothing has no percentile", () => {
  expect(percentile([], 0.5)).toBeNaN();
});
