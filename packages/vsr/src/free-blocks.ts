/**
 * Freeing the blocks of states that no superblock names any more: VRR §5.1.
 *
 * Those of a state that is being written or loaded are reached by no checkpoint yet, so nothing is
 * freed meanwhile. Who is busy whenever a superblock arrives on the disk, because it is slow, does it
 * when it is done with a state and before it begins with the next: else its disk would fill.
 */
import type { Replica } from "./state.ts";

/** Transfers in a row that lead to nothing, and leave to the next what they have stored. */
const transfersKeptMax = 4;

/**
 * A transfer is about to begin. States that follow each other share most of their blocks, so what
 * those before have stored is kept for it, but not without end: each may leave what no later one needs.
 */
export function freeBeforeTransfer(replica: Replica): void {
  replica.transfersInVain += 1;
  replica.isRetainDue ||= replica.transfersInVain % transfersKeptMax === 0;
  freeBlocks(replica);
}

/** If it is due, frees what neither the superblock on disk reaches nor any on its way there. */
export function freeBlocks(replica: Replica): void {
  const { freezing, load, storing, durableCheckpoints, writing } = replica;
  const isBusy = freezing !== null || load !== null || storing.size > 0;
  if (!replica.isRetainDue || isBusy) return;
  replica.isRetainDue = false;
  const named = [...durableCheckpoints, ...writing.flatMap(({ checkpoints }) => checkpoints)];
  const stateRoots = new Set(named.map(({ stateRoot }) => stateRoot));
  replica.effects.push({ kind: "retain-blocks", stateRoots: [...stateRoots] });
}
