/** How fresh what is shown is. `offline`: no connection. */
export type FeedTier = "live" | "late" | "stale" | "offline";

/** From this age on, in ms, the feed is `late`: the gateway promises a picture each second. */
export const feedLateMs = 2000;

/** Older than this, in ms, the feed is `stale`: nothing it says may look current. */
export const feedStaleMs = 10_000;

/**
 * The tier of what is shown.
 * @param ageMs age of the newest statement shown, in ms, by the viewer's monotonic clock; null when nothing came yet
 * @param connected whether there is a connection
 */
export function feedTierOf(ageMs: number | null, connected: boolean): FeedTier {
  if (!connected) return "offline";
  if (ageMs === null || ageMs > feedStaleMs) return "stale";
  return ageMs < feedLateMs ? "live" : "late";
}
