import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Prng } from "@quorate/prelude";
import { flipBits } from "./rot.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-rot-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Bits that differ from the bytes that the file had. */
function flippedIn(name: string, before: Buffer): number {
  const after = readFileSync(join(folder, name));
  expect(after.length).toBe(before.length);
  return after.reduce((sum, byte, at) => {
    return sum + [...(byte ^ (before[at] ?? 0)).toString(2)].filter((bit) => bit === "1").length;
  }, 0);
}

test("single bits of used sectors are flipped, and nothing that was never written", () => {
  const used = Buffer.alloc(3 * 4096);
  used.fill(7, 0, 4096);
  const [empty, small] = [Buffer.alloc(8192), Buffer.from("spared")];
  writeFileSync(join(folder, "used"), used);
  writeFileSync(join(folder, "empty"), empty);
  writeFileSync(join(folder, "spared"), small);
  expect(flipBits(folder, 9, "spared", new Prng(1))).toBe(9);
  expect(flippedIn("used", used)).toBe(9);
  expect(readFileSync(join(folder, "used")).subarray(4096)).toEqual(used.subarray(4096));
  expect([flippedIn("empty", empty), flippedIn("spared", small)]).toEqual([0, 0]);
});

test("a file that is shorter than a sector is hit too", () => {
  const short = Buffer.from("short");
  writeFileSync(join(folder, "short"), short);
  flipBits(folder, 1, "", new Prng(2));
  expect(flippedIn("short", short)).toBe(1);
});

test("a folder without a written file has nothing to flip", () => {
  writeFileSync(join(folder, "empty"), Buffer.alloc(4096));
  expect(flipBits(folder, 5, "", new Prng(3))).toBe(0);
});
