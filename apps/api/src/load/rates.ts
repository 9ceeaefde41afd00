/** What this gateway has seen of each queue in the last minute. */
import { type Answer, type CountedKind, rateWindowSeconds, type Seen } from "@quorate/rest";
import { consumersCountedMax, rateQueuesMax } from "../limits.ts";

const kinds = [
  "enqueued",
  "dequeued",
  "settled",
  "redelivered",
] as const satisfies readonly CountedKind[];

/** Counts, and answers rates. */
export interface Rates {
  /** Adds what a call has done just now. */
  add(queue: string, counts: NonNullable<Answer["counts"]>): void;
  /** Notes that the principal asked for messages. */
  asked(queue: string, principalId: string): void;
  of(queue: string): Seen;
}

interface QueueWindow {
  /** A ring of seconds for each kind. */
  readonly counts: Readonly<Record<CountedKind, Float64Array>>;
  /** The newest second that the rings hold. */
  second: number;
  /** When each principal asked last, in seconds; the oldest first. */
  readonly askers: Map<string, number>;
}

/** Rates that read time from `nowMs`. */
export function createRates(nowMs: () => number): Rates {
  const queues = new Map<string, QueueWindow>();
  const seenOf = (queue: string): QueueWindow => {
    const second = Math.floor(nowMs() / 1000);
    const seen = queues.get(queue) ?? newSeen(second);
    // Last is who was seen last, so first is who was quiet for longest.
    queues.delete(queue);
    const [quietest] = queues.size < rateQueuesMax ? [] : queues.keys();
    if (quietest !== undefined) queues.delete(quietest);
    queues.set(queue, seen);
    moveOn(seen, second);
    return seen;
  };
  return {
    add(queue, counts) {
      for (const kind of kinds) {
        const amount = counts[kind] ?? 0;
        if (amount === 0) continue;
        const seen = seenOf(queue);
        const at = seen.second % rateWindowSeconds;
        seen.counts[kind][at] = (seen.counts[kind][at] ?? 0) + amount;
      }
    },
    asked(queue, principalId) {
      const { askers, second } = seenOf(queue);
      if (askers.size >= consumersCountedMax && !askers.has(principalId)) return;
      askers.delete(principalId);
      askers.set(principalId, second);
    },
    of(queue) {
      const { counts, askers } = queues.has(queue) ? seenOf(queue) : newSeen(0);
      const perSecond = (kind: CountedKind): number =>
        Math.round(
          (counts[kind].reduce((sum, count) => sum + count, 0) / rateWindowSeconds) * 1000,
        ) / 1000;
      return {
        enqueued: perSecond("enqueued"),
        dequeued: perSecond("dequeued"),
        settled: perSecond("settled"),
        redelivered: perSecond("redelivered"),
        consumers: askers.size,
      };
    },
  };
}

function newSeen(second: number): QueueWindow {
  const ring = (): Float64Array => new Float64Array(rateWindowSeconds);
  return {
    counts: { enqueued: ring(), dequeued: ring(), settled: ring(), redelivered: ring() },
    second,
    askers: new Map(),
  };
}

/** Empties the seconds that have passed, and forgets who has not asked for a minute. */
function moveOn(seen: QueueWindow, second: number): void {
  const passed = Math.min(second - seen.second, rateWindowSeconds);
  if (passed <= 0) return;
  for (let step = 1; step <= passed; step++) {
    for (const kind of kinds) seen.counts[kind][(seen.second + step) % rateWindowSeconds] = 0;
  }
  seen.second = second;
  for (const [principalId, askedAt] of seen.askers) {
    if (askedAt > second - rateWindowSeconds) break;
    seen.askers.delete(principalId);
  }
}
