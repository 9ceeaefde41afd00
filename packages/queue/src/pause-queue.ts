import type { PauseQueue } from "./operation.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { QueueState } from "./state.ts";

/**
 * `pause` and `resume`. To repeat one changes nothing: who paused first, when and why stays. What
 * was paused only waits: leases, delays and retention go on.
 */
export function pauseQueue(state: QueueState, operation: PauseQueue): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) {
    return encodeOutcome({ type: "refused", refusal: { code: "queue-not-found" }, index: null });
  }
  const { what, pause } = operation;
  const atMs = Math.floor(state.now / 1_000);
  const paused = pause === null ? null : (queue.paused[what] ?? { ...pause, atMs });
  queue.paused = { ...queue.paused, [what]: paused };
  const isWorthAsking = queue.paused.receive === null && queue.candidates > 0;
  if (isWorthAsking) state.readyHints.add(queue.name);
  return encodeOutcome({ type: "queue-paused", paused: queue.paused });
}
