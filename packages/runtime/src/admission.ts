/** What a process knows when it judges and makes statements. */
import type { Crypto, Signer } from "@quorate/ports";
import {
  type AdmissionContext,
  type ClusterConfig,
  digestClusterConfig,
  keyIdOf,
  type StatementSigner,
} from "@quorate/protocol";

export function admissionFor(config: ClusterConfig, crypto: Crypto): AdmissionContext {
  return {
    config,
    configDigest: digestClusterConfig(config, crypto.sha256),
    sha256: crypto.sha256,
    verify: (publicKey, bytes, signature) => crypto.verify(publicKey, bytes, signature),
    // Incarnations change by Recovery entries alone, and every disk starts in its first life.
    incarnationOf: () => 0,
  };
}

export function signerFor(
  { signer, crypto, index }: { signer: Signer; crypto: Crypto; index: number },
  incarnation: number,
): StatementSigner {
  return {
    role: "replica",
    sender: index,
    keyId: keyIdOf(signer.publicKey, crypto.sha256),
    incarnation,
    sign: (bytes) => signer.sign(bytes),
  };
}
