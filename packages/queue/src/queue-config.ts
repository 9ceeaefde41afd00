/**
 * The configuration of a queue: its fields, what they are when nothing is given, and their ranges.
 * The contract makes the request, the answer and the tables of the documents of it.
 */
import { bodyBytesCeiling, leaseMsMax, leaseMsMin, maxFailuresMax } from "./limits.ts";

/** Waiting time after a failure (contract, "Queue configuration"). */
export interface BackoffConfig {
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: number;
}

/** The words that a field may be, in the order of their numbers on the wire. */
export const queueConfigChoices = {
  dedupMode: ["window", "untilSettled"],
  onExpire: ["dead", "drop"],
  onDead: ["continue", "block"],
} as const;

type ChoiceOf<Name extends keyof typeof queueConfigChoices> =
  (typeof queueConfigChoices)[Name][number];

/** A queue's whole configuration, as `PUT` and `GET /queues/{q}` show it. */
export interface QueueConfig {
  readonly maxFailures: number;
  readonly maxDeliveries: number;
  readonly backoff: BackoffConfig;
  readonly leaseMsDefault: number;
  readonly dedupWindowMs: number;
  readonly dedupMode: ChoiceOf<"dedupMode">;
  readonly retentionMs: number;
  readonly deadRetentionMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxInFlight: number;
  readonly bodyBytesMax: number;
  readonly onExpire: ChoiceOf<"onExpire">;
  readonly onDead: ChoiceOf<"onDead">;
  readonly denyPurge: boolean;
  readonly denyDelete: boolean;
}

/** The fields that a `PUT` gives; what is missing is the default, or "as it is". */
export interface QueueConfigPatch extends Partial<Omit<QueueConfig, "backoff">> {
  readonly backoff?: Partial<BackoffConfig>;
}

const dayMs = 86_400_000;

/** What a queue is when `PUT` gives nothing. */
export const queueConfigDefault: QueueConfig = {
  maxFailures: 5,
  maxDeliveries: 50,
  backoff: { baseMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0.2 },
  leaseMsDefault: 30_000,
  dedupWindowMs: 600_000,
  dedupMode: "window",
  retentionMs: 14 * dayMs,
  deadRetentionMs: 30 * dayMs,
  maxMessages: 10_000_000,
  maxBytes: 8 * 1024 * 1024 * 1024,
  maxInFlight: 100_000,
  bodyBytesMax: 262_144,
  onExpire: "dead",
  onDead: "continue",
  denyPurge: false,
  denyDelete: false,
};

/** The numeric fields, by their JSON pointer, with their ranges (both ends included). */
export const queueConfigRanges = {
  "/maxFailures": { min: 1, max: maxFailuresMax, integer: true },
  "/maxDeliveries": { min: 1, max: 10_000, integer: true },
  "/backoff/baseMs": { min: 0, max: 7 * dayMs, integer: true },
  "/backoff/factor": { min: 1, max: 10, integer: false },
  "/backoff/maxMs": { min: 0, max: 7 * dayMs, integer: true },
  "/backoff/jitter": { min: 0, max: 1, integer: false },
  "/leaseMsDefault": { min: leaseMsMin, max: leaseMsMax, integer: true },
  "/dedupWindowMs": { min: 60_000, max: 7 * dayMs, integer: true },
  "/retentionMs": { min: 60_000, max: 365 * dayMs, integer: true },
  "/deadRetentionMs": { min: 60_000, max: 365 * dayMs, integer: true },
  "/maxMessages": { min: 1, max: 25_000_000, integer: true },
  "/maxBytes": { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true },
  "/maxInFlight": { min: 1, max: 1_000_000, integer: true },
  "/bodyBytesMax": { min: 1, max: bodyBytesCeiling, integer: true },
} as const;

export type QueueConfigPointer = keyof typeof queueConfigRanges;

/** The configuration that a `PUT` of these fields means on a queue that does not exist. */
export function queueConfigOf(patch: QueueConfigPatch): QueueConfig {
  const { backoff, ...rest } = patch;
  return {
    ...queueConfigDefault,
    ...rest,
    backoff: { ...queueConfigDefault.backoff, ...backoff },
  };
}
