import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { identityOf, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { claimRunning, livingOf, readRunning, releaseRunning, writeRunning } from "./running.ts";

/** No system has this pid: Linux ends at 2^22. */
const pidOfNobody = 2 ** 30;
const dead: ProcessIdentity = { pid: pidOfNobody, start: "long ago" };

let path = "";

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-running-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, "running.json");
});

test("the first supervisor takes the folder, and gives it back", () => {
  expect(claimRunning(path)).toEqual([]);
  expect(readRunning(path)?.supervisor).toEqual(us());
  releaseRunning(path);
  expect(existsSync(path)).toBe(false);
});

test("a second supervisor is told which process runs", () => {
  claimRunning(path);
  expect(() => claimRunning(path)).toThrow(
    expect.objectContaining({ exitCode: exitCodes.alreadyRunning }),
  );
  expect(() => claimRunning(path)).toThrow(new RegExp(`pid ${process.pid}\\b`));
  expect(readRunning(path)?.supervisor).toEqual(us());
});

test("the file of a supervisor that died is taken over, with the children it left", () => {
  writeFileSync(path, JSON.stringify({ supervisor: dead, children: [dead, us()] }));
  expect(claimRunning(path)).toEqual([us()]);
  expect(readRunning(path)).toEqual({ supervisor: us(), children: [] });
});

test("a pid that now belongs to another process does not look like the old one", () => {
  const reused = { pid: process.pid, start: "an earlier life" };
  writeFileSync(path, JSON.stringify({ supervisor: reused, children: [reused] }));
  expect(isAlive(reused)).toBe(false);
  expect(claimRunning(path)).toEqual([]);
});

test("a damaged file does not keep anybody from starting", () => {
  writeFileSync(path, '{"supervisor":');
  expect(claimRunning(path)).toEqual([]);
});

test("the living of a file are those that live, the supervisor first", () => {
  claimRunning(path);
  writeRunning(path, [us(), dead]);
  expect(livingOf(readRunning(path))).toEqual([us(), us()]);
  expect(livingOf(null)).toEqual([]);
});

function us(): ProcessIdentity {
  const identity = identityOf(process.pid);
  if (identity === null) throw new Error("this process has no identity");
  return identity;
}
