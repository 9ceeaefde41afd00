import type { Crypto } from "@quorate/ports";
import { bytesEqual, hexDecode, present } from "@quorate/prelude";
import { nodeCrypto } from "./node-crypto.ts";
import { signerOfSeed } from "./seed-signer.ts";
import { type VerifierCase, verifierCases } from "./verifier-cases.ts";

/**
 * What the cluster's verifier says to the twelve cases: V accepts, X refuses.
 *
 * This is Node 26 with OpenSSL 3.5, which refuses keys and nonces of small order. Node 20 with
 * OpenSSL 3.0 says VVVVXXXXXXXV: the difference that this check exists for.
 */
const expectedVerdicts = "XXXVXXXXXXXX";

/** RFC 8032 §7.1, test 3. */
const knownAnswer = {
  seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
  publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
  message: "af82",
  signature:
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
};

/** The cryptography of this machine differs from the cluster's: the process must not start. */
export class VerifierVerdictError extends Error {
  override readonly name = "VerifierVerdictError";
}

/**
 * Checks at boot that this process signs and verifies exactly as every other one.
 *
 * Verifiers differ on edge cases, and replicas that differ would disagree about a certificate; an
 * upgrade of the library may change an answer silently. Takes about 2 ms. Throws
 * VerifierVerdictError.
 */
export function assertVerifierVerdicts(crypto: Crypto = nodeCrypto): void {
  const verdicts = verifierCases.map((each) => verdictOf(crypto, each)).join("");
  if (verdicts !== expectedVerdicts) {
    throw new VerifierVerdictError(`verdicts are ${verdicts}, not ${expectedVerdicts}`);
  }
  if (verdictOf(crypto, knownAnswer) !== "V") {
    throw new VerifierVerdictError("the signature of RFC 8032 is refused");
  }
  const signature = signerOfSeed(bytesOf(knownAnswer.seed)).sign(bytesOf(knownAnswer.message));
  if (!bytesEqual(signature, bytesOf(knownAnswer.signature))) {
    throw new VerifierVerdictError("the signature of RFC 8032 comes out differently");
  }
}

function verdictOf(crypto: Crypto, { publicKey, message, signature }: VerifierCase): string {
  const accepts = crypto.verify(bytesOf(publicKey), bytesOf(message), bytesOf(signature));
  return accepts ? "V" : "X";
}

function bytesOf(hex: string): Uint8Array {
  return present(hexDecode(hex), "the table holds hexadecimal");
}
