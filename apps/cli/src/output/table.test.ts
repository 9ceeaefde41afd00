import { expect, test } from "vitest";
import { ageAt, agoAt, leftAt } from "./age.ts";
import { paintOf } from "./style.ts";
import { recordText, tableText } from "./table.ts";

const columns = [
  { title: "NAME", of: "name" },
  { title: "READY", of: "stats.ready", align: "right" },
  { title: "PAUSED", of: "paused" },
] as const;
const items = [
  { name: "orders", stats: { ready: 12_000 }, paused: true },
  { name: "m", stats: { ready: 3 }, paused: null },
];
const paint = paintOf(false);

test("columns are as wide as their widest cell, numbers stand at the right", () => {
  expect(`\n${tableText(items, columns, { paint, columns: 80, nowMs: 0 })}\n`).toBe(`
NAME     READY  PAUSED
orders  12 000  yes
m            3  –
`);
});

test("a line that is too long is cut, and says so", () => {
  const lines = tableText(items, columns, { paint, columns: 18, nowMs: 0 }).split("\n");
  expect(lines).toEqual(["NAME     READY  P…", "orders  12 000  y…", "m            3  –"]);
});

test("where a column would have no place at all, values stand below their item", () => {
  const narrow = tableText(items, columns, { paint, columns: 15, nowMs: 0 });
  expect(`\n${narrow}\n`).toBe(`
orders
  READY 12 000
  PAUSED yes
m
  READY 3
`);
  const wider = tableText(items, [...columns, { title: "AGE", of: () => "1s" }], {
    paint,
    columns: 22,
    nowMs: 0,
  });
  expect(wider.split("\n")).toEqual([
    "orders",
    "  READY 12 000",
    "  PAUSED yes  AGE 1s",
    "m",
    "  READY 3  AGE 1s",
  ]);
});

test("a column that gives way does so before the line is cut, and says that it was", () => {
  const long = [{ name: "a-queue-with-a-long-name", stats: { ready: 3 }, paused: "for a reason" }];
  const giving = columns.map((column) => {
    return column.of === "name" ? { ...column, shrinks: true as const } : column;
  });
  const [, row] = tableText(long, giving, { paint, columns: 38, nowMs: 0 }).split("\n");
  expect(row).toBe("a-queue-with-a-l…      3  for a reason");
  const narrow = tableText(long, giving, { paint, columns: 24, nowMs: 0 });
  expect(narrow).toBe("NAME          READY  PA…\na-queue-wit…      3  fo…");
});

test("an optional column is left out where no item has a value for it", () => {
  const optional = [...columns, { title: "GROUP", of: "groupId", isOptional: true }] as const;
  const style = { paint, columns: 80, nowMs: 0 };
  expect(tableText(items, optional, style)).toBe(tableText(items, columns, style));
  const grouped = [...items, { name: "n", groupId: "g" }];
  expect(tableText(grouped, optional, style).split("\n")[0]).toContain("GROUP");
});

test("a row is one line, and a value of several lines stands below its title in a record", () => {
  const column = { title: "ERRORS", of: () => "first\nsecond" };
  const style = { paint, columns: 80, nowMs: 0 };
  expect(tableText([{}], [column], style)).toBe("ERRORS\nfirst\\nsecond");
  expect(recordText({}, [column], style)).toBe("ERRORS  first\n        second");
});

test("ages are told by the reader's clock, and are never negative", () => {
  const item = { at: "2026-11-23T04:05:06.789Z" };
  const nowMs = Date.parse(item.at) + 192_000;
  expect([ageAt("at")(item, nowMs), leftAt("at")(item, nowMs)]).toEqual(["3m12s", "0s"]);
  expect(leftAt("at")(item, nowMs - 384_000)).toBe("3m12s");
  expect(agoAt("at")(item, nowMs)).toBe("3m12s ago");
  for (const of of [ageAt, agoAt, leftAt]) expect(of("at")({ at: null }, nowMs)).toBe("–");
});

test("a record has a line for each value", () => {
  expect(recordText(items[0] ?? {}, columns, { paint, nowMs: 0 })).toBe(
    "NAME    orders\nREADY   12 000\nPAUSED  yes",
  );
});
