/** Openings and turns that many scenarios share. */
import { assert } from "@quorate/prelude";
import { Rig, type RigOptions } from "./rig.ts";

/** A cluster in view 1 with its primary acting and one session registered at op 1. */
export function startedRig(voterCount: number, options: RigOptions = {}): Rig {
  const rig = new Rig(voterCount, options);
  for (let index = 0; index < voterCount; index++) rig.tick(index);
  rig.settle();
  register(rig, 1 % voterCount);
  rig.settle();
  assert(rig.replica(1 % voterCount).commit === 1, "the session is registered at op 1");
  return rig;
}

/** Gateway 0 asks a member for a session. */
export function register(rig: Rig, to: number, label = "session"): void {
  rig.ask(to, rig.gateway.register(label));
}

/** Gateway 0 sends a member a request with one operation under the newest session. */
export function request(rig: Rig, to: number, number: number, operation: string): void {
  rig.ask(to, rig.gateway.request(number, [operation], rig.gateway.session));
}

/** The timers of these members expire, and everything settles. */
export function electBy(rig: Rig, ...voters: readonly number[]): void {
  for (const voter of voters) rig.timeOut(voter);
  rig.settle();
}

/** The op of a member's log that holds this operation alone, or null. */
export function logOf(rig: Rig, index: number): readonly string[] {
  const { log } = rig.replica(index);
  const lines: string[] = [];
  for (let op = 1; op <= log.headOp; op++) {
    const slot = log.slotAt(op);
    lines.push(`${op}@${slot?.header.view}${slot?.state === "present" ? "" : ` ${slot?.state}`}`);
  }
  return lines;
}
