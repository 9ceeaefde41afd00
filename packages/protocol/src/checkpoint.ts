/**
 * A checkpoint: the state after one op, named by a digest, and the signatures of those who reached
 * the same state.
 *
 * Checkpoints are taken at the same ops on every replica. Each replica signs
 * `{op, headHash, stateRoot}` in the view in which the entry at that op was created, so that all
 * sign the same bytes but for the sender. A quorum of such signatures is the certificate: at least
 * one of the signers is correct if at most f keys are bad, and none of them can deny it.
 */
import { certificateSignatureCodec } from "./certificate.ts";
import { type Coded, list, record } from "./codec.ts";
import { digestCodec, epochCodec, opCodec, viewCodec } from "./entry.ts";
import { membersMax } from "./limits.ts";

export const checkpointCodec = record({
  epoch: epochCodec,
  /** View of creation of the entry at `op`: the view of the statements that are signed. */
  view: viewCodec,
  op: opCodec,
  /** Hash of the entry's header. */
  headHash: digestCodec,
  /** Digest of the root block of the state after `op`. */
  stateRoot: digestCodec,
  /** Of distinct members, ascending by sender; fewer than a quorum while it is not certified. */
  signatures: list(certificateSignatureCodec, membersMax),
});
/** See the file. */
export type Checkpoint = Coded<typeof checkpointCodec>;
