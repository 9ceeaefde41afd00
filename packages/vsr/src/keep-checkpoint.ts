/** The list of checkpoints in the superblock. */
import type { Checkpoint } from "@quorate/protocol";
import { certifiedKept, isCertified } from "./certified.ts";
import type { Replica } from "./state.ts";
import { openKept } from "./stride.ts";
import { writeSuperblock } from "./superblock-writes.ts";

/** Takes a checkpoint's place in the superblock; those that are no longer needed leave it. */
export function keepCheckpoint(replica: Replica, checkpoint: Checkpoint): void {
  const others = replica.checkpoints.filter(({ op }) => op !== checkpoint.op);
  const all = [...others, checkpoint].toSorted((left, right) => left.op - right.op);
  const certified = all.filter((each) => isCertified(replica, each));
  const kept = certified.slice(-certifiedKept);
  const newestCertified = kept.at(-1)?.op ?? 0;
  const open = all.filter((each) => each.op > newestCertified);
  replica.checkpoints = [...kept, ...open.slice(-openKept)];
  writeSuperblock(replica, replica.log.settledHead, "checkpoint");
}
