/**
 * Proof that a quorum has an entry on disk: their PrepareOk signatures over one coordinate.
 *
 * Every signature names exactly one (epoch, view, op, header hash), so a certificate is a set of
 * distinct members' signatures over bytes that anyone can build again (rule S7).
 */
import { type Coded, fixed, list, record, u16, u32 } from "./codec.ts";
import { digestCodec, epochCodec, opCodec, viewCodec } from "./entry.ts";
import { keyIdBytes } from "./cluster-config.ts";
import { membersMax } from "./limits.ts";

/** Bytes of an ed25519 signature (RFC 8032). */
export const signatureBytes = 64;

export const certificateSignatureCodec = record({
  sender: u16,
  keyId: fixed(keyIdBytes),
  incarnation: u32,
  signature: fixed(signatureBytes),
});

export const commitCertificateCodec = record({
  epoch: epochCodec,
  view: viewCodec,
  op: opCodec,
  headerHash: digestCodec,
  signatures: list(certificateSignatureCodec, membersMax),
});
export type CommitCertificate = Coded<typeof commitCertificateCodec>;
export type CertificateSignature = Coded<typeof certificateSignatureCodec>;
