/** How values look in a table. */

/** What stands for a value that is not there. */
export const absent = "–";

/** A value as a person reads it, without control characters: a body may hold any. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined || value === "") return absent;
  if (typeof value === "number") return grouped(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return visible(typeof value === "string" ? value : JSON.stringify(value));
}

/** 184502 as `184 502`; decimals are kept. */
export function grouped(number: number): string {
  const [whole = "", decimals] = String(number).split(".");
  const groups = whole.replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, " ");
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}

/** A duration: `0.6 ms`, `42 s`, `3 min 13 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return joined(minutes, "min", Math.floor((ms % 60_000) / 1000), "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, "h", minutes % 60, "min");
  return joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Bytes: `512 B`, `1.5 KiB`, `8 GiB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

/** One thing or many: `1 message`, `2 messages`. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The text with every control character shown instead of obeyed, so that none moves the cursor. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (found) => {
    if (found === "\n") return "\\n";
    if (found === "\t") return "\\t";
    return `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}

/** The same for a text whose ends of lines are meant. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
