/** Tokens as an issuer would sign them, and as an attacker would spell them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { clusterId } from "./in-process-cluster.ts";

/** Who signs in tests. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  /** The file with the public key. */
  readonly jwksFile: string;
  /** A token of these scopes; claims and header fields may be changed. */
  token(scope: string, changes?: TokenChanges): Promise<string>;
}

/** What a test may change; undefined leaves a claim out. */
export interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: CryptoKey;
}

/** An issuer whose key set lies in the folder. */
export async function createTestIssuer(folder: string, nowMs: () => number): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true });
  const issuer = "https://issuer.test";
  const audience = `quorate:${clusterId}`;
  const keyId = "test-key";
  const jwksFile = join(folder, "jwks.json");
  const jwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: "EdDSA", use: "sig" };
  writeFileSync(jwksFile, JSON.stringify({ keys: [jwk] }));
  let issued = 0;
  return {
    issuer,
    audience,
    keyId,
    privateKey,
    jwksFile,
    token(scope, { claims = {}, header = {}, key = privateKey } = {}) {
      const nowSeconds = Math.floor(nowMs() / 1000);
      issued += 1;
      const all: Record<string, unknown> = {
        iss: issuer,
        aud: audience,
        sub: "alice",
        jti: `token-${issued}`,
        iat: nowSeconds,
        exp: nowSeconds + 3600,
        scope,
        ...claims,
      };
      const payload: JWTPayload = Object.fromEntries(
        Object.entries(all).filter(([, value]) => value !== undefined),
      );
      const protectedHeader = { alg: "EdDSA", typ: "at+jwt", kid: keyId, ...header };
      return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key);
    },
  };
}
