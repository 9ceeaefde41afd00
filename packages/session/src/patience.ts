/** How long a call waits for a primary, and what it is told when it waited in vain. */
import type { ClusterErrorCode } from "./cluster-client.ts";
import { primaryWaitMs, quorumWaitMs } from "./limits.ts";
import type { Members } from "./members.ts";
import { quorumNeeded } from "./quorum-needed.ts";

export interface Patience {
  readonly code: ClusterErrorCode;
  readonly waitMs: number;
}

/** Null while somebody leads: then a call waits for its turn until its own deadline. */
export function patienceWithout(
  members: Members,
  primary: number | null,
  nowMs: number,
): Patience | null {
  if (primary !== null) return null;
  if (!members.hasStarted) return { code: "starting", waitMs: quorumWaitMs };
  const isElectable = members.livingVoters(nowMs) >= quorumNeeded(members.config);
  if (isElectable) return { code: "view-change", waitMs: primaryWaitMs };
  return { code: "no-quorum", waitMs: quorumWaitMs };
}
