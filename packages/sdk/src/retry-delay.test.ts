import { expect, test } from "vitest";
import { retryAfterOf } from "./problem-error.ts";
import { retryDelayMs } from "./retry-delay.ts";

test("the longest wait doubles up to 5 s, and the shortest is none", () => {
  const longest = [0, 1, 2, 5, 6, 1000].map((retry) => retryDelayMs(retry, null, 1));
  expect(longest).toEqual([100, 200, 400, 3200, 5000, 5000]);
  expect(retryDelayMs(9, null, 0)).toBe(0);
});

test("what the server asks for comes before the jitter", () => {
  expect(retryDelayMs(0, 2000, 0)).toBe(2000);
  expect(retryDelayMs(0, 2000, 0.5)).toBe(2050);
});

test("Retry-After is read as seconds and as a date", () => {
  const of = (text: string) => retryAfterOf(new Headers({ "retry-after": text }));
  expect(of("7")).toBe(7000);
  expect(of("Fri, 01 Jan 1999 00:00:00 GMT")).toBe(0);
  expect(of(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  expect(of("soon")).toBeNull();
  expect(retryAfterOf(new Headers())).toBeNull();
});
