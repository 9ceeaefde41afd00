/**
 * Whether a certificate proves what it claims: the signatures of a quorum of distinct voters over
 * bytes that anybody can build again (rules S1, S7; VRR §5.1 for checkpoints).
 *
 * All signatures of a certificate must be good, also those beyond the quorum, so that one
 * certificate is never good for one reader and bad for another. Incarnations are part of what was
 * signed, but they are not compared with the present ones: a certificate stays true after its
 * signer has lost its disk (rule A6).
 */
import {
  type AdmissionContext,
  type CertificateSignature,
  type Checkpoint,
  type CommitCertificate,
  encodeBody,
  encodeStatementHeader,
  type Epoch,
  keyIdOf,
  type Message,
  quorumOf,
  type View,
  votersOf,
} from "@quorate/protocol";
import { bytesEqual } from "@quorate/prelude";

/** The configuration of the certificate's epoch, and the host's cryptography. */
export type CertificateContext = Pick<
  AdmissionContext,
  "config" | "configDigest" | "sha256" | "verify"
>;

/** Why a certificate proves nothing. */
export type CertificateFault =
  /** It is of another epoch than the configuration that it was judged under. */
  | "epoch"
  /** A signer is no voter of the configuration. */
  | "signer"
  /** A signature names another key than the configuration has for its signer. */
  | "key"
  /** A signature is not over what the certificate claims. */
  | "signature"
  /** Distinct signers are fewer than a quorum; who signs twice counts once. */
  | "quorum";

/** What is wrong with a commit certificate, or null when a quorum holds the entry on disk. */
export function commitCertificateFault(
  certificate: CommitCertificate,
  context: CertificateContext,
): CertificateFault | null {
  const { epoch, view, op, headerHash, signatures } = certificate;
  const claim = { epoch, view, message: { command: "prepareOk", op, headerHash } } as const;
  return faultOf(claim, signatures, context);
}

/** What is wrong with a checkpoint's certificate, or null when a quorum reached its state. */
export function checkpointFault(
  checkpoint: Checkpoint,
  context: CertificateContext,
): CertificateFault | null {
  const { epoch, view, op, headHash, stateRoot, signatures } = checkpoint;
  const message = { command: "checkpoint", op, headHash, stateRoot } as const;
  return faultOf({ epoch, view, message }, signatures, context);
}

/** What is said in every signature of a certificate, by another voter each. */
interface Claim {
  readonly epoch: Epoch;
  readonly view: View;
  readonly message: Message;
}

function faultOf(
  { epoch, view, message }: Claim,
  signatures: readonly CertificateSignature[],
  context: CertificateContext,
): CertificateFault | null {
  const { config, configDigest, sha256, verify } = context;
  if (epoch !== config.epoch) return "epoch";
  const body = encodeBody(message);
  const common = {
    command: message.command,
    clusterId: config.clusterId,
    epoch,
    configDigest,
    view,
    role: "replica",
    bodyBytes: body.length,
    bodyDigest: sha256(body),
  } as const;
  const signers = new Set<number>();
  for (const { sender, keyId, incarnation, signature } of signatures) {
    const member = config.members[sender];
    if (member?.role !== "voter") return "signer";
    if (!bytesEqual(keyId, keyIdOf(member.publicKey, sha256))) return "key";
    const signed = encodeStatementHeader({ ...common, sender, keyId, incarnation });
    if (!verify(member.publicKey, signed, signature)) return "signature";
    signers.add(sender);
  }
  return signers.size < quorumOf(votersOf(config).length) ? "quorum" : null;
}
