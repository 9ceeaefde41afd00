import { expect, test } from "vitest";
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
  expect(`\n${tableText(items, columns, { paint, columns: 80 })}\n`).toBe(`
NAME     READY  PAUSED
orders  12 000  yes
m            3  –
`);
});

test("a line that is too long is cut, and says so", () => {
  const lines = tableText(items, columns, { paint, columns: 12 }).split("\n");
  expect(lines).toEqual(["NAME     RE…", "orders  12 …", "m          …"]);
});

test("a record has a line for each value", () => {
  expect(recordText(items[0] ?? {}, columns, paint)).toBe(
    "NAME    orders\nREADY   12 000\nPAUSED  yes",
  );
});
