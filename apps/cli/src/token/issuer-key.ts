/** The key of a token issuer, as a JWK in a file that its owner alone can read. */
import { readSecretFile, SecretFileError } from "@quorate/identity/secret-file";
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import * as z from "zod";

/** A key that can sign tokens. */
export interface IssuerKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
}

/** The file does not hold such a key; the message says why. */
export class IssuerKeyError extends Error {
  override readonly name = "IssuerKeyError";
}

/** What of a JWK counts here. */
const PrivateJwk = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1),
});

/** A new key: the private JWK, and the set of its public part that a gateway is given. */
export async function newIssuerKey(): Promise<{
  readonly key: JWK;
  readonly keySet: { readonly keys: readonly JWK[] };
}> {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const bare = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(bare);
  const key: JWK = { ...bare, kid, alg: "EdDSA", use: "sig" };
  const { d: _private, ...publicKey } = key;
  return { key, keySet: { keys: [publicKey] } };
}

/**
 * The key of a file. Throws IssuerKeyError, and SecretFileError when others may read it: whoever
 * has it signs tokens for anything.
 */
export async function readIssuerKey(path: string): Promise<IssuerKey> {
  try {
    const jwk = PrivateJwk.parse(JSON.parse(readSecretFile(path)));
    const privateKey = await importJWK(jwk, "EdDSA");
    if (privateKey instanceof Uint8Array) throw new TypeError("a secret, not a key pair");
    return { keyId: jwk.kid, privateKey };
  } catch (cause) {
    if (cause instanceof SecretFileError) throw cause;
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new IssuerKeyError(reason, { cause });
  }
}
