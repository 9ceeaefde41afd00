/** The queues as a table that fits a terminal: the titles, a sum, a line for each queue. */
import type { ListedQueue } from "@quorate/sdk";
import { absent, plural, visible } from "../output/cell.ts";
import { compactCount, compactDuration, compactRate } from "../output/compact.ts";
import type { Meaning, Paint } from "../output/style.ts";
import { cut } from "../output/table.ts";
import { wrapped } from "../output/wrapped.ts";
import { figureOf, type SortKey, sortedBy } from "./top-queue.ts";

/** How the table is to be drawn. */
export interface TopStyle {
  readonly paint: Paint;
  /** Characters in a line. */
  readonly columns: number;
  /** Lines that there are. */
  readonly rows: number;
  /** What the cluster is called here. */
  readonly name: string;
  readonly sort: SortKey;
  /** Whether it is no longer current: then nothing has a colour but grey. */
  readonly isStale: boolean;
  /** Whether there are queues that were not looked at. */
  readonly isPartial: boolean;
}

interface Cell {
  readonly text: string;
  readonly meaning: Meaning | null;
}

interface NumberColumn {
  readonly title: string;
  readonly key: Exclude<SortKey, "name">;
  readonly chars: number;
  readonly cell: (queue: ListedQueue) => Cell;
}

/** From here on there is room for wide gaps. */
const wideColumnsMin = 96;

/** Names are cut before numbers are, but not to nothing. */
const nameCharsMin = 8;

const nothing = { text: absent, meaning: "quiet" } as const satisfies Cell;

const numberColumns: readonly NumberColumn[] = [
  { title: "READY", key: "ready", chars: 5, cell: countCell("ready") },
  { title: "BLOCK", key: "blocked", chars: 5, cell: countCell("blocked") },
  { title: "LEASE", key: "leased", chars: 5, cell: countCell("leased") },
  { title: "SCHED", key: "scheduled", chars: 5, cell: countCell("scheduled") },
  { title: "DEAD", key: "dead", chars: 5, cell: countCell("dead", "bad") },
  { title: "IN/s", key: "in", chars: 6, cell: rateCell("in", "send") },
  { title: "OUT/s", key: "out", chars: 6, cell: rateCell("out", "receive") },
  { title: "DONE/s", key: "done", chars: 6, cell: rateCell("done", null) },
  { title: "OLDEST", key: "oldest", chars: 6, cell: ageCell },
  { title: "CONS", key: "consumers", chars: 4, cell: countCell("consumers") },
];

/** What a narrow terminal does without, in this order. */
const dispensable = [
  "consumers",
  "scheduled",
  "blocked",
  "done",
  "oldest",
  "leased",
  "out",
  "in",
] as const satisfies readonly NumberColumn["key"][];

/** The columns that find room; what is sorted by is always shown. */
function columnsFor(columns: number, gap: string, sort: SortKey): readonly NumberColumn[] {
  let list = numberColumns;
  for (const key of dispensable) {
    if (nameCharsMin + charsOf(list, gap) <= columns) break;
    list = list.filter((column) => column.key !== key || key === sort);
  }
  return list;
}

/** Characters that columns take, with the gaps before them. */
function charsOf(list: readonly NumberColumn[], gap: string): number {
  return list.reduce((sum, { chars }) => sum + gap.length + chars, 0);
}

function countCell(key: Exclude<SortKey, "name">, meaning: Meaning | null = null) {
  return (queue: ListedQueue): Cell => {
    const count = figureOf(key, queue);
    return { text: compactCount(count), meaning: count === 0 ? "quiet" : meaning };
  };
}

/** A rate, or the word that says why there is none. */
function rateCell(key: "in" | "out" | "done", pausable: "send" | "receive" | null) {
  return (queue: ListedQueue): Cell => {
    if (pausable !== null && queue.paused[pausable] !== null) {
      return { text: "paused", meaning: "warning" };
    }
    const rate = figureOf(key, queue);
    return { text: compactRate(rate), meaning: rate === 0 ? "quiet" : null };
  };
}

function ageCell({ stats: { oldestReadyAgeMs } }: ListedQueue): Cell {
  if (oldestReadyAgeMs === null) return nothing;
  return { text: compactDuration(oldestReadyAgeMs), meaning: null };
}

/** The table, without an end of line. */
export function topText(queues: readonly ListedQueue[], style: TopStyle): string {
  const { paint, columns, rows, sort, isStale } = style;
  const settled: TopStyle = isStale ? { ...style, paint: (_meaning, text) => text } : style;
  const notes = wrapped(noteText(style), columns);
  const room = Math.max(1, rows - notes.length - (queues.length > 1 ? 5 : 4));
  const sorted = sortedBy(sort, queues);
  const shown = sorted.slice(0, sorted.length > room ? room - 1 : room);
  const hidden = sorted.length - shown.length;
  const lines = [
    headline(queues, settled),
    "",
    ...(queues.length === 0 ? [] : tableLines(shown, queues, settled)),
    ...(hidden > 0 ? [settled.paint("quiet", `… and ${plural(hidden, "queue")} more`)] : []),
    ...(queues.length === 0 ? [] : [""]),
    ...notes.map((line) => settled.paint("quiet", line)),
  ];
  return (isStale ? lines.map((line) => paint("quiet", line)) : lines).join("\n");
}

function headline(queues: readonly ListedQueue[], { paint, columns, name }: TopStyle): string {
  const count = plural(queues.length, "queue");
  return `${paint("title", cut(visible(name), columns - count.length - 2))}  ${count}`;
}

function tableLines(
  shown: readonly ListedQueue[],
  all: readonly ListedQueue[],
  { paint, columns, sort }: TopStyle,
): readonly string[] {
  const gap = columns >= wideColumnsMin ? "  " : " ";
  const list = columnsFor(columns, gap, sort);
  // As wide as the longest of all, so that nothing moves when other queues come into sight.
  const longest = Math.max(5, ...all.map(({ name }) => name.length));
  const nameChars = Math.min(longest, Math.max(nameCharsMin, columns - charsOf(list, gap)));
  const titles = list.map(({ title, key, chars }) => {
    return paint(key === sort ? "primary" : "title", title.padStart(chars));
  });
  const line = (queue: ListedQueue): string => {
    const cells = list.map(({ cell, chars }) => {
      const { text, meaning } = cell(queue);
      return meaning === null ? text.padStart(chars) : paint(meaning, text.padStart(chars));
    });
    return [cut(visible(queue.name), nameChars).padEnd(nameChars), ...cells].join(gap);
  };
  const nameTitle = paint(sort === "name" ? "primary" : "title", "QUEUE".padEnd(nameChars));
  const sums = list.map(({ key, chars }) => {
    return paint("title", sumText(key, all).padStart(chars));
  });
  const sum = [paint("title", "all".padEnd(nameChars)), ...sums].join(gap);
  return [[nameTitle, ...titles].join(gap), ...(all.length > 1 ? [sum] : []), ...shown.map(line)];
}

/** All queues together; of ages the oldest. Who asks two queues would be counted twice. */
function sumText(key: NumberColumn["key"], queues: readonly ListedQueue[]): string {
  const figures = queues.map((queue) => figureOf(key, queue));
  const total = figures.reduce((sum, figure) => sum + figure, 0);
  const oldestMs = Math.max(...figures);
  switch (key) {
    case "consumers":
      return nothing.text;
    case "oldest":
      return oldestMs < 0 ? nothing.text : compactDuration(oldestMs);
    case "in":
    case "out":
    case "done":
      return compactRate(total);
    case "ready":
    case "blocked":
    case "leased":
    case "scheduled":
    case "dead":
      return compactCount(total);
  }
}

function noteText({ sort, isPartial }: TopStyle): string {
  const partial = isPartial ? " There are more queues than are looked at: --prefix narrows." : "";
  return `By ${sort}; rates are per second over the last minute, as this gateway saw it.${partial}`;
}
