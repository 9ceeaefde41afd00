import type { ModelQueue } from "./model-queue.ts";

/** What the model answers; compared field by field with the machine's outcome. */
export interface ModelAnswer {
  readonly [field: string]: unknown;
}

/** A message in plain fields. Times are microseconds. */
export interface ModelMessage {
  readonly queue: ModelQueue;
  readonly key: { readonly op: number; readonly index: number };
  readonly seq: number;
  readonly body: string;
  readonly group: string | null;
  readonly dedup: string | null;
  readonly priority: number;
  readonly bytes: number;
  /** Of its own; null is the queue's. */
  readonly maxFailures: number | null;
  readonly enqueuedAt: number;
  /** When its ttl is over; infinity without one. */
  readonly ttlEnd: number;
  diedAt: number;
  /** Its place in the order of death, from 1; 0 of a message that is no dead letter. */
  death: number;
  state: "scheduled" | "ready" | "leased" | "dead" | "popped";
  deadline: number;
  deliveries: number;
  rewinds: number;
  failures: number;
  fence: number;
}

/** Seconds in microseconds. */
export function seconds(count: number): number {
  return count * 1_000_000;
}
