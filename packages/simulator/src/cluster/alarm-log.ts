import type { Log } from "@quorate/ports";

/** A log that keeps nothing, and tells of the alarms that a member raises. */
export function alarmLog(onAlarm: (alarm: unknown, detail: unknown) => void): Log {
  const silent = (): void => undefined;
  return {
    debug: silent,
    info: silent,
    warn: silent,
    error: (_, fields) => {
      const alarm = fields?.["alarm"];
      if (alarm !== undefined) onAlarm(alarm, fields?.["detail"]);
    },
  };
}
