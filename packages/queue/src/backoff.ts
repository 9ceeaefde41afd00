import { mix32 } from "./hash-index.ts";
import { messageKeyOf } from "./message-key.ts";
import type { BackoffConfig } from "./queue-config.ts";
import type { QueueState } from "./state.ts";

/**
 * The wait after the n-th failure (n from 1), in whole milliseconds: multiplication and floor only,
 * so that every version of the platform computes the same (contract, "Queue configuration").
 * `share` is in [0, 1) and stands for chance.
 */
export function backoffMs(backoff: BackoffConfig, failures: number, share: number): number {
  const { baseMs, factor, maxMs, jitter } = backoff;
  let delayMs = baseMs;
  // It stops growing at maxMs; without growth further steps change nothing.
  for (let step = 1; step < failures; step++) {
    const longer = Math.min(maxMs, Math.floor(delayMs * factor));
    if (longer === delayMs) break;
    delayMs = longer;
  }
  return Math.floor(delayMs * (1 - jitter + 2 * jitter * share));
}

/** The share of chance of a message's n-th failure: a hash of its id and n, in [0, 1). */
export function backoffShare(state: QueueState, message: number, failures: number): number {
  const { op, index } = messageKeyOf(state, message);
  const hash = mix32((mix32(op) ^ index) >>> 0);
  return mix32((hash ^ mix32(failures)) >>> 0) / 0x1_0000_0000;
}
