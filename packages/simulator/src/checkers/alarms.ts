/** Honest members never convict each other: without a liar nobody alarms and nothing is refused. */
import { Violation } from "./violation.ts";

/** Alarms that harmed disks and wrong clocks cause among honest members. */
const honestAlarms: ReadonlySet<unknown> = new Set([
  "entry-held-by-nobody",
  "clock-ahead",
  "clock-apart",
  "checkpoint-unreadable",
  "tail-forgotten",
]);

/** A statement that a member refused. */
export interface Reject {
  /** `replica-0`, `gateway-1`. */
  readonly peer: string;
  readonly reason: string;
}

/** Throws Violation for an alarm that only a liar can cause. */
export function assertHonestAlarm(member: string, alarm: unknown, detail: unknown): void {
  if (honestAlarms.has(alarm)) return;
  throw new Violation("false alarm", `${member}: ${String(alarm)} (${String(detail)})`);
}

/** Throws Violation for a statement of any peer but the suspects that a member refused. */
export function assertNothingRefused(
  member: string,
  rejects: readonly Reject[],
  suspects: ReadonlySet<string>,
): void {
  for (const { peer, reason } of rejects) {
    if (suspects.has(peer)) continue;
    throw new Violation("false refusal", `${member} refused a statement of ${peer}: ${reason}`);
  }
}
