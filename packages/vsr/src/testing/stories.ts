/** Openings and turns that many scenarios share. */
import { assert } from "@quorate/prelude";
import { defaultOptions } from "../options.ts";
import { Rig, type RigOptions } from "./rig.ts";

/**
 * A cluster in view 1 with its primary acting and one session registered at op 1, which every
 * member has executed.
 */
export function startedRig(voterCount: number, options: RigOptions = {}): Rig {
  const rig = new Rig(voterCount, options);
  for (let index = 0; index < voterCount; index++) rig.tick(index);
  rig.settle();
  register(rig, 1 % voterCount);
  rig.elapse(defaultOptions.heartbeatTicks + 1);
  for (let index = 0; index < voterCount; index++) {
    assert(rig.replica(index).executed === 1, "the session is registered at op 1");
  }
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

/** A member's log as texts `op@view`, with the state of what is not on its disk. */
export function logOf(rig: Rig, index: number): readonly string[] {
  const { log } = rig.replica(index);
  const lines: string[] = [];
  for (let op = log.base.op + 1; op <= log.headOp; op++) {
    const slot = log.slotAt(op);
    lines.push(`${op}@${slot?.header.view}${slot?.state === "present" ? "" : ` ${slot?.state}`}`);
  }
  return lines;
}
