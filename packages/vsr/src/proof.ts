/** Statements that come inside other ones: proofs of a view (rule L1), and what a StartView carries. */
import { type CarrierContext, isVotedFor } from "@quorate/proof";
import { admit, type Admitted, type View } from "@quorate/protocol";
import type { Identity } from "./state.ts";

/** Whether the statements are votes for `view` by a quorum of distinct voters. */
export function isProofOf(
  identity: Identity,
  view: View,
  statements: readonly Uint8Array[],
): boolean {
  return isVotedFor(view, statements, carrierContextOf(identity));
}

/** By what a replica verifies what others carry. */
export function carrierContextOf(identity: Identity): CarrierContext {
  const { config, configDigest, sha256 } = identity.admission;
  const open = (statement: Uint8Array): Admitted | null => admitEmbedded(identity, statement);
  return { config, configDigest, sha256, open };
}

/**
 * Verifies a statement that came inside another one; null when it is not good. It stays true after
 * its signer has lost its disk, so any incarnation is taken (rule A6).
 */
export function admitEmbedded(identity: Identity, statement: Uint8Array): Admitted | null {
  const admission = admit(statement, { ...identity.admission, incarnationOf: () => 0 });
  return admission.ok && admission.admitted.attachment.length === 0 ? admission.admitted : null;
}
