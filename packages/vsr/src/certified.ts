/** Which checkpoints of this disk a quorum has signed, and what follows for the log. */
import type { Checkpoint, LogBase } from "@quorate/protocol";
import { quorumOf } from "./quorum.ts";
import type { Replica } from "./state.ts";

/** Certified checkpoints that are kept; the older one is the margin for peers that are behind. */
export const certifiedKept = 2;

export function isCertified(replica: Replica, checkpoint: Checkpoint): boolean {
  return checkpoint.signatures.length >= quorumOf(replica.identity.voterCount);
}

/** The newest checkpoint of this disk that a quorum has signed, or null. */
export function newestCertified(replica: Replica): Checkpoint | null {
  return replica.checkpoints.findLast((each) => isCertified(replica, each)) ?? null;
}

/**
 * Where the log may begin: above the older of the two certified checkpoints. When an entry below
 * the newer one has rotted, above that: what a checkpoint holds need not be mended. Never above
 * what is executed: while an older checkpoint is opened, the log above it is needed.
 */
export function baseByCheckpoints(replica: Replica): LogBase {
  const { log } = replica;
  const ops = replica.checkpoints.flatMap((each) => (isCertified(replica, each) ? [each.op] : []));
  const newest = ops.at(-1) ?? log.base.op;
  const isRotten = log.slotAt(log.storedOp + 1)?.state === "corrupt" && log.storedOp < newest;
  const chosen = isRotten ? newest : (ops.at(-certifiedKept) ?? log.base.op);
  return chosen <= log.base.op || chosen > replica.executed ? log.base : log.baseAt(chosen);
}
