import { closeSync, mkdtempSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { logBytes, openLog, tailOf } from "./log-file.ts";

let path = "";

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, "r0.log");
});

test("a log that is opened again keeps its lines", () => {
  for (const line of ["one\n", "two\n"]) {
    const log = openLog(path);
    writeSync(log, line);
    closeSync(log);
  }
  expect(tailOf(path, 5)).toBe(`  the end of ${path}:\n  | one\n  | two`);
});

test("the tail is the last lines, and only those of this run", () => {
  writeFileSync(path, "old\n");
  const begin = logBytes(path);
  expect(tailOf(path, 2, begin)).toBe(`  (nothing in ${path})`);
  writeFileSync(path, "old\na\nb\nc\n");
  expect(tailOf(path, 2, begin)).toBe(`  the end of ${path}:\n  | b\n  | c`);
});

test("a log that does not exist has nothing to say", () => {
  expect(logBytes(path)).toBe(0);
  expect(tailOf(path, 2)).toBe(`  (nothing in ${path})`);
});
