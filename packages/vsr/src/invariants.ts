/** What holds after every step, in production too. A broken one is a bug: the process stops. */
import { assert } from "@quorate/prelude";
import { isBarred } from "./barred.ts";
import { isPrimary, type Replica } from "./state.ts";

export function assertInvariants(replica: Replica): void {
  const { log } = replica;
  assert(replica.lastNormalView <= replica.view, "the last normal view is not above the view");
  assert(log.storedOp <= log.headOp, "what is stored is in the log");
  assert(replica.executed <= replica.commit, "nothing uncommitted was executed");
  assert(log.base.op <= replica.commit, "only what is committed is freed");
  assert(!replica.isStateOpen || log.base.op <= replica.executed, "what is freed was executed");
  assert(replica.executed <= log.headOp, "what was executed is in the log");
  if (replica.status === "normal") {
    assert(replica.lastNormalView === replica.view, "normal in its own view");
  }
  if (replica.isHeadUncertain) {
    assert(replica.status === "recovering", "an uncertain head takes part in nothing");
  }
  if (replica.isDiskLost) {
    assert(replica.status === "recovering", "a lost disk takes part in nothing");
    assert(log.headOp === 0 && replica.executed === 0, "a lost disk holds no log");
  }
  if (replica.acting !== null) {
    assert(!isBarred(replica), "a barred replica leads nobody");
    assert(isPrimary(replica), "only the primary of the view acts");
    assert(replica.status === "normal", "an acting primary is normal");
  }
}
