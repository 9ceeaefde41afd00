/**
 * Quorum arithmetic: the only place where sizes are computed (rule S1).
 *
 * Sizes depend on the voters of one epoch's configuration alone, never on who is connected.
 */

/** Distinct voters that decide: more than half. VRR §2.2; never a computed f + 1. */
export function quorumOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

/** Distinct nacks that prove an entry uncommitted: too few are left to have acknowledged it. */
export function nackQuorumOf(voterCount: number): number {
  return voterCount - quorumOf(voterCount) + 1;
}
