/** The public keys of one issuer, read from a file (RFC 7517). */
import { readFileSync } from "node:fs";
import { type CryptoKey, importJWK, type JWK } from "jose";
import * as z from "zod";
import { keySetRereadMsMin } from "./limits.ts";

/** Signatures that are accepted, whatever a key says. */
export const algorithms = ["EdDSA", "ES256", "PS256"] as const;

/** See `algorithms`. */
export type Algorithm = (typeof algorithms)[number];

/** A key that may have signed a token, and the only algorithm it signs with. */
export interface VerifyKey {
  readonly key: CryptoKey;
  readonly algorithm: Algorithm;
}

/** The keys of one issuer by their ids. */
export interface KeySet {
  /** The public keys as they are published. */
  published(): readonly JWK[];
  /** The key of this id. An unknown one causes at most one read of the file in 30 s. */
  find(keyId: string): Promise<VerifyKey | null> | VerifyKey | null;
}

// Private members must not even be in the file: it is published as it is.
const Key = z
  .object({
    kty: z.enum(["OKP", "EC", "RSA"]),
    kid: z.string().regex(/^[\w-]{1,64}$/),
    alg: z.enum(["EdDSA", "Ed25519", "ES256", "PS256"]).optional(),
    crv: z.string().optional(),
    x: z.string().optional(),
    y: z.string().optional(),
    n: z.string().optional(),
    e: z.string().optional(),
    use: z.literal("sig").optional(),
    key_ops: z.array(z.literal("verify")).optional(),
  })
  .strict();

const KeyFile = z.strictObject({ keys: z.array(Key).min(1).max(64) });

/** Reads the file. Throws when it is no key set, has a private member, or one id twice. */
export async function loadKeySet(file: string, nowMs: () => number): Promise<KeySet> {
  let { published, keys } = await readKeys(file);
  let readAtMs = nowMs();
  const reread = async (keyId: string): Promise<VerifyKey | null> => {
    try {
      ({ published, keys } = await readKeys(file));
    } catch {
      // The last good set stays in force while the file is being replaced or is broken.
      return null;
    }
    return keys.get(keyId) ?? null;
  };
  return {
    published: () => published,
    find(keyId) {
      const known = keys.get(keyId);
      if (known !== undefined) return known;
      if (nowMs() - readAtMs < keySetRereadMsMin) return null;
      readAtMs = nowMs();
      return reread(keyId);
    },
  };
}

interface Keys {
  readonly published: readonly JWK[];
  readonly keys: ReadonlyMap<string, VerifyKey>;
}

async function readKeys(file: string): Promise<Keys> {
  const published = KeyFile.parse(JSON.parse(readFileSync(file, "utf8"))).keys.map(withoutAbsent);
  const keys = new Map<string, VerifyKey>();
  for (const jwk of published) {
    if (keys.has(jwk.kid)) throw new Error(`the key set ${file} has the key ${jwk.kid} twice`);
    const algorithm = algorithmOf(jwk);
    const key = await importJWK(jwk, algorithm);
    if (key instanceof Uint8Array) throw new Error(`the key ${jwk.kid} is symmetric`);
    keys.set(jwk.kid, { key, algorithm });
  }
  return { published, keys };
}

type PublicKey = JWK & { readonly kid: string; readonly kty: string };

function withoutAbsent({ kid, kty, ...rest }: z.infer<typeof Key>): PublicKey {
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { kid, kty, ...Object.fromEntries(present) };
}

function algorithmOf({ kty, crv, kid }: PublicKey): Algorithm {
  if (kty === "OKP" && crv === "Ed25519") return "EdDSA";
  if (kty === "EC" && crv === "P-256") return "ES256";
  if (kty === "RSA") return "PS256";
  throw new Error(`the key ${kid} is of no accepted kind`);
}
