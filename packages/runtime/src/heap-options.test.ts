import { expect, test } from "vitest";
import { heapOptionsFor } from "./heap-options.ts";

test("a Node that was not tried gets no heap options", () => {
  expect(heapOptionsFor("27.0.1")).toEqual([]);
  expect(heapOptionsFor("26.1.0").length).toBeGreaterThan(0);
});
