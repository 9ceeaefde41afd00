import { expect, test } from "vitest";
import { bytesText, cellText, durationText, grouped, plural, visible } from "./cell.ts";

test("durations are said in the two largest units that matter", () => {
  const said = [0.62, 999, 1000, 42_300, 193_000, 7_500_000, 273_600_000].map(durationText);
  expect(said).toEqual(["0.6 ms", "999 ms", "1 s", "42.3 s", "3 min 13 s", "2 h 5 min", "3 d 4 h"]);
});

test("bytes, numbers and counts are said as people say them", () => {
  expect([512, 1536, 8 * 1024 ** 3].map(bytesText)).toEqual(["512 B", "1.5 KiB", "8 GiB"]);
  expect([7, 1234.5, 184_502].map(grouped)).toEqual(["7", "1 234.5", "184 502"]);
  expect([plural(1, "message"), plural(2000, "message")]).toEqual(["1 message", "2 000 messages"]);
});

test("what is not there is a dash, and nothing in a cell can act on a terminal", () => {
  expect([null, undefined, ""].map(cellText)).toEqual(["–", "–", "–"]);
  expect(visible("a\nb\t\u001b[2J\u009b\u202e")).toBe("a\\nb\\t\\u001b[2J\\u009b\\u202e");
});
