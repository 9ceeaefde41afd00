import { expect, test } from "vitest";
import { gaugeText } from "./gauge-text.ts";

test("a gauge is told as Prometheus reads it: its help, its kind, a line for each set of labels", () => {
  const samples = [
    { labels: { queue: "orders", state: "ready" }, value: 3 },
    { labels: { queue: 'a"b\\c\nd', state: "dead" }, value: 0 },
    { labels: {}, value: 1.5 },
  ];
  const [help, kind, ...lines] = gaugeText("quorate_queue_messages", samples).split("\n");
  expect(help).toMatch(/^# HELP quorate_queue_messages \S/);
  expect(kind).toBe("# TYPE quorate_queue_messages gauge");
  expect(lines).toEqual([
    'quorate_queue_messages{queue="orders",state="ready"} 3',
    'quorate_queue_messages{queue="a\\"b\\\\c\\nd",state="dead"} 0',
    "quorate_queue_messages 1.5",
    "",
  ]);
});
