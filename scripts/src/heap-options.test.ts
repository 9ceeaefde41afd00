import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { heapOptionsFor } from "./heap-options.ts";

test("this Node starts with the heap options that it is given", () => {
  const options = heapOptionsFor(process.versions.node);
  const { status, stdout } = spawnSync(process.execPath, [...options, "-p", "1 + 1"]);
  expect([status, stdout.toString("utf8").trim()]).toEqual([0, "2"]);
});

test("a Node that was not tried gets none", () => {
  expect(heapOptionsFor("27.0.1")).toEqual([]);
  expect(heapOptionsFor("26.1.0").length).toBeGreaterThan(0);
});
