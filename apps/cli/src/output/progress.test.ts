import { expect, test } from "vitest";
import { grouped } from "./cell.ts";
import { Progress, progressLine } from "./progress.ts";

test("a bar says how much is done and how long the rest may take", () => {
  const line = progressLine({ done: 2500, total: 10_000, tookMs: 1000 }, grouped);
  expect(line).toBe("██████░░░░░░░░░░░░░░░░░░ 2 500 of 10 000  3 s left");
  expect(progressLine({ done: 5, total: 5, tookMs: 9 }, grouped)).toMatch(/█{24} 5 of 5$/);
});

test("a bar is drawn at most ten times a second, and leaves nothing behind", () => {
  let nowMs = 1000;
  let shown = "";
  const write = (text: string) => void (shown += text);
  const sink = { isTerminal: true, columns: 80, rows: 24, write };
  const progress = new Progress(sink, { total: 100, nowMs: () => nowMs });
  for (let done = 0; done <= 100; done++, nowMs += 10) progress.show(done);
  expect(shown.split("\r").length - 1).toBeLessThanOrEqual(11);
  progress.end();
  expect(shown.endsWith("\r\u001b[K")).toBe(true);
  const ended = shown;
  progress.end();
  expect(shown).toBe(ended);
});

test("a total that has grown is told as it is now", () => {
  let shown = "";
  const sink = {
    isTerminal: true,
    columns: 80,
    rows: 24,
    write: (text: string) => void (shown += text),
  };
  new Progress(sink, { total: 10, nowMs: () => 1000 }).show(5, 20);
  expect(shown).toContain("5 of 20");
});

test("where nobody looks, nothing is drawn", () => {
  const progress = new Progress(null, { total: 1, nowMs: () => 1000 });
  progress.show(1);
  progress.end();
});
