import { expect, test } from "vitest";
import { wrapped } from "./wrapped.ts";

test("a text is broken at spaces, but never inside a number", () => {
  const text = "everything up to 1 911 is final; 12 345 678 ops, of 3 replicas 2 are up";
  expect(wrapped(text, 20)).toEqual([
    "everything up to",
    "1 911 is final;",
    "12 345 678 ops, of 3",
    "replicas 2 are up",
  ]);
  expect(wrapped("r1 leads view 1; 2 of 3 agree", 8)).toEqual([
    "r1 leads",
    "view 1;",
    "2 of 3",
    "agree",
  ]);
});
