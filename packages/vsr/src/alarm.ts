/** What an operator must hear of: once, however often the replica comes upon it. */
import type { Alarm } from "./effect.ts";
import type { Replica } from "./state.ts";

/** More than the members and checkpoints that one alarm can be about at a time. */
const detailsToldMax = 64;

/**
 * Tells an alarm, unless it was told with this detail and is not over. What a replica tries again
 * until somebody helps it fails again each time: so `detail` names what is wrong, with nothing that
 * changes from one attempt to the next, and with the view where it is about that alone.
 */
export function raise(replica: Replica, alarm: Alarm, detail: string): void {
  const told = replica.alarmsTold.get(alarm) ?? [];
  if (told.includes(detail)) return;
  replica.alarmsTold.set(alarm, [...told, detail].slice(-detailsToldMax));
  replica.effects.push({ kind: "alarm", alarm, detail });
}

/** What these alarms were about is over: if it comes again, it is told again. */
export function endAlarms(replica: Replica, ...alarms: readonly Alarm[]): void {
  for (const alarm of alarms) replica.alarmsTold.delete(alarm);
}
