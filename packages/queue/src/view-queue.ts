import { oldestReadyScanMax } from "./limits.ts";
import { isLive } from "./liveness.ts";
import { messageField, messageState } from "./message-record.ts";
import type { Queue } from "./queue.ts";
import type { QueueView } from "./queue-view.ts";
import type { QueueState } from "./state.ts";

/** The queue as reads show it. */
export function viewOf(state: QueueState, queue: Queue): QueueView {
  const { name, incarnation, version, config, paused } = queue;
  const { ready, blocked, leased, scheduled, dead, bytes } = queue;
  const oldestReadyAtMs = oldestReadyAt(state, queue);
  const stats = { ready, blocked, leased, scheduled, dead, bytes, oldestReadyAtMs };
  const atMs = Math.floor(state.now / 1_000);
  const expirations = { count: queue.expirations.at(state.now), atMs };
  return { name, incarnation, version, config, stats, paused, expirations };
}

// By seq the first of a priority has usually waited longest; a delayed one has waited from its due
// time only, so the first few are compared. So is what follows the head of a group, which may have
// been ready for longer than a head that was tried again.
function oldestReadyAt(state: QueueState, queue: Queue): number | null {
  const { messages } = state;
  let oldest = Infinity;
  for (const seq of queue.readyOrders.lowest(oldestReadyScanMax)) {
    const message = queue.messages.get(seq);
    const next = messages.u32(message, messageField.next);
    oldest = Math.min(oldest, messages.f64(message, messageField.since));
    if (next !== 0 && isReady(state, queue, next)) {
      oldest = Math.min(oldest, messages.f64(next, messageField.since));
    }
  }
  return oldest === Infinity ? null : Math.floor(oldest / 1_000);
}

function isReady(state: QueueState, queue: Queue, message: number): boolean {
  const is = state.messages.u8(message, messageField.state);
  return is === messageState.ready && isLive(state, queue, message);
}
