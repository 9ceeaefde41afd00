/**
 * Freeing the blocks of states that no superblock names any more: VRR §5.1.
 *
 * Those of a state that is being written or loaded are reached by no checkpoint yet, so nothing is
 * freed meanwhile. Who is busy whenever a superblock arrives on the disk, because it is slow, does it
 * when it is done with a state and before it begins with the next: else its disk would fill.
 */
import type { StateLoad } from "./load-state.ts";
import type { Replica } from "./state.ts";

/** Transfers that lead to nothing leave the next as many blocks as so many states have leaves. */
const statesLeftMax = 3;

/** What transfers have stored since a state was entered. */
export interface Transferred {
  blocks: number;
  /** Leaves of the largest of their states. */
  leavesMax: number;
}

export function nothingTransferred(): Transferred {
  return { blocks: 0, leavesMax: 0 };
}

export function noteTransferred({ transferred }: Replica, load: StateLoad, blocks: number): void {
  if (load.purpose !== "transfer") return;
  transferred.blocks += blocks;
  transferred.leavesMax = Math.max(transferred.leavesMax, load.leavesTotal ?? 0);
}

/**
 * A transfer is about to begin. States that follow each other share most of their blocks, so what
 * those before have stored is kept for it, or a large state would never come over a slow link. But
 * each may leave what no later one needs: what is more than a few whole states goes.
 */
export function freeBeforeTransfer(replica: Replica): void {
  const { blocks, leavesMax } = replica.transferred;
  // Each has at least its root.
  if (blocks > statesLeftMax * (leavesMax + 1)) {
    replica.isRetainDue = true;
    replica.transferred = nothingTransferred();
  }
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
