"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { Freshness } from "../picture/freshness.ts";
import { freshnessOf, type LiveState, nothingLive } from "./live-state.ts";
import { liveFeed } from "./live-feed.ts";

/** How often ages are counted on while nothing comes, in ms. */
const tickMs = 500;

/** All that has come over the feed, kept up to date. */
export function useLive(): LiveState {
  return useSyncExternalStore(liveFeed.subscribe, liveFeed.state, () => nothingLive);
}

/** How old the picture of this state is, counted on while it is shown. */
export function useFreshness(live: LiveState): Freshness {
  const nowMs = useNow();
  return freshnessOf(live, Math.max(nowMs, live.picture?.atMs ?? 0));
}

/** The monotonic clock in ms, read anew every half second; 0 while a page is made at build. */
export function useNow(): number {
  return useSyncExternalStore(subscribeClock, readClock, () => 0);
}

const clock = { nowMs: 0 };

function readClock(): number {
  return clock.nowMs;
}

function subscribeClock(listener: () => void): () => void {
  clock.nowMs = performance.now();
  const timer = setInterval(() => {
    clock.nowMs = performance.now();
    listener();
  }, tickMs);
  return () => clearInterval(timer);
}

/** Asks for the queues' depths while the component is mounted and `wanted`. */
export function useWatchedQueues(wanted: boolean): void {
  useEffect(() => (wanted ? liveFeed.watchQueues() : undefined), [wanted]);
}
