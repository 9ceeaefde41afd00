import { expect, test } from "vitest";
import { matchedText } from "./task-record.ts";

test("while dead letters are still counted, there are at least so many", () => {
  expect(matchedText({ matched: 12_000, counting: true })).toBe("12 000 or more");
  expect(matchedText({ matched: 3, counting: false })).toBe("3");
});
