/**
 * Access tokens (RFC 9068, RFC 8725): who may call, verified once and remembered until they end.
 *
 * jose accepts several spellings of one token, so a token is read only in its one canonical
 * spelling; then its bytes can be the key of a cache.
 */
import { ApiError, parseScopes, scanJson, type Scopes, tokenBytesMax } from "@quorate/contract";
import { type CryptoKey, jwtVerify, type JWTPayload } from "jose";
import { algorithms, type KeySet } from "./key-set.ts";
import { subjectCharsMax, tokenClockToleranceSeconds, tokensCachedMax } from "./limits.ts";

/** Who calls. */
export interface Principal {
  readonly issuer: string;
  readonly subject: string;
  /** Both as one text: a line of the issuer, a line of the subject. */
  readonly id: string;
  readonly scopes: Scopes;
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
  const { header, payload } = canonicalParts(token);
  const issuer = issuers.get(String(payload["iss"]));
  if (issuer === undefined) throw refused("The token is of no known issuer.");
  const found = await issuer.keys.find(keyIdOf(header));
  if (found === null) throw refused("The token is signed with an unknown key.");
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
    throw refused("The token's sub is not accepted.");
  }
  if (typeof scope !== "string") throw refused("The token's scope is not a string.");
  if (typeof jti !== "string" || jti === "") throw refused("The token's jti is not a string.");
  if (iat === undefined || exp === undefined) throw refused("The token has no times.");
  const endSeconds = Math.min(exp, iat + issuer.maxAgeSeconds);
  return {
    issuer: issuer.issuer,
    subject: sub,
    id: `${issuer.issuer}\n${sub}`,
    scopes: parseScopes(scope),
    expiresAtMs: Math.floor(endSeconds * 1000),
  };
}

type JsonRecord = Readonly<Record<string, unknown>>;

interface TokenParts {
  readonly header: JsonRecord;
  readonly payload: JsonRecord;
}

// Lengths: an Ed25519 or P-256 signature has 86 characters, an RSA one of 2,048 to 4,096 bits more.
const tokenPattern = /^([\w-]{1,1024})\.([\w-]{1,4096})\.([\w-]{86,683})$/;

/** Header and payload of a token in its one canonical spelling. Throws `token-invalid`. */
function canonicalParts(token: string): TokenParts {
  const [, header, payload, signature] =
    (token.length <= tokenBytesMax && tokenPattern.exec(token)) || [];
  if (header === undefined || payload === undefined || signature === undefined) {
    throw refused("The token is not a signed JWT.");
  }
  decodeCanonical(signature);
  return { header: jsonRecord(header), payload: jsonRecord(payload) };
}

function decodeCanonical(part: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  if (bytes.toString("base64url") !== part) throw refused("The token is not canonical base64url.");
  return bytes;
}

function jsonRecord(part: string): JsonRecord {
  const bytes = decodeCanonical(part);
  if (!scanJson(bytes).ok) throw refused("The token is not JSON, or has a key twice.");
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  if (!isRecord(value)) throw refused("The token is not a JSON object.");
  return value;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const headerNames: ReadonlySet<string> = new Set(["alg", "typ", "kid"]);

/** The key id of an acceptable header: no key, URL or extension in it may be followed. */
function keyIdOf(header: JsonRecord): string {
  const unknownName = Object.keys(header).find((name) => !headerNames.has(name));
  if (unknownName !== undefined) throw refused("The token's header has an unknown field.");
  const alg = header["alg"];
  if (!algorithms.some((known) => known === alg)) {
    throw refused("The token's algorithm is not accepted.");
  }
  const keyId = header["kid"];
  if (typeof keyId !== "string" || !/^[\w-]{1,64}$/.test(keyId)) {
    throw refused("The token names no key.");
  }
  return keyId;
}

function refused(detail: string): ApiError {
  return new ApiError("token-invalid", { detail });
}
