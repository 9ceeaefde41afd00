/** How numbers are written. Pure; the same in the picture, the tables and the sentences. */

const groupGap = "\u2009";
const minus = "\u2212";

/** An integer in full, in groups of three with thin spaces: op numbers are never cut to "184k". */
export function groupedOf(value: number): string {
  const digits = String(Math.trunc(Math.abs(value)));
  const grouped = digits.replace(/\B(?=(?:\d{3})+$)/g, groupGap);
  return value < 0 ? minus + grouped : grouped;
}

/** A number with at most three significant digits, grouped: 12 345.6 is "12 300", 1.234 is "1.23". */
export function roughOf(value: number): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) >= 100) return groupedOf(rounded);
  return String(rounded);
}

/** A measured latency in ms: "1.8 ms", "31 ms". */
export function latencyOf(ms: number): string {
  if (ms >= 1000) return durationOf(ms);
  return `${ms < 10 ? String(Math.round(ms * 10) / 10) : String(Math.round(ms))} ms`;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A duration given in ms: "0.8 s", "42 s", "3 min 10 s", "4 h 5 min", "6 d 4 h". */
export function durationOf(ms: number): string {
  if (ms < 10 * secondMs) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < hourMs) return pairOf(ms, minuteMs, "min", secondMs, "s");
  if (ms < dayMs) return pairOf(ms, hourMs, "h", minuteMs, "min");
  return pairOf(ms, dayMs, "d", hourMs, "h");
}

/** How long something will take, or has been going on, in one unit: "3 s", "2 min", "4 h". */
export function aboutOf(ms: number): string {
  if (ms < secondMs) return durationOf(ms);
  if (ms < minuteMs) return `${Math.round(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min`;
  if (ms < dayMs) return `${Math.round(ms / hourMs)} h`;
  return `${Math.round(ms / dayMs)} d`;
}

function pairOf(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  const head = `${Math.floor(ms / bigMs)} ${big}`;
  return rest === 0 ? head : `${head} ${rest} ${small}`;
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size in bytes with three significant digits: "0 B", "1.46 KiB", "812 MiB". */
export function bytesOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : roughOf(value)} ${byteUnits[unit] ?? ""}`;
}

const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** A small count as a word ("two"), a larger one in digits. */
export function wordOf(value: number): string {
  return words[value] ?? groupedOf(value);
}

/** So many of all: "two of three", "none of three". */
export function partOf(count: number, all: number): string {
  return `${count === 0 ? "none" : wordOf(count)} of ${wordOf(all)}`;
}

/** "r0", "r0 and r1", "r0, r1 and r2". */
export function listOf(items: readonly string[]): string {
  if (items.length <= 1) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1] ?? ""}`;
}

/** `word` as it is for one, with an s otherwise. */
export function pluralOf(value: number, word: string): string {
  return value === 1 ? word : `${word}s`;
}

/** The first letter in upper case. */
export function capitalOf(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
