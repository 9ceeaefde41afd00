/**
 * A mutant: the sources with one bug of the protocol written into them, to show that the simulator
 * finds such a bug. The product itself carries no switches (ADR 7).
 */
import type { SwarmOptions } from "../run/swarm.ts";

/** One change of one file. */
export interface Edit {
  /** From the repository's root. */
  readonly file: string;
  /** Text that the file holds exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  /** Named after the bug. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** What a seed draws is replaced by these, so that what makes the bug show is likelier. */
  readonly swarm?: Partial<SwarmOptions>;
  /**
   * Why the bug does no harm here: another rule makes up for it. Such a mutant must *not* be found;
   * when it is, the reason was wrong.
   */
  readonly harmless?: string;
}
