import { expect, test } from "vitest";
import type { Fields } from "../exact-json.ts";
import { errorsKept, historyOf } from "./history.ts";
import { historyText } from "./history-text.ts";
import { paintOf } from "../output/style.ts";

const at = "2026-11-23T04:05:06.789Z";

function message(changes: Fields = {}): Fields {
  return {
    messageId: "m_1",
    seq: 1,
    state: "ready",
    groupId: null,
    dedupId: null,
    priority: 4,
    enqueuedAt: at,
    dueAt: null,
    expiresAt: "2026-12-07T04:05:06.789Z",
    deliveries: 0,
    failures: 0,
    redrives: 0,
    lease: null,
    dead: null,
    errors: [],
    ...changes,
  };
}

function error(text: string): Fields {
  return { at, type: "", message: text, worker: null };
}

test("what happened in the same millisecond is told in its order, the newest error last", () => {
  const dead = { reason: "max-failures", at };
  const { events } = historyOf("q", message({ errors: [error("second"), error("first")], dead }));
  expect(events.map(({ event, detail }) => `${event} ${detail}`)).toEqual([
    "enqueued seq 1, priority 4",
    "failed first",
    "failed second",
    "dead max-failures",
  ]);
});

test("when as many errors are kept as can be, older ones may be missing, and nothing is counted", () => {
  const errors = Array.from({ length: errorsKept }, (_, index) => error(String(index)));
  const history = historyOf("q", message({ errors, failures: 30 }));
  expect(history).toMatchObject({ hasOlderErrors: true, untoldFailures: null });
  const style = { paint: paintOf(false), columns: 80, nowMs: Date.parse(at) };
  expect(historyText(history, style)).toContain("There may have been older errors.");
});

test("what lies ahead is told from the reader's clock, also when that is late", () => {
  const style = { paint: paintOf(false), columns: 200, nowMs: Date.parse(at) };
  const scheduled = message({ state: "scheduled", dueAt: "2026-11-23T04:05:11.789Z" });
  const text = (nowMs: number) => historyText(historyOf("q", scheduled), { ...style, nowMs });
  expect(text(style.nowMs)).toMatch(/ in 5 s {2}it is ready\n/);
  expect(text(style.nowMs + 9000)).toMatch(/ about now {2}it is ready\n/);
});
