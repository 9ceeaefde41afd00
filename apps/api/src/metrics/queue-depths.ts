/** The depths of the queues for those who scrape: read seldom, from whichever replica answers. */
import type { ClusterClient } from "@quorate/session";
import { type AllQueues, readQueues } from "../live/queues.ts";
import { queueDepthsFreshMs, queuesMeasuredMax } from "../limits.ts";

/** The queues as they were within the last queueDepthsFreshMs; null while no replica answers. */
export type QueueDepths = () => Promise<AllQueues | null>;

/**
 * Reads when what is known is older than that; scrapers at one time share one reading. `monotonicMs` is
 * a clock that never jumps, in ms.
 */
export function createQueueDepths(
  client: ClusterClient,
  monotonicMs: () => number = () => performance.now(),
): QueueDepths {
  let known: AllQueues | null = null;
  let knownAtMs = -Infinity;
  let reading: Promise<AllQueues | null> | null = null;
  const read = async (): Promise<AllQueues | null> => {
    const askedAtMs = monotonicMs();
    try {
      known = await readQueues(client, queuesMeasuredMax);
    } catch {
      // Depths from before an outage would look like those of now.
      known = null;
    } finally {
      reading = null;
    }
    // Also a failure is kept for that time: in an outage nobody asks for each scrape.
    knownAtMs = askedAtMs;
    return known;
  };
  return () => {
    if (monotonicMs() - knownAtMs < queueDepthsFreshMs) return Promise.resolve(known);
    return (reading ??= read());
  };
}
