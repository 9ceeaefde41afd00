/** How a replica moves to another view: VRR §4.2 step 1, rules L1 and A2. */
import type { View } from "@quorate/protocol";
import { isBarred } from "./barred.ts";
import { statementOf } from "./speak.ts";
import { dropFetch } from "./state-transfer.ts";
import { isPrimary, type Replica } from "./state.ts";
import { writeSuperblock } from "./superblock-writes.ts";
import { expireViewChangeTimer, restartViewChangeTimer } from "./timeout.ts";

/**
 * Moves the view. What no disk has confirmed is dropped first, so the DoViewChange that is made
 * here and stored with the view stays true (rule A2). Nothing is said before both are durable.
 */
export function enterView(replica: Replica, view: View, proof: readonly Uint8Array[]): void {
  leaveView(replica, view, proof);
  replica.doViewChange = isBarred(replica) ? null : ownDoViewChange(replica);
  // Rule S11: nobody waits for a primary that must not start its view.
  if (isBarred(replica) && isPrimary(replica)) expireViewChangeTimer(replica);
  writeSuperblock(replica, replica.log.head, "view-entered");
}

function ownDoViewChange(replica: Replica): Uint8Array {
  return statementOf(replica, {
    command: "doViewChange",
    lastNormalView: replica.lastNormalView,
    head: replica.log.head,
    commit: replica.commit,
    headers: replica.log.tail(replica.identity.admission.config.pipelineMax),
  });
}

/** Forgets everything that belonged to the old view. */
export function leaveView(replica: Replica, view: View, proof: readonly Uint8Array[]): void {
  replica.view = view;
  replica.viewProof = proof;
  replica.status = "view-change";
  replica.acting = null;
  replica.startHead = null;
  replica.isLogRefused = false;
  replica.clockRefusedAt = null;
  replica.doViewChange = null;
  dropFetch(replica);
  replica.votes.clear();
  replica.collected.clear();
  replica.log.cutAppending();
  replica.viewsFailed += 1;
  replica.repeatAt = replica.now + replica.identity.options.repeatTicks;
  restartViewChangeTimer(replica);
}
