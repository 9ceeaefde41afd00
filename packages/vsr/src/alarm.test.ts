import { expect, it } from "vitest";
import { endAlarms, raise } from "./alarm.ts";
import { Rig } from "./testing/rig.ts";

it("tells an alarm once for each detail, and again when it was over", () => {
  const replica = new Rig(1).replica(0);
  replica.effects = [];
  for (const detail of ["op 4", "op 8", "op 4", "op 8"]) raise(replica, "foreign-state", detail);
  raise(replica, "foreign-chain", "op 4");
  endAlarms(replica, "foreign-state");
  for (const alarm of ["foreign-state", "foreign-chain"] as const) raise(replica, alarm, "op 4");
  const told = replica.effects.map((each) => (each.kind === "alarm" ? each : null));
  expect(told.map((each) => `${each?.alarm} ${each?.detail}`)).toEqual([
    "foreign-state op 4",
    "foreign-state op 8",
    "foreign-chain op 4",
    "foreign-state op 4",
  ]);
});
