/** The columns of `quorate top`, and the order that they can bring queues into. */
import type { ListedQueue } from "@quorate/sdk";

/** What queues can be sorted by. */
export const sortKeys = [
  "name",
  "ready",
  "blocked",
  "leased",
  "scheduled",
  "dead",
  "in",
  "out",
  "done",
  "oldest",
  "consumers",
] as const;

/** See `sortKeys`. */
export type SortKey = (typeof sortKeys)[number];

/** The queues with the largest figure first; equal ones, and all by `name`, by their names. */
export function sortedBy(key: SortKey, queues: readonly ListedQueue[]): readonly ListedQueue[] {
  const byName = queues.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  if (key === "name") return byName;
  return byName.toSorted((left, right) => figureOf(key, right) - figureOf(key, left));
}

/** The figure of a column; a queue without anything ready is younger than any other. */
export function figureOf(key: Exclude<SortKey, "name">, { stats }: ListedQueue): number {
  switch (key) {
    case "in":
      return stats.rates.enqueued;
    case "out":
      return stats.rates.dequeued;
    case "done":
      return stats.rates.settled;
    case "oldest":
      return stats.oldestReadyAgeMs ?? -1;
    case "ready":
    case "blocked":
    case "leased":
    case "scheduled":
    case "dead":
    case "consumers":
      return stats[key];
  }
}
