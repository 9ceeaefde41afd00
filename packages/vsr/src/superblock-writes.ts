/** Makes views and heads durable, and remembers what may be said only after that. */
import { assert, present } from "@quorate/prelude";
import type { LogPosition, Superblock } from "@quorate/protocol";
import { baseByCheckpoints } from "./certified.ts";
import type { Replica, SuperblockWrite } from "./state.ts";

/** Writes the replica's present state with `head` as the end of its log. */
export function writeSuperblock(
  replica: Replica,
  head: LogPosition,
  purpose: SuperblockWrite["purpose"],
): void {
  const write = nextToken(replica);
  const superblock = superblockOf(replica, head);
  const { base } = superblock;
  const { view, checkpoints } = replica;
  replica.writing.push({ write, purpose, view, base, checkpoints });
  replica.effects.push({ kind: "write-superblock", superblock, write });
}

/** The write that has completed: always the oldest. */
export function takeCompletedWrite(replica: Replica, write: number): SuperblockWrite {
  const completed = present(replica.writing.shift(), "a superblock write is under way");
  assert(completed.write === write, "superblock writes complete in order");
  return completed;
}

/** Whether `view` and `lastNormalView` are on disk: before that nothing is said in the view. */
export function isViewDurable(replica: Replica): boolean {
  return replica.writing.every(({ purpose }) => !purpose.startsWith("view-"));
}

/** Numbers that tell requests to the world apart; never used twice by one process. */
export function nextToken(replica: Replica): number {
  replica.nextToken += 1;
  return replica.nextToken;
}

function superblockOf(replica: Replica, head: LogPosition): Superblock {
  const { admission, index, signer, boot } = replica.identity;
  return {
    clusterId: admission.config.clusterId,
    configDigest: admission.configDigest,
    replica: index,
    incarnation: signer.incarnation,
    boot,
    epoch: admission.config.epoch,
    view: replica.view,
    lastNormalView: replica.lastNormalView,
    commit: replica.commit,
    head,
    isHeadUncertain: replica.isHeadUncertain,
    isDiskLost: replica.isDiskLost,
    barredView: replica.barredView,
    incarnations: replica.incarnations.listKnown(),
    remembered: replica.remembered.list(),
    viewProof: replica.viewProof,
    doViewChange: replica.doViewChange,
    base: baseByCheckpoints(replica),
    checkpoints: replica.checkpoints,
  };
}
