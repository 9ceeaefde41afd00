import {
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { bytesConcat, utf8Encode } from "@quorate/prelude";

/** Bytes of an X25519 public key (RFC 7748 §5). */
export const ephemeralKeyBytes = 32;

/** DER before a raw public key: SubjectPublicKeyInfo with id-X25519 (RFC 8410 §4). */
const publicKeyPrefix = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00,
]);
const linkKeyBytes = 32;
const linkKeysInfo = utf8Encode("quorate/1/link-keys");

/** An X25519 key pair for one hello. */
export interface EphemeralKey {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

/** One AES-256-GCM key for each direction. */
export interface LinkKeys {
  readonly dialToAccept: Uint8Array;
  readonly acceptToDial: Uint8Array;
}

export function createEphemeralKey(): EphemeralKey {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const encoded = publicKey.export({ format: "der", type: "spki" });
  return { privateKey, publicKey: Uint8Array.from(encoded.subarray(publicKeyPrefix.length)) };
}

/**
 * The keys of a link: HKDF-SHA256 over the shared secret, salted with the hello's transcript.
 *
 * Null when the peer's key is of small order, so that the secret would be zero and known to all
 * (RFC 7748 §6.1).
 */
export function agreeOnKeys(
  own: EphemeralKey,
  peerPublicKey: Uint8Array,
  transcript: Uint8Array,
): LinkKeys | null {
  const secret = sharedSecret(own.privateKey, peerPublicKey);
  if (secret === null || secret.every((byte) => byte === 0)) return null;
  const keys = hkdfSync("sha256", secret, transcript, linkKeysInfo, 2 * linkKeyBytes);
  secret.fill(0);
  return {
    dialToAccept: new Uint8Array(keys, 0, linkKeyBytes),
    acceptToDial: new Uint8Array(keys, linkKeyBytes, linkKeyBytes),
  };
}

function sharedSecret(privateKey: KeyObject, peerPublicKey: Uint8Array): Buffer | null {
  try {
    const key = Buffer.from(bytesConcat(publicKeyPrefix, peerPublicKey));
    const publicKey = createPublicKey({ key, format: "der", type: "spki" });
    return diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL refuses the points of small order itself; the answer is the same.
    return null;
  }
}
