import { oldestReadyScanMax } from "./limits.ts";
import { messageField } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueView } from "./queue-view.ts";
import type { QueueState } from "./state.ts";

/** The queue as reads show it. */
export function viewOf(state: QueueState, queue: Queue): QueueView {
  const { name, incarnation, version, config, paused } = queue;
  const { ready, blocked, leased, scheduled, dead, bytes } = queue;
  const oldestReadyAtMs = oldestReadyAt(state, queue);
  const stats = { ready, blocked, leased, scheduled, dead, bytes, oldestReadyAtMs };
  return { name, incarnation, version, config, stats, paused };
}

// By seq the first of a priority has usually waited longest; a delayed one has waited from its due
// time only, so the first few are compared.
function oldestReadyAt(state: QueueState, queue: Queue): number | null {
  let oldest = Infinity;
  for (const bits of queue.order) {
    for (const seq of bits.lowestOf(oldestReadyScanMax)) {
      const since = state.messages.f64(queue.messages.get(seq), messageField.since);
      oldest = Math.min(oldest, since);
    }
  }
  return oldest === Infinity ? null : Math.floor(oldest / 1_000);
}
