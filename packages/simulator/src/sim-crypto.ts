/**
 * Keys of the simulated cluster: a signature is a keyed hash, and nobody inside the simulation can
 * forge it, because only this file knows the secrets. The real SHA-256 is used throughout.
 */
import { nodeCrypto } from "@quorate/identity";
import { bytesConcat, bytesEqual, hexEncode, type Prng, utf8Encode } from "@quorate/prelude";
import type { Crypto, Signer } from "@quorate/ports";

export class SimKeys {
  private readonly secrets = new Map<string, Uint8Array>();

  signerFor(name: string): Signer {
    const publicKey = nodeCrypto.sha256(utf8Encode(`public ${name}`));
    const secret = nodeCrypto.sha256(utf8Encode(`secret ${name}`));
    this.secrets.set(hexEncode(publicKey), secret);
    return { publicKey, sign: (bytes) => seal(secret, bytes) };
  }

  /** The crypto port of one process, with its own share of the run's randomness. */
  cryptoFor(prng: Prng): Crypto {
    return {
      sha256: nodeCrypto.sha256,
      verify: (publicKey, bytes, signature) => {
        const secret = this.secrets.get(hexEncode(publicKey));
        return secret !== undefined && bytesEqual(seal(secret, bytes), signature);
      },
      randomBytes: (length) => prng.bytes(length),
    };
  }
}

function seal(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const half = nodeCrypto.sha256(secret, bytes);
  return bytesConcat(half, half);
}
