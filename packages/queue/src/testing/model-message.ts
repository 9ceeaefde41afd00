import type { DeadReason } from "../message-record.ts";
import type { BackoffConfig } from "../queue-config.ts";
import type { ModelQueue } from "./model-queue.ts";

/** What the model answers; compared field by field with the machine's outcome. */
export interface ModelAnswer {
  readonly [field: string]: unknown;
}

/** A message in plain fields. Times are microseconds. */
export interface ModelMessage {
  queue: ModelQueue;
  readonly key: { readonly op: number; readonly index: number };
  seq: number;
  readonly body: string;
  readonly group: string | null;
  readonly dedup: string | null;
  readonly priority: number;
  readonly bytes: number;
  /** Of its own; null is the queue's. */
  readonly maxFailures: number | null;
  readonly enqueuedAt: number;
  /** When its ttl is over, or what a redrive gave it; infinity without one. */
  ttlEnd: number;
  diedAt: number;
  /** Its place in the order of death, from 1; 0 of a message that is no dead letter. */
  death: number;
  /** Why it died; null as long as it lives. */
  reason: DeadReason | null;
  redrives: number;
  /** Type of its newest error; null without one. */
  errorType: string | null;
  state: "scheduled" | "ready" | "leased" | "dead" | "popped";
  deadline: number;
  deliveries: number;
  rewinds: number;
  failures: number;
  fence: number;
  /** When its latest lease began, by the lease clock. */
  leasedAt: number;
}

/** Seconds in microseconds. */
export function seconds(count: number): number {
  return count * 1_000_000;
}

/** The wait after so many failures, without jitter. */
export function modelBackoffMs(backoff: BackoffConfig, failures: number): number {
  let delay = backoff.baseMs;
  for (let n = 1; n < failures; n++) {
    delay = Math.min(backoff.maxMs, Math.floor(delay * backoff.factor));
  }
  return delay;
}
