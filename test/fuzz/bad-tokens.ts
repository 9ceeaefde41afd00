/** Tokens that open nothing: of somebody else, for somewhere else, spelt otherwise, or too old. */
import { readFileSync } from "node:fs";
import type { Prng } from "@quorate/prelude";
import {
  base64url,
  type CryptoKey,
  generateKeyPair,
  importJWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { fieldsOf, textIn } from "../integration/rig/answer.ts";
import type { Cluster } from "../integration/rig/cluster.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Makes a value of the Authorization header that must not open anything; null: no header. */
export type BadAuthorization = (prng: Prng) => string | null;

/** Claims and header fields that differ from those of a good token. */
interface Change {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: CryptoKey | Uint8Array;
}

/** Bad tokens of every kind, made from a good one and from the issuer's own key. */
export async function badAuthorizations(cluster: Cluster): Promise<readonly BadAuthorization[]> {
  const good = cluster.tokens.admin;
  const fixed = await Promise.all((await changes(good)).map((change) => mint(cluster, change)));
  const [header = "", payload = "", signature = ""] = good.split(".");
  const none = base64url.encode(JSON.stringify({ alg: "none", typ: "at+jwt", kid: "any" }));
  return [
    () => null,
    () => "",
    () => "Bearer",
    () => `Basic ${good}`,
    () => `Bearer ${good} ${good}`,
    () => `Bearer ${header}.${payload}.`,
    () => `Bearer ${none}.${payload}.`,
    () => `Bearer ${none}.${payload}.${signature}`,
    () => `Bearer ${payload}.${header}.${signature}`,
    () => `Bearer ${good}==`,
    () => `Bearer ${good}.${signature}`,
    (prng) => `Bearer ${base64url.encode(prng.bytes(prng.between(1, 300)))}`,
    (prng) => `Bearer ${good.slice(0, prng.below(good.length))}`,
    (prng) => `Bearer ${withOtherCharacter(good, prng)}`,
    (prng) => `Bearer ${withOtherCharacter(good, prng)}`,
    ...fixed.map((token) => () => `Bearer ${token}`),
  ];
}

async function changes(good: string): Promise<readonly Change[]> {
  const stranger = await generateKeyPair("EdDSA", { crv: "Ed25519" });
  const seconds = Math.floor(Date.now() / 1_000);
  const [, payload = ""] = good.split(".");
  return [
    { key: stranger.privateKey },
    { key: base64url.decode(payload), header: { alg: "HS256" } },
    { header: { kid: "../../etc/passwd" } },
    { header: { kid: "__proto__" } },
    { header: { typ: "JWT" } },
    { header: { jku: "http://127.0.0.1:1/keys" } },
    { claims: { exp: seconds - 60 } },
    { claims: { exp: undefined } },
    { claims: { iat: seconds + 3_600 } },
    { claims: { iat: 1 } },
    { claims: { nbf: seconds + 3_600 } },
    { claims: { aud: "quorate:0000" } },
    { claims: { iss: "https://evil.example" } },
    { claims: { sub: "" } },
    { claims: { jti: 7 } },
    { claims: { scope: ["enqueue:*"] } },
    { claims: { scope: undefined } },
  ];
}

/** The admin's token with a change, signed by the issuer unless the change says otherwise. */
async function mint({ folder, tokens }: Cluster, change: Change): Promise<string> {
  const jwk = fieldsOf(JSON.parse(readFileSync(folder.issuerKeyFile, "utf8")));
  const claims: JWTPayload = {
    ...fieldsOf(JSON.parse(Buffer.from(tokens.admin.split(".")[1] ?? "", "base64url").toString())),
    ...change.claims,
  };
  const key = change.key ?? (await importJWK(jwk, "EdDSA"));
  const known = Object.entries(claims).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(known))
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: textIn(jwk, "kid"), ...change.header })
    .sign(key);
}

/** One character is another one: the signature does not fit, or is not canonical. */
function withOtherCharacter(token: string, prng: Prng): string {
  const at = prng.below(token.length);
  if (token[at] === ".") return token.slice(0, at) + token.slice(at + 1);
  const place = alphabet.indexOf(token.charAt(at)) + prng.between(1, alphabet.length - 1);
  const other = alphabet.charAt(place % alphabet.length);
  return token.slice(0, at) + other + token.slice(at + 1);
}
