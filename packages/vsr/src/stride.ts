/**
 * Which of the checkpoints that are due a replica takes when it cannot take all of them: VRR §5.1.
 *
 * One whose freezing outlasts an interval leaves some out. If each chose for itself which, two could
 * alternate for ever: no checkpoint would ever have the signatures of a quorum, and the log would
 * never be freed. So what is taken passes a multiple of the stride, which is a power of two: whatever
 * a replica with a long stride takes, those with shorter ones take, too.
 *
 * A stride only grows until a certificate shows that the cluster gets on. Without one it comes to
 * rest at last, and the checkpoints of the longest are everybody's.
 */
import { type Checkpoint, checkpointsMax, type Op } from "@quorate/protocol";
import { certifiedKept, isCertified } from "./certified.ts";
import type { Replica } from "./state.ts";

/** Checkpoints without a certificate that one replica keeps. */
export const openKept = checkpointsMax - certifiedKept;

/** Whether the checkpoint that is due at `op` is taken; the one due before was at `before`. */
export function isTaken(replica: Replica, before: Op, op: Op): boolean {
  const { freezing, checkpoints } = replica;
  if (!isPassed(replica.checkpointStride, before, op)) return false;
  if (freezing !== null) {
    widenStride(replica, op - freezing.head.op);
    return false;
  }
  const open = checkpoints.filter((each) => !isCertified(replica, each));
  const newest = open.at(-1);
  if (newest !== undefined && isCrowded(replica, open)) widenStride(replica, op - newest.op);
  return isPassed(replica.checkpointStride, before, op);
}

/**
 * One more would drive out the oldest, which a slower replica may still be writing, and all of them
 * were taken by this stride: with a longer one each is kept for longer.
 */
function isCrowded({ checkpointStride }: Replica, open: readonly Checkpoint[]): boolean {
  if (open.length < openKept) return false;
  const ops = (open.at(-1)?.op ?? 0) - (open[0]?.op ?? 0);
  // Of so many there is one distance less; and each may lie a little behind its multiple.
  return ops >= (openKept - 2) * checkpointStride;
}

/**
 * A certificate that is news, so many ops above the last one known: checkpoints may be closer to each
 * other again. What a replica has left out while it caught up, in a hurry, says nothing of the time
 * after that: no stride is much longer than the distance that the cluster keeps.
 */
export function shortenStride(replica: Replica, ops: number): void {
  let stride = replica.checkpointStride / 2;
  while (stride / 2 >= ops) stride /= 2;
  replica.checkpointStride = Math.max(1, stride);
}

function isPassed(stride: number, before: Op, op: Op): boolean {
  return Math.floor(op / stride) > Math.floor(before / stride);
}

/** To twice its length at least, and to more than the ops for which there was no room. */
function widenStride(replica: Replica, ops: number): void {
  let stride = replica.checkpointStride * 2;
  while (stride <= ops) stride *= 2;
  replica.checkpointStride = stride;
}
