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
import { jwtVerify, type JWTPayload } from "jose";
import { keyIdOf, objectIn, readToken, tokenRefused } from "./compact-token.ts";
import { tokenClockToleranceSeconds, tokensCachedMax } from "../limits.ts";
import type { VerifyKey } from "./jwks.ts";
import type { KeySet } from "./key-set.ts";

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
  /** Whether its issuer still publishes the key that signed the token. */
  readonly isKeyHeld: () => boolean;
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

/** A token that was verified, and by which key: without the key the verdict is worth nothing. */
interface Verified {
  readonly principal: Principal;
  readonly keys: KeySet;
  readonly keyId: string;
  readonly key: VerifyKey;
}

/** A verifier for the tokens of these issuers. */
export function createTokenVerifier(
  issuers: readonly Issuer[],
  nowMs: () => number,
): TokenVerifier {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const verified = new Map<string, Verified>();
  const verifyNew = async (token: string): Promise<Principal> => {
    const verdict = await verifyToken(token, byName, nowMs());
    const [oldest] = verified.size < tokensCachedMax ? [] : verified.keys();
    if (oldest !== undefined) verified.delete(oldest);
    verified.set(token, verdict);
    return verdict.principal;
  };
  const isInForce = ({ principal, keys, keyId, key }: Verified): boolean =>
    principal.expiresAtMs > nowMs() && keys.find(keyId) === key;
  return {
    knows: (issuer) => byName.has(issuer),
    verify(token) {
      const known = verified.get(token);
      if (known !== undefined && isInForce(known)) return known.principal;
      verified.delete(token);
      return verifyNew(token);
    },
  };
}

async function verifyToken(
  token: string,
  issuers: ReadonlyMap<string, Issuer>,
  timeMs: number,
): Promise<Verified> {
  const { header, payload } = readToken(token);
  const issuer = issuers.get(String(objectIn(payload)["iss"]));
  if (issuer === undefined) throw tokenRefused("The token is of no known issuer.");
  const keyId = keyIdOf(header);
  const key = await issuer.keys.find(keyId);
  if (key === null) throw tokenRefused("The token is signed with an unknown key.");
  const claims = await verifiedClaims(token, { issuer, key, timeMs });
  const isKeyHeld = (): boolean => issuer.keys.holds(keyId, key);
  const principal = { ...principalOf(claims, issuer), isKeyHeld };
  return { principal, keys: issuer.keys, keyId, key };
}

async function verifiedClaims(
  token: string,
  by: {
    readonly issuer: Issuer;
    readonly key: VerifyKey;
    readonly timeMs: number;
  },
): Promise<JWTPayload> {
  const { issuer, key, timeMs } = by;
  try {
    const { payload } = await jwtVerify(token, key.key, {
      algorithms: [key.algorithm],
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

function principalOf(claims: JWTPayload, issuer: Issuer): Omit<Principal, "isKeyHeld"> {
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
