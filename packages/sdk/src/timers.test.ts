import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { platformTimers } from "./timers.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([2 ** 31, Infinity])(
  "a time of %d ms, which no timer can wait, is not over at once",
  (ms) => {
    let calls = 0;
    const cancel = platformTimers.after(ms, () => calls++);
    vi.advanceTimersByTime(3_600_000);
    expect(calls).toBe(0);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  },
);
