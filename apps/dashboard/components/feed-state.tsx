"use client";

import type { FeedTier } from "../lib/feed-tier.ts";
import { durationOf } from "../lib/format.ts";
import type { LiveState } from "../lib/live-state.ts";
import type { Freshness } from "../picture/freshness.ts";

const words = { live: "live", late: "late", stale: "not current", offline: "offline" } as const;

/** How fresh the feed is: a shape, a word, the age and the coordinate; never a colour alone. */
export function FeedState({
  live,
  freshness,
}: {
  readonly live: LiveState;
  readonly freshness: Freshness;
}) {
  const picture = live.picture?.message;
  if (picture === undefined) {
    return (
      <p className="flex items-center gap-2 text-sm">
        <FeedMark tier="offline" />
        {live.refusal === null ? "connecting" : "no live feed"}
      </p>
    );
  }
  const { epoch, view, op } = picture.coord;
  return (
    <p className="flex min-w-0 items-center gap-2 text-sm">
      <FeedMark tier={freshness.tier} />
      <span className="whitespace-nowrap">
        <strong>{words[freshness.tier]}</strong>
        {freshness.ageMs === null ? null : ` ${durationOf(freshness.ageMs)}`}
      </span>
      <span className="hidden whitespace-nowrap text-t3 sm:inline">
        {picture.via === null ? "" : `via ${picture.via}`}
      </span>
      <span
        className="hidden truncate font-mono text-xs text-t3 md:inline"
        title="epoch . view . op of what is shown"
      >
        {epoch}.{view}.{op}
      </span>
    </p>
  );
}

function FeedMark({ tier }: { readonly tier: FeedTier }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className="shrink-0">
      {tier === "live" ? <circle cx="6" cy="6" r="5" fill="var(--commit)" /> : null}
      {tier === "late" ? (
        <>
          <circle cx="6" cy="6" r="4.4" fill="none" stroke="var(--lag)" strokeWidth="1.6" />
          <path d="M6 1a5 5 0 0 1 0 10z" fill="var(--lag)" />
        </>
      ) : null}
      {tier === "stale" ? (
        <circle
          cx="6"
          cy="6"
          r="4.4"
          fill="none"
          stroke="var(--t3)"
          strokeWidth="1.6"
          strokeDasharray="2 2"
        />
      ) : null}
      {tier === "offline" ? (
        <path d="M2 2l8 8m0-8l-8 8" stroke="var(--t3)" strokeWidth="1.8" fill="none" />
      ) : null}
    </svg>
  );
}
