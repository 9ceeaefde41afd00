/** How long to wait before trying again: full jitter, so that clients do not come back together. */

/** Before the first retry at most this, then twice as much each time, in ms. */
const firstDelayMsMax = 100;

/** However often, never more, in ms. */
const delayMsMax = 5000;

/**
 * Between 0 and what has doubled so far; never before the server has said, in ms.
 * @param retry 0 for the first
 * @param random in [0, 1)
 */
export function retryDelayMs(retry: number, retryAfterMs: number | null, random: number): number {
  const jittered = random * Math.min(delayMsMax, firstDelayMsMax * 2 ** Math.min(retry, 30));
  return (retryAfterMs ?? 0) + jittered;
}
