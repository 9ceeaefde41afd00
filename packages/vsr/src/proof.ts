/** Proof of a view: the votes of a quorum for it, each a signed statement (rule L1). */
import { admit, type Admitted, type View } from "@quorate/protocol";
import { quorumOf } from "./quorum.ts";
import type { Identity } from "./state.ts";

/** Whether the statements are votes for `view` by a quorum of distinct voters. */
export function isProofOf(
  identity: Identity,
  view: View,
  statements: readonly Uint8Array[],
): boolean {
  const voters = new Set<number>();
  for (const statement of statements) {
    const vote = admitEmbedded(identity, statement);
    if (vote === null || vote.message.command !== "startViewChange") return false;
    if (vote.header.view !== view || vote.header.sender >= identity.voterCount) return false;
    voters.add(vote.header.sender);
  }
  return voters.size >= quorumOf(identity.voterCount);
}

/**
 * Verifies a statement that came inside another one; null when it is not good. It stays true after
 * its signer has lost its disk, so any incarnation is taken (rule A6).
 */
export function admitEmbedded(identity: Identity, statement: Uint8Array): Admitted | null {
  const admission = admit(statement, { ...identity.admission, incarnationOf: () => 0 });
  return admission.ok && admission.admitted.attachment.length === 0 ? admission.admitted : null;
}
