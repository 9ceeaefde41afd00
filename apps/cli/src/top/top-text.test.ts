import { stripVTControlCharacters } from "node:util";
import { queueConfigDefault } from "@quorate/contract";
import type { ListedQueue } from "@quorate/sdk";
import { expect, test } from "vitest";
import { paintOf } from "../output/style.ts";
import { sortedBy, sortKeys } from "./top-queue.ts";
import { topText, type TopStyle } from "./top-text.ts";

function queue(
  name: string,
  stats: Partial<ListedQueue["stats"]> = {},
  paused: Partial<ListedQueue["paused"]> = {},
): ListedQueue {
  return {
    name,
    config: queueConfigDefault,
    stats: {
      ready: 0,
      blocked: 0,
      leased: 0,
      scheduled: 0,
      dead: 0,
      bytes: 0,
      oldestReadyAgeMs: null,
      rates: {
        enqueued: 0,
        dequeued: 0,
        settled: 0,
        expired: 0,
        redelivered: 0,
        source: "gateway",
      },
      consumers: 0,
      ...stats,
    },
    paused: { send: null, receive: null, ...paused },
  };
}

const rates = { enqueued: 12.4, dequeued: 11, settled: 0.25, expired: 0, redelivered: 0 };
const pause = { by: "alice", at: "2026-11-23T04:05:06.789Z", reason: null };
const busy = [
  queue("mail.welcome", { ready: 3, oldestReadyAgeMs: 4000 }, { receive: pause }),
  queue("orders", {
    ready: 123_456,
    leased: 40,
    dead: 7,
    oldestReadyAgeMs: 3_900_000,
    rates: { ...rates, source: "gateway" },
    consumers: 12,
  }),
  queue("a-queue-with-a-name-that-is-too-long", { scheduled: 5 }, { send: pause }),
];

const style: TopStyle = {
  paint: paintOf(false),
  columns: 80,
  rows: 24,
  name: "prod-eu",
  sort: "ready",
  isStale: false,
  isPartial: false,
};

test("in 80 columns: the sum, what moves, what is paused; the largest first", () => {
  expect(`\n${topText(busy, style)}\n`).toMatchInlineSnapshot(`
    "
    prod-eu  3 queues

    QUEUE             READY BLOCK LEASE SCHED  DEAD   IN/s  OUT/s DONE/s OLDEST CONS
    all                123k     0    40     5     7   12.4     11   0.25  1h05m    –
    orders             123k     0    40     0     7   12.4     11   0.25  1h05m   12
    mail.welcome          3     0     0     0     0      0 paused      0     4s    0
    a-queue-with-a-n…     0     0     0     5     0 paused      0      0      –    0

    By ready; rates are per second over the last minute, as this gateway saw it.
    "
  `);
});

test("no line is longer than the terminal is wide; a narrow one does without some columns", () => {
  for (const columns of [24, 40, 60, 79, 80, 95, 96, 200]) {
    for (const line of topText(busy, { ...style, columns }).split("\n")) {
      expect(line.length, line).toBeLessThanOrEqual(columns);
    }
  }
  const narrow = topText(busy, { ...style, columns: 40, sort: "consumers" });
  expect(narrow).toContain("READY  DEAD   IN/s  OUT/s CONS\n");
});

test("queues that find no room are counted", () => {
  const many = Array.from({ length: 40 }, (_, index) => queue(`q${index}`));
  const lines = topText(many, { ...style, rows: 12 }).split("\n");
  expect(lines.length).toBeLessThanOrEqual(12);
  expect(lines).toContain("… and 35 queues more");
});

test("what is no longer current is grey, all of it, and has no other colour", () => {
  const paint = paintOf(true);
  const stale = topText(busy, { ...style, paint, isStale: true });
  for (const line of stale.split("\n")) {
    expect(line).toBe(paint("quiet", stripVTControlCharacters(line)));
  }
});

test("where there are no queues there is no table, and unseen ones are told of", () => {
  const text = topText([], { ...style, isPartial: true });
  expect(text).toContain("prod-eu  0 queues");
  expect(text).not.toContain("OLDEST");
  expect(text.replaceAll("\n", " ")).toContain("more queues than are looked at");
});

test("every column can be sorted by, and equal queues stay in the order of their names", () => {
  for (const key of sortKeys) {
    const names = sortedBy(key, [queue("b"), ...busy, queue("c")]).map(({ name }) => name);
    expect(names.indexOf("b"), key).toBe(names.indexOf("c") - 1);
  }
  expect(sortedBy("oldest", busy)[0]?.name).toBe("orders");
  expect(sortedBy("scheduled", busy)[0]?.name).toBe("a-queue-with-a-name-that-is-too-long");
});
