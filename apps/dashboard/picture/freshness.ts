import type { FeedTier } from "../lib/feed-tier.ts";

/** How old what is shown is. It comes from the viewer's own clock, not from the feed. */
export type Freshness = {
  readonly tier: FeedTier;
  /** Age of the newest statement that the picture reflects, in ms; null when that is not known. */
  readonly ageMs: number | null;
};

/** The freshness of a picture that has just come. */
export const fresh: Freshness = { tier: "live", ageMs: 0 };

/** Whether what is shown may look current. Late data still may, with its age beside it. */
export function looksLive(freshness: Freshness): boolean {
  return freshness.tier === "live" || freshness.tier === "late";
}
