import { createHash, hash, type KeyObject, randomFillSync, verify } from "node:crypto";
import type { Crypto } from "@quorate/ports";
import { publicKeyBytes, signatureBytes } from "@quorate/protocol";
import { publicKeyObject } from "./ed25519-key.ts";

/** Key objects kept: every holder of a few configurations. One costs 0.1 ms to rebuild. */
const cachedKeysMax = 512;

const cachedKeys = new Map<string, KeyObject>();

/** Crypto with node:crypto: the only verifier of a replica or gateway. */
export const nodeCrypto: Crypto = { sha256, verify: verifySignature, randomBytes };

/** A Buffer's `slice` is a view where an array's is a copy, so no Buffer leaves this file. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Parts of at most this many bytes together are copied into one: above it the copy costs more. */
const joinedBytesMax = 4_096;

const joined = new Uint8Array(joinedBytesMax);

/** The one-shot call is faster by a third, and leaves no object behind that must be finalized. */
function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return plain(hash("sha256", only, "buffer"));
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes <= joinedBytesMax) {
    let end = 0;
    for (const part of parts) {
      joined.set(part, end);
      end += part.length;
    }
    return plain(hash("sha256", joined.subarray(0, end), "buffer"));
  }
  const running = createHash("sha256");
  for (const part of parts) running.update(part);
  return plain(running.digest());
}

function verifySignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== publicKeyBytes || signature.length !== signatureBytes) return false;
  const key = keyObjectOf(publicKey);
  return key !== null && verify(null, bytes, key, signature);
}

function randomBytes(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}

/** The key object of raw bytes, or null when node:crypto refuses them. */
function keyObjectOf(publicKey: Uint8Array): KeyObject | null {
  const name = String.fromCharCode(...publicKey);
  const cached = cachedKeys.get(name);
  if (cached !== undefined) return cached;
  const key = importKey(publicKey);
  if (key === null) return null;
  if (cachedKeys.size >= cachedKeysMax) forgetOldestKey();
  cachedKeys.set(name, key);
  return key;
}

function importKey(publicKey: Uint8Array): KeyObject | null {
  try {
    return publicKeyObject(publicKey);
  } catch {
    // node:crypto throws for some bytes that are no key; the port promises an answer instead.
    return null;
  }
}

function forgetOldestKey(): void {
  for (const name of cachedKeys.keys()) {
    cachedKeys.delete(name);
    return;
  }
}
