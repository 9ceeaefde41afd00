/** Tokens of the dev issuer: short ways in for people and tests on this machine. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from "jose";
import { clusterScopes, queueActions } from "@quorate/contract";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { isFields } from "./json-fields.ts";
import { writePrivateFile } from "./private-file.ts";

/** The `iss` of dev tokens, and the name under which the gateway knows their key. */
export const devIssuer = { name: "dev", issuer: "quorate-dev" } as const;

/** How long a dev token is valid; the gateway takes none that lives longer. */
export const devTokenSeconds = 12 * 60 * 60;

/** Tokens are renewed long before they end, so that one just read serves for hours. */
export const devTokenRenewalMs = 6 * 60 * 60 * 1000;

/** What each dev token may do. */
const devScopes = {
  /** Everything that the contract knows, on every queue. */
  admin: [...queueActions.map((action) => `${action}:*`), ...clusterScopes].join(" "),
  producer: "enqueue:* read:*",
  consumer: "dequeue:* read:*",
  viewer: "read:* peek:* cluster:read audit:read",
} as const;

/** The four tokens of `dev.json`. */
export type DevTokens = Readonly<Record<keyof typeof devScopes, string>>;

/** The `aud` of every token for this cluster. */
export function audienceOf(clusterIdHex: string): string {
  return `quorate:${clusterIdHex}`;
}

/** Makes the issuer's key: the private JWK and the public set, both readable by the owner alone. */
export async function createIssuerKey(keyFile: string, keySetFile: string): Promise<void> {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const bare = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(bare);
  const key: JWK = { ...bare, kid, alg: "EdDSA", use: "sig" };
  const { d: _private, ...publicKey } = key;
  writePrivateFile(keyFile, `${JSON.stringify(key, null, 2)}\n`);
  writePrivateFile(keySetFile, `${JSON.stringify({ keys: [publicKey] }, null, 2)}\n`);
}

/**
 * Signs four fresh tokens. `nowSeconds` is the time of issue since 1970. Throws Failure
 * `damagedFile` when the key file is not what `createIssuerKey` wrote.
 */
export async function mintDevTokens(
  keyFile: string,
  audience: string,
  nowSeconds: number,
): Promise<DevTokens> {
  const key = await readIssuerKey(keyFile);
  const mint = (name: keyof typeof devScopes): Promise<string> =>
    new SignJWT({ scope: devScopes[name] })
      .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: key.kid })
      .setIssuer(devIssuer.issuer)
      .setAudience(audience)
      .setSubject(`dev-${name}`)
      .setJti(randomUUID())
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + devTokenSeconds)
      .sign(key.privateKey);
  const [admin, producer, consumer, viewer] = await Promise.all([
    mint("admin"),
    mint("producer"),
    mint("consumer"),
    mint("viewer"),
  ]);
  return { admin, producer, consumer, viewer };
}

async function readIssuerKey(path: string) {
  try {
    const fields: unknown = JSON.parse(readFileSync(path, "utf8"));
    const { kid } = isFields(fields) ? fields : {};
    if (!isFields(fields) || typeof kid !== "string") throw new Error("not a JWK with a kid");
    return { kid, privateKey: await importJWK(fields, "EdDSA") };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const line = `the token key ${path} is damaged (${reason}); begin anew with --fresh`;
    throw new Failure(exitCodes.damagedFile, line, { cause });
  }
}
