import type { LiveCoord, LiveQueues, PictureState } from "@quorate/contract";
import { feedLateMs, feedTierOf } from "./feed-tier.ts";
import { type Sample, withSample } from "./history.ts";
import type { Freshness } from "../picture/freshness.ts";

/** A message and when it came, in ms of a monotonic clock. */
export type Received<T> = { readonly message: T; readonly atMs: number };

/** All that has come over the feed. Every change makes a new object, so that React sees it. */
export type LiveState = {
  readonly connected: boolean;
  readonly picture: Received<PictureState> | null;
  readonly queues: Received<LiveQueues> | null;
  /** The last two minutes, for sparklines. */
  readonly opsPerSec: readonly Sample[];
  readonly commitMsP99: readonly Sample[];
  /** Problem code with which the server refused the connection; null when it did not. */
  readonly refusal: string | null;
  /** Attempts to connect that failed since the last success. */
  readonly failures: number;
  /** How often it was said that something was changed: what was asked before is asked again. */
  readonly changes: number;
  /** Messages that did not have the shape of the contract. */
  readonly malformed: number;
};

/** Nothing has come, nothing is connected. */
export const nothingLive: LiveState = {
  connected: false,
  picture: null,
  queues: null,
  opsPerSec: [],
  commitMsP99: [],
  refusal: null,
  failures: 0,
  changes: 0,
  malformed: 0,
};

/** Takes a picture, unless it is older than the one shown. Absolute values: it replaces all. */
export function withPicture(state: LiveState, message: PictureState, nowMs: number): LiveState {
  const shown = state.picture;
  if (shown !== null && shown.message.clusterId === message.clusterId) {
    if (isOutdated(message.coord, shown.message.coord, nowMs - shown.atMs)) return state;
  }
  return {
    ...state,
    picture: { message, atMs: nowMs },
    opsPerSec: withSample(state.opsPerSec, { atMs: nowMs, value: message.opsPerSec }),
    commitMsP99: withSample(state.commitMsP99, { atMs: nowMs, value: message.commitMsP99 ?? 0 }),
  };
}

/** Takes the queues' depths, unless they are older than those shown. */
export function withQueues(state: LiveState, message: LiveQueues, nowMs: number): LiveState {
  const shown = state.queues;
  if (shown !== null && isOutdated(message.coord, shown.message.coord, nowMs - shown.atMs)) {
    return state;
  }
  return { ...state, queues: { message, atMs: nowMs } };
}

/**
 * Older messages only come when a connection was replaced by one to a gateway that is a little behind.
 * When the feed has been silent for longer than that can take, what is shown was wrong or is lost
 * (a cluster restored from a backup), and what comes is the truth.
 */
function isOutdated(coming: LiveCoord, shown: LiveCoord, silenceMs: number): boolean {
  return silenceMs < feedLateMs && compareCoord(coming, shown) < 0;
}

/** Order of coordinates: by epoch, then view, then op. */
export function compareCoord(a: LiveCoord, b: LiveCoord): number {
  return a.epoch - b.epoch || a.view - b.view || a.op - b.op;
}

/** How old the picture is at `nowMs`: what it said of its own age, and the time since it came. */
export function freshnessOf(state: LiveState, nowMs: number): Freshness {
  const shown = state.picture;
  const ageMs =
    shown === null || shown.message.asOfMs === null
      ? null
      : Math.max(0, nowMs - shown.atMs) + shown.message.asOfMs;
  return { tier: feedTierOf(ageMs, state.connected), ageMs };
}
