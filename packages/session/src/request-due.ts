/**
 * When calls that wait become a request, as Nagle's algorithm has it for bytes (RFC 896).
 *
 * A request costs the replicas the same signatures, flushes and packets whether it holds one call or
 * fifty. So nothing waits while nothing is in flight, and little waits for an answer: it gathers.
 */
import { gatherMsMax } from "./limits.ts";
import type { VsrSession } from "./vsr-session.ts";
import type { WaitingCalls } from "./waiting-calls.ts";

/** Whether an idle session should take what waits now. */
export function isRequestDue(
  calls: Pick<WaitingCalls, "count" | "fillsRequest">,
  sessions: readonly Pick<VsrSession, "busySinceMs">[],
  nowMs: number,
): boolean {
  if (calls.count === 0) return false;
  return calls.fillsRequest || !sessions.some(({ busySinceMs }) => isNew(busySinceMs, nowMs));
}

/** An answer to a request this young may still come soon. */
function isNew(busySinceMs: number | null, nowMs: number): boolean {
  return busySinceMs !== null && nowMs - busySinceMs < gatherMsMax;
}
