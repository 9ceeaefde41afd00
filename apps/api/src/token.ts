/**
 * Access tokens (RFC 9068, RFC 8725): who may call, verified once and remembered until they end.
 */
import {
  ApiError,
  parseScopes,
  type Scopes,
  subjectCharsMax,
  tokenIdCharsMax,
} from "@quorate/contract";
import { type CryptoKey, jwtVerify, type JWTPayload } from "jose";
import { keyIdOf, objectIn, readToken, tokenRefused } from "./compact-token.ts";
import type { KeySet } from "./key-set.ts";
import { tokenClockToleranceSeconds, tokensCachedMax } from "./limits.ts";

/** Who calls. */
export interface Principal {
  readonly issuer: string;
  readonly subject: string;
  /** Both as one text: a line of the issuer, a line of the subject. */
  readonly id: string;
  readonly scopes: Scopes;
  /** The token's own id. */
  readonly jti: string;
  /** When the token was issued; ms since 1970. */
  readonly issuedAtMs: number;
  /** When the token ends, or the session made of it; ms since 1970. */
  readonly expiresAtMs: number;
}

/** An issuer whose tokens are accepted. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly maxAgeSeconds: number;
  readonly keys: KeySet;
}

/** Verifies tokens. */
export interface TokenVerifier {
  /** The principal of the token; at once when it is remembered. Throws or rejects `token-invalid`. */
  verify(token: string): Principal | Promise<Principal>;
  /** Whether tokens of this `iss` may be accepted. */
  knows(issuer: string): boolean;
}

/** A verifier for the tokens of these issuers. */
export function createTokenVerifier(
  issuers: readonly Issuer[],
  nowMs: () => number,
): TokenVerifier {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const verified = new Map<string, Principal>();
  const verifyNew = async (token: string): Promise<Principal> => {
    const principal = await verifyToken(token, byName, nowMs());
    const [oldest] = verified.size < tokensCachedMax ? [] : verified.keys();
    if (oldest !== undefined) verified.delete(oldest);
    verified.set(token, principal);
    return principal;
  };
  return {
    knows: (issuer) => byName.has(issuer),
    verify(token) {
      const known = verified.get(token);
      if (known !== undefined && known.expiresAtMs > nowMs()) return known;
      verified.delete(token);
      return verifyNew(token);
    },
  };
}

async function verifyToken(
  token: string,
  issuers: ReadonlyMap<string, Issuer>,
  timeMs: number,
): Promise<Principal> {
  const { header, payload } = readToken(token);
  const issuer = issuers.get(String(objectIn(payload)["iss"]));
  if (issuer === undefined) throw tokenRefused("The token is of no known issuer.");
  const found = await issuer.keys.find(keyIdOf(header));
  if (found === null) throw tokenRefused("The token is signed with an unknown key.");
  const claims = await verifiedClaims(token, { issuer, ...found, timeMs });
  return principalOf(claims, issuer);
}

async function verifiedClaims(
  token: string,
  by: {
    readonly issuer: Issuer;
    readonly key: CryptoKey;
    readonly algorithm: string;
    readonly timeMs: number;
  },
): Promise<JWTPayload> {
  const { issuer, key, algorithm, timeMs } = by;
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer: issuer.issuer,
      audience: issuer.audience,
      typ: "at+jwt",
      requiredClaims: ["exp", "iat", "jti", "sub", "scope"],
      maxTokenAge: issuer.maxAgeSeconds,
      clockTolerance: tokenClockToleranceSeconds,
      currentDate: new Date(timeMs),
    });
    return payload;
  } catch (cause) {
    throw new ApiError("token-invalid", { detail: "The token is not accepted." }, { cause });
  }
}

function principalOf(claims: JWTPayload, issuer: Issuer): Principal {
  const { sub, jti, iat, exp } = claims;
  const scope = claims["scope"];
  if (typeof sub !== "string" || sub === "" || sub.length > subjectCharsMax) {
    throw tokenRefused("The token's sub is not accepted.");
  }
  if (typeof scope !== "string") throw tokenRefused("The token's scope is not a string.");
  if (typeof jti !== "string" || jti === "" || jti.length > tokenIdCharsMax) {
    throw tokenRefused("The token's jti is not accepted.");
  }
  if (iat === undefined || exp === undefined) throw tokenRefused("The token has no times.");
  const endSeconds = Math.min(exp, iat + issuer.maxAgeSeconds);
  return {
    issuer: issuer.issuer,
    subject: sub,
    id: `${issuer.issuer}\n${sub}`,
    scopes: parseScopes(scope),
    jti,
    issuedAtMs: Math.floor(iat * 1000),
    expiresAtMs: Math.floor(endSeconds * 1000),
  };
}
