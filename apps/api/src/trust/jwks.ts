/** The text of a key set (RFC 7517): which of its keys may verify tokens, and which sets are refused. */
import { scanJson } from "@quorate/contract";
import { type CryptoKey, importJWK, type JWK } from "jose";
import * as z from "zod";

/** Signatures that are accepted, whatever a key says. */
export const algorithms = ["EdDSA", "ES256", "PS256"] as const;

/** See `algorithms`. */
export type Algorithm = (typeof algorithms)[number];

/** A key that may have signed a token, and the only algorithm it signs with. */
export interface VerifyKey {
  readonly key: CryptoKey;
  readonly algorithm: Algorithm;
  /** As it is published. */
  readonly jwk: JWK;
}

/** How a text is read. */
export interface Reading {
  /** Signatures that the issuer may use. */
  readonly algorithms: readonly Algorithm[];
  /**
   * Whether a key that cannot be used makes the set a bad one. So it is in a file that an operator
   * wrote; a provider publishes keys for other purposes beside ours.
   */
  readonly isStrict: boolean;
}

/** Members that only the owner of a key may know. */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

const JwksText = z.looseObject({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(64),
});

// Strict: a member that we do not know is a reason not to use the key.
const UsableKey = z.strictObject({
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
});

/** Members about certificates and lifetimes: providers publish them, and nothing here reads them. */
const ignoredMembers = new Set(["x5c", "x5t", "x5t#S256", "x5u", "iat", "exp", "nbf", "ext"]);

/**
 * The keys of the text by their ids. Rejects when it is no key set, has a private or symmetric key,
 * one id twice, or no key that can be used.
 */
export async function readJwks(
  text: string,
  { algorithms: allowed, isStrict }: Reading,
): Promise<ReadonlyMap<string, VerifyKey>> {
  const scanned = scanJson(Buffer.from(text));
  if (!scanned.ok) throw new Error("the key set is no JSON, or has a member twice");
  const { keys: published } = JwksText.parse(JSON.parse(text));
  const keys = new Map<string, VerifyKey>();
  for (const each of published) {
    refuseSecret(each);
    const jwk = usableKeyIn(each, isStrict);
    const algorithm = jwk === null ? null : algorithmOf(jwk);
    if (jwk === null || algorithm === null || !allowed.includes(algorithm)) {
      if (!isStrict) continue;
      throw new Error(`the key ${String(each["kid"])} is of no accepted kind`);
    }
    if (keys.has(jwk.kid)) throw new Error(`the key set has the key ${jwk.kid} twice`);
    const key = await importJWK(jwk, algorithm);
    if (key instanceof Uint8Array) throw new Error(`the key ${jwk.kid} is symmetric`);
    keys.set(jwk.kid, { key, algorithm, jwk });
  }
  if (keys.size === 0) throw new Error("the key set has no key that can be used");
  return keys;
}

type PublicKey = JWK & { readonly kid: string; readonly kty: string };

/** A set that shows a secret is the set of somebody who has lost it. */
function refuseSecret(key: Readonly<Record<string, unknown>>): void {
  const shown = privateMembers.find((name) => key[name] !== undefined);
  if (shown !== undefined || key["kty"] === "oct") {
    throw new Error(`the key ${String(key["kid"])} is not a public key`);
  }
}

function usableKeyIn(key: Readonly<Record<string, unknown>>, isStrict: boolean): PublicKey | null {
  const members = Object.entries(key).filter(([name]) => isStrict || !ignoredMembers.has(name));
  const parsed = UsableKey.safeParse(Object.fromEntries(members));
  if (!parsed.success) {
    if (isStrict) throw parsed.error;
    return null;
  }
  const { kid, kty, ...rest } = parsed.data;
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { kid, kty, ...Object.fromEntries(present) };
}

function algorithmOf({ kty, crv, alg }: PublicKey): Algorithm | null {
  const algorithm = algorithmOfKind(kty, crv);
  const isAsDeclared = alg === undefined || alg === algorithm;
  return isAsDeclared || (alg === "Ed25519" && algorithm === "EdDSA") ? algorithm : null;
}

function algorithmOfKind(kty: string, crv: string | undefined): Algorithm | null {
  if (kty === "OKP" && crv === "Ed25519") return "EdDSA";
  if (kty === "EC" && crv === "P-256") return "ES256";
  return kty === "RSA" ? "PS256" : null;
}
