import { expect, test } from "vitest";
import {
  aboutOf,
  bytesOf,
  capitalOf,
  durationOf,
  groupedOf,
  latencyOf,
  listOf,
  roughOf,
  wordOf,
} from "./format.ts";

test("op numbers are written in full, in groups of three", () => {
  expect(groupedOf(0)).toBe("0");
  expect(groupedOf(999)).toBe("999");
  expect(groupedOf(184_502)).toBe("184\u2009502");
  expect(groupedOf(Number.MAX_SAFE_INTEGER)).toBe("9\u2009007\u2009199\u2009254\u2009740\u2009991");
  expect(groupedOf(-10_000)).toBe("\u221210\u2009000");
});

test("rates have three significant digits", () => {
  expect(roughOf(0)).toBe("0");
  expect(roughOf(1.2345)).toBe("1.23");
  expect(roughOf(48_210)).toBe("48\u2009200");
  expect(roughOf(99.96)).toBe("100");
});

test("durations use the two largest units that matter", () => {
  expect(durationOf(0)).toBe("0.0 s");
  expect(durationOf(840)).toBe("0.8 s");
  expect(durationOf(42_000)).toBe("42 s");
  expect(durationOf(190_000)).toBe("3 min 10 s");
  expect(durationOf(180_000)).toBe("3 min");
  expect(durationOf(4 * 3_600_000 + 300_000)).toBe("4 h 5 min");
  expect(durationOf(6 * 86_400_000 + 4 * 3_600_000)).toBe("6 d 4 h");
});

test("estimates use one unit", () => {
  expect(aboutOf(400)).toBe("0.4 s");
  expect(aboutOf(3000)).toBe("3 s");
  expect(aboutOf(193_000)).toBe("3 min");
  expect(aboutOf(7_200_000)).toBe("2 h");
  expect(aboutOf(172_800_000)).toBe("2 d");
});

test("latencies keep a decimal while it matters", () => {
  expect(latencyOf(1.84)).toBe("1.8 ms");
  expect(latencyOf(31.4)).toBe("31 ms");
  expect(latencyOf(1500)).toBe("1.5 s");
});

test("sizes are in powers of 1024", () => {
  expect(bytesOf(0)).toBe("0 B");
  expect(bytesOf(999)).toBe("999 B");
  expect(bytesOf(1500)).toBe("1.46 KiB");
  expect(bytesOf(8 * 1024 ** 3)).toBe("8 GiB");
});

test("lists and counts read as words", () => {
  expect(listOf([])).toBe("");
  expect(listOf(["r0"])).toBe("r0");
  expect(listOf(["r0", "r1", "r2"])).toBe("r0, r1 and r2");
  expect(wordOf(2)).toBe("two");
  expect(wordOf(12)).toBe("12");
  expect(capitalOf("two")).toBe("Two");
});
