/**
 * A member whose disk was lost comes back with everything that was committed when it was lost, and
 * promises nothing before (rule S11): it may have acknowledged any of it.
 */
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

export class Readmissions {
  /** By member whose disk is lost: the newest op that anybody had executed then. */
  private readonly owed = new Map<number, number>();
  onLoss(member: number, executedByAnybody: number): void {
    this.owed.set(member, executedByAnybody);
  }

  /** Throws Violation. */
  onStep(member: number, replica: Replica): void {
    const owed = this.owed.get(member);
    if (owed === undefined || replica.isDiskLost) return;
    this.owed.delete(member);
    if (replica.log.headOp >= owed) return;
    const what = `r${member} is back with ops up to ${replica.log.headOp}`;
    throw new Violation("readmissions", `${what}; ${owed} were committed when its disk was lost`);
  }
}
