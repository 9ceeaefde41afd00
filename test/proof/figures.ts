/** What a run measured against what it had to reach. */

/** A figure is met, missed, or void: too little was done for it to say anything. */
export type Verdict = "met" | "missed" | "void";

/** One line of the table at the end. */
export interface Figure {
  readonly name: string;
  readonly required: string;
  readonly measured: string;
  readonly verdict: Verdict;
  /** What a person needs to see a miss again, a line each. */
  readonly misses?: readonly string[];
}

/** How much was done. Below the minimum the run is void, not good. */
export function amount(name: string, measured: number, min: number): Figure {
  const verdict = measured >= min ? "met" : "void";
  return { name, required: `>= ${show(min)}`, measured: show(measured), verdict };
}

/** Something that must not have happened; `misses` tells the cases of it, where there is more to say. */
export function none(name: string, measured: number, misses: readonly string[] = []): Figure {
  const verdict = measured === 0 ? "met" : "missed";
  return { name, required: "0", measured: show(measured), verdict, misses };
}

/** Something of which every single case must be as it should. */
export function all(name: string, measured: number, count: number): Figure {
  const verdict = measured === count ? "met" : "missed";
  return { name, required: `all ${show(count)}`, measured: show(measured), verdict };
}

/** A measurement that must not be above a bound; NaN, nothing measured, is void. */
export function atMost(name: string, measured: number, max: number, unit: string): Figure {
  const verdict = Number.isNaN(measured) ? "void" : measured <= max ? "met" : "missed";
  const [required, shown] = [`<= ${show(max)} ${unit}`, `${show(measured)} ${unit}`];
  return { name, required, measured: shown, verdict };
}

/** A step that came to no end. */
export function broken(name: string, error: unknown): Figure {
  const reason = error instanceof Error ? error.message : String(error);
  return { name, required: "an end", measured: reason, verdict: "missed" };
}

/** The value below which this share (0 to 1) of the values lies; NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const index = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  return sorted[index] ?? Number.NaN;
}

const verdictWords: Record<Verdict, string> = { met: "ok", missed: "FAILED", void: "VOID" };

/** The table for a person. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, required, measured, verdict }) => [
    verdictWords[verdict],
    name,
    required,
    measured,
  ]);
  const lines = [["", "figure", "required", "measured"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  return lines
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

/** What was missed, so that it is found in the last lines of a long log; empty when all was met. */
export function missesOf(figures: readonly Figure[]): readonly string[] {
  return figures.flatMap(({ name, misses = [] }) => misses.map((miss) => `${name}: ${miss}`));
}

/** Whole numbers as they are, others with two digits behind the point. */
function show(value: number): string {
  if (Number.isNaN(value)) return "nothing";
  const rounded = Number.isInteger(value) ? value : Math.round(value * 100) / 100;
  return rounded.toLocaleString("en-US");
}
