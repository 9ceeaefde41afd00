/**
 * Real time: what was answered before a call began is behind it in the log too. Every answer names
 * its op, so this needs no search and holds for any number of calls.
 */
import type { History } from "./histories.ts";
import { Violation } from "../checkers/violation.ts";

/** Throws Violation `real-time` at the first answer that is older than what was known before. */
export function checkRealTimeOrder(history: History): void {
  const answered = history.times.flatMap(({ kind, op, callAt, returnAt }) =>
    op === null ? [] : [{ kind, op, callAt, returnAt }],
  );
  const byCall = answered.toSorted((a, b) => a.callAt - b.callAt);
  const byReturn = answered.toSorted((a, b) => a.returnAt - b.returnAt);
  let [next, newestOp, newestAt] = [0, 0, 0];
  for (const { kind, op, callAt } of byCall) {
    for (let each = byReturn[next]; each !== undefined; each = byReturn[next]) {
      if (each.returnAt >= callAt) break;
      if (each.op > newestOp) [newestOp, newestAt] = [each.op, each.returnAt];
      next += 1;
    }
    // Two operations may share an op, but not when one was answered before the other was asked.
    const isOlder = kind === "read" ? op < newestOp : op < newestOp + 1;
    if (isOlder) {
      const what = `a ${kind} that began at ${callAt} was answered at op ${op}`;
      throw new Violation("real-time", `${what}, but op ${newestOp} was answered at ${newestAt}`);
    }
  }
}
