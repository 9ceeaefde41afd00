import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { bytesConcat } from "@quorate/prelude";

/** Bytes of an ed25519 private key: the seed of RFC 8032. */
export const seedBytes = 32;

/** DER before a raw public key: SubjectPublicKeyInfo with id-Ed25519 (RFC 8410 §4). */
const publicKeyPrefix = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
]);
/** DER before a seed: PrivateKeyInfo with id-Ed25519 (RFC 8410 §7). */
const privateKeyPrefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);

/** Throws what node:crypto throws for bytes that it does not take. */
export function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const key = Buffer.from(bytesConcat(publicKeyPrefix, publicKey));
  return createPublicKey({ key, format: "der", type: "spki" });
}

/** The copy of the seed that is made on the way is overwritten. */
export function privateKeyObject(seed: Uint8Array): KeyObject {
  const key = Buffer.from(bytesConcat(privateKeyPrefix, seed));
  try {
    return createPrivateKey({ key, format: "der", type: "pkcs8" });
  } finally {
    key.fill(0);
  }
}

export function rawPublicKeyOf(privateKey: KeyObject): Uint8Array {
  const encoded = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return Uint8Array.from(encoded.subarray(publicKeyPrefix.length));
}
