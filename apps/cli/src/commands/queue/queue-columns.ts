/** What tables say about a queue. */
import { type Fields, numberAt, textAt, valueAt } from "../../exact-json.ts";
import { absent, bytesText, durationText, grouped } from "../../output/cell.ts";
import { compactDuration } from "../../output/compact.ts";
import type { Column } from "../../output/table.ts";

/** Depths, age and what is paused: a line of `queue ls`. */
export const queueColumns: readonly Column[] = [
  { title: "QUEUE", of: "name", shrinks: true },
  { title: "READY", of: "stats.ready", align: "right" },
  { title: "BLOCKED", of: "stats.blocked", align: "right" },
  { title: "LEASED", of: "stats.leased", align: "right" },
  { title: "SCHED", of: "stats.scheduled", align: "right" },
  { title: "DEAD", of: "stats.dead", align: "right" },
  { title: "BYTES", of: (queue) => bytesText(numberAt(queue, "stats.bytes")), align: "right" },
  { title: "OLDEST", of: oldestShortText, align: "right" },
  { title: "PAUSED", of: pausedText, isOptional: true },
];

/** The same with rates, one line each: for one queue. */
export const queueStatsColumns: readonly Column[] = [
  { title: "ready", of: "stats.ready" },
  { title: "blocked", of: "stats.blocked" },
  { title: "leased", of: "stats.leased" },
  { title: "scheduled", of: "stats.scheduled" },
  { title: "dead", of: "stats.dead" },
  { title: "bytes", of: (queue) => bytesText(numberAt(queue, "stats.bytes")) },
  { title: "oldest ready", of: oldestText },
  { title: "paused", of: (queue) => pausedText(queue) || "no" },
  { title: "enqueued", of: (queue) => rateText(queue, "enqueued") },
  { title: "dequeued", of: (queue) => rateText(queue, "dequeued") },
  { title: "settled", of: (queue) => rateText(queue, "settled") },
  { title: "redelivered", of: (queue) => rateText(queue, "redelivered") },
  { title: "consumers", of: "stats.consumers" },
];

function oldestShortText(queue: Fields): string {
  const ageMs = valueAt(queue, "stats.oldestReadyAgeMs");
  return typeof ageMs === "number" ? compactDuration(ageMs) : absent;
}

function oldestText(queue: Fields): string {
  const ageMs = valueAt(queue, "stats.oldestReadyAgeMs");
  return typeof ageMs === "number" ? durationText(ageMs) : absent;
}

/** What is paused, and why; empty when nothing is. */
function pausedText(queue: Fields): string {
  return ["send", "receive"]
    .flatMap((what) => {
      const pause = valueAt(queue, `paused.${what}`);
      if (pause === null || pause === undefined) return [];
      const reason = textAt(pause, "reason");
      return [reason === "" ? what : `${what} (${reason})`];
    })
    .join(", ");
}

/** Rates are this gateway's, over the last minute. */
function rateText(queue: Fields, name: string): string {
  return `${grouped(numberAt(queue, `stats.rates.${name}`))} /s`;
}
