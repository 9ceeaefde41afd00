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

/** Throws Violation for an alarm that only a liar can cause. */
export function assertHonestAlarm(member: string, alarm: unknown, detail: unknown): void {
  if (honestAlarms.has(alarm)) return;
  throw new Violation("false alarm", `${member}: ${String(alarm)} (${String(detail)})`);
}

/** Throws Violation for a statement that a member refused. */
export function assertNothingRefused(member: string, rejects: ReadonlyMap<string, number>): void {
  for (const [reason, count] of rejects) {
    throw new Violation("false refusal", `${member} refused ${count} statements: ${reason}`);
  }
}
