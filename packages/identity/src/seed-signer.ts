import { sign } from "node:crypto";
import type { Signer } from "@quorate/ports";
import { assert } from "@quorate/prelude";
import { privateKeyObject, rawPublicKeyOf, seedBytes } from "./ed25519-key.ts";

/**
 * The signer of a 32-byte seed (RFC 8032 §5.1.5). The caller may overwrite the seed afterwards.
 *
 * Throws AssertionError for a seed of another length.
 */
export function signerOfSeed(seed: Uint8Array): Signer {
  assert(seed.length === seedBytes, "the seed has 32 bytes");
  const privateKey = privateKeyObject(seed);
  const publicKey = rawPublicKeyOf(privateKey);
  return {
    publicKey,
    sign: (bytes) => {
      const signature = sign(null, bytes, privateKey);
      return new Uint8Array(signature.buffer, signature.byteOffset, signature.length);
    },
  };
}
