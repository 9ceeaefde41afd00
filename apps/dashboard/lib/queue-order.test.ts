import { expect, test } from "vitest";
import { namesUnknownQueue, orderedNames, queueOrderOf, withLiveStats } from "./queue-order.ts";
import type { QueueRow } from "./rest.ts";

const empty = {
  ready: 0,
  blocked: 0,
  leased: 0,
  scheduled: 0,
  dead: 0,
  bytes: 0,
  oldestReadyAgeMs: null,
};
const row = (
  name: string,
  part: Partial<QueueRow> & { readonly stats?: QueueRow["stats"] } = {},
): QueueRow => ({
  name,
  stats: empty,
  sendPaused: false,
  receivePaused: false,
  ...part,
});
const coord = { epoch: 0, view: 1, op: 1 };

test("attention puts what is wrong before what only waits, and what waits longest first", () => {
  const rows = [
    row("calm"),
    row("waits", { stats: { ...empty, ready: 1, oldestReadyAgeMs: 9e9 } }),
    row("paused", { receivePaused: true }),
    row("dead", { stats: { ...empty, dead: 1 } }),
    row("both", { sendPaused: true, stats: { ...empty, dead: 1 } }),
  ];
  expect(orderedNames(rows, "attention")).toEqual(["both", "dead", "paused", "waits", "calm"]);
});

test("ties go by name, so that the order is the same each time", () => {
  expect(orderedNames([row("b"), row("a"), row("c")], "ready")).toEqual(["a", "b", "c"]);
  expect(orderedNames([row("b"), row("a")], "name")).toEqual(["a", "b"]);
});

test("an unknown order in the address is the default", () => {
  expect(queueOrderOf("dead")).toBe("dead");
  expect(queueOrderOf("constructor")).toBe("attention");
  expect(queueOrderOf(null)).toBe("attention");
});

test("live depths replace listed ones, and a queue that is not listed asks for the list", () => {
  const stats = { ...empty, ready: 5 };
  const live = { queues: [{ name: "a", stats }], coord };
  expect(withLiveStats([row("a"), row("b")], live).map((each) => each.stats.ready)).toEqual([5, 0]);
  expect(namesUnknownQueue([row("a")], live)).toBe(false);
  expect(namesUnknownQueue([row("b")], live)).toBe(true);
  expect(withLiveStats([row("a")], null)).toEqual([row("a")]);
});
