import type { LiveQueues } from "@quorate/contract";
import type { QueueRow } from "./rest.ts";

/** The ways in which queues can be ordered; the first is the default. */
export const queueOrders = ["attention", "name", "ready", "dead", "oldest", "bytes"] as const;

/** See `queueOrders`. */
export type QueueOrder = (typeof queueOrders)[number];

/** The order that an address asks for. */
export function queueOrderOf(value: string | null): QueueOrder {
  return queueOrders.find((order) => order === value) ?? "attention";
}

/**
 * The names in order. `attention`: queues that are paused or hold dead letters first, then those whose
 * oldest ready message has waited longest. Ties go by name, so that the order is the same each time.
 */
export function orderedNames(rows: readonly QueueRow[], order: QueueOrder): readonly string[] {
  const keyed = rows.map((row) => ({ name: row.name, key: keyOf(row, order) }));
  keyed.sort((a, b) => b.key - a.key || (a.name < b.name ? -1 : 1));
  return keyed.map((each) => each.name);
}

/** Far above any age in ms, so that what is wrong comes before what only waits. */
const wrongWeight = 1e15;

function keyOf({ stats, sendPaused, receivePaused }: QueueRow, order: QueueOrder): number {
  switch (order) {
    case "attention": {
      const wrong = Number(sendPaused || receivePaused) + Number(stats.dead > 0);
      return wrong * wrongWeight + (stats.oldestReadyAgeMs ?? -1);
    }
    case "name":
      return 0;
    case "ready":
      return stats.ready;
    case "dead":
      return stats.dead;
    case "oldest":
      return stats.oldestReadyAgeMs ?? -1;
    case "bytes":
      return stats.bytes;
  }
}

/** The rows with the newer depths of the live feed put in. */
export function withLiveStats(
  rows: readonly QueueRow[],
  live: LiveQueues | null,
): readonly QueueRow[] {
  if (live === null) return rows;
  const newer = new Map(live.queues.map((queue) => [queue.name, queue.stats]));
  return rows.map((row) => {
    const stats = newer.get(row.name);
    return stats === undefined ? row : { ...row, stats };
  });
}

/** Whether the feed knows a queue that the list does not: the list has to be asked for again. */
export function namesUnknownQueue(rows: readonly QueueRow[], live: LiveQueues | null): boolean {
  if (live === null) return false;
  const known = new Set(rows.map((row) => row.name));
  return live.queues.some((queue) => !known.has(queue.name));
}
