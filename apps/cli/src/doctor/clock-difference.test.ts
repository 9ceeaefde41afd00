import { expect, test } from "vitest";
import { clockDifferenceMs } from "./clock-difference.ts";

const date = "Mon, 23 Nov 2026 04:05:06 GMT";
const dateMs = Date.parse(date);

test("clocks that may say the same are not apart, however long the answer took", () => {
  for (const [sent, received] of [
    [0, 0],
    [999, 999],
    [-5000, 10],
    [900, 8000],
  ] as const) {
    const times = { sentMs: dateMs + sent, receivedMs: dateMs + received };
    expect(clockDifferenceMs(date, times), `${sent} ${received}`).toBe(0);
  }
});

test("a difference is told as the least that it can be, with its direction", () => {
  const ahead = { sentMs: dateMs - 7100, receivedMs: dateMs - 7000 };
  expect(clockDifferenceMs(date, ahead)).toBe(7000);
  const behind = { sentMs: dateMs + 61_000, receivedMs: dateMs + 61_500 };
  expect(clockDifferenceMs(date, behind)).toBe(-60_000);
});

test("what is no time tells nothing", () => {
  expect(clockDifferenceMs("soon", { sentMs: 0, receivedMs: 1 })).toBeNull();
});
