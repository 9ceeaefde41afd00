/**
 * Keys and digests of the simulated cluster.
 *
 * `keyed`: a signature is a 64-bit hash under a secret that only this file knows, written out to
 * 64 bytes, so that nothing inside the simulation can make it but the key's holder; and short
 * digests are as cheap. `real`: ed25519 and SHA-256, ten times slower.
 */
import { nodeCrypto, signerOfSeed } from "@quorate/identity";
import { hexEncode, type Prng, type Sha256, utf8Encode } from "@quorate/prelude";
import type { Crypto, Signer } from "@quorate/ports";
import { cheapDigest, type HashState, hashOf, sameWords, wordsOf } from "./cheap-hash.ts";

export type CryptoKind = "keyed" | "real";

const sealWords = 16;

export class SimKeys {
  /** The digest that everybody in the cluster uses. */
  readonly sha256: Sha256;
  private readonly kind: CryptoKind;
  private readonly secrets = new Map<string, HashState>();
  /** The same by the key's own array: a configuration's keys are looked up again and again. */
  private readonly known = new WeakMap<Uint8Array, HashState>();

  constructor(kind: CryptoKind) {
    this.kind = kind;
    this.sha256 = kind === "real" ? nodeCrypto.sha256 : cheapDigest;
  }

  signerFor(name: string): Signer {
    const seed = nodeCrypto.sha256(utf8Encode(`secret ${name}`));
    if (this.kind === "real") return signerOfSeed(seed);
    const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
    const secret = { left: view.getInt32(0, true), right: view.getInt32(4, true) };
    const publicKey = nodeCrypto.sha256(utf8Encode(`public ${name}`));
    this.secrets.set(hexEncode(publicKey), secret);
    return { publicKey, sign: (bytes) => wordsOf(hashOf(secret, [bytes]), sealWords) };
  }

  /** The crypto port of one process, with its own share of the run's randomness. */
  cryptoFor(prng: Prng): Crypto {
    const randomBytes = (length: number): Uint8Array => prng.bytes(length);
    if (this.kind === "real") return { ...nodeCrypto, randomBytes };
    return {
      sha256: this.sha256,
      verify: (key, bytes, signature) => {
        const secret = this.secretOf(key);
        return secret !== null && sameWords(hashOf(secret, [bytes]), signature, sealWords);
      },
      randomBytes,
    };
  }

  private secretOf(publicKey: Uint8Array): HashState | null {
    const known = this.known.get(publicKey);
    if (known !== undefined) return known;
    const secret = this.secrets.get(hexEncode(publicKey));
    if (secret === undefined) return null;
    this.known.set(publicKey, secret);
    return secret;
  }
}
