import type { Sha256 } from "@quorate/prelude";
import { slabPartBytes } from "./slab.ts";
import { metaLeaves, writeStateMeta } from "./state-meta.ts";
import type { QueueState } from "./state.ts";

/**
 * One digest of everything that the state machine remembers: of the digests of the leaves that a
 * frozen state would have, in their order. Freezes nothing, and hashes only what has changed since
 * the last time.
 */
export function digestState(state: QueueState, sha256: Sha256): Uint8Array {
  const digests = metaLeaves(writeStateMeta(state)).map((leaf) => sha256(leaf));
  for (let page = 0; page < state.pages.idCount; page++) {
    const digest = state.pages.digest(page, sha256);
    if (digest !== null) digests.push(digest);
  }
  for (const [, slab] of state.slabs.entries()) {
    for (let start = 0; start < slab.used; start += slabPartBytes) {
      digests.push(slab.digest(start, Math.min(start + slabPartBytes, slab.used), sha256));
    }
  }
  return sha256(...digests);
}
