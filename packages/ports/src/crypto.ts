import type { Sha256 } from "@quorate/prelude";

/** An ed25519 key pair that signs; the private half never leaves it. */
export interface Signer {
  readonly publicKey: Uint8Array;
  /** 64 bytes, deterministic (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array;
}

/** Verifies, hashes and draws random bytes. */
export interface Crypto {
  readonly sha256: Sha256;
  /** True exactly when `signature` is the key's over `bytes`; never throws for what they hold. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** Cryptographically secure random bytes. */
  randomBytes(length: number): Uint8Array;
}
