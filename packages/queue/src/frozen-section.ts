import type { StateLeaf } from "@quorate/prelude";

/** One part of a frozen state, with its leaves in order. */
export interface FrozenSection {
  /** The next leaf, null after the last. Hashes at most one. */
  next(): StateLeaf | null;
  /** All leaves were taken and are stored. */
  keep(): void;
  /** Lets go of what was not taken. */
  drop(): void;
}
