import { spawnSync } from "node:child_process";
import { heapOptionsFor } from "@quorate/runtime";
import { expect, test } from "vitest";

test("this Node starts with the heap options that it is given", () => {
  const options = heapOptionsFor(process.versions.node);
  const { status, stdout } = spawnSync(process.execPath, [...options, "-p", "1 + 1"]);
  expect([status, stdout.toString("utf8").trim()]).toEqual([0, "2"]);
});
