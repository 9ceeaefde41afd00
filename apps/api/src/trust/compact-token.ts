/**
 * The spelling of a token (RFC 7515 §7.1), before anybody looks at its signature.
 *
 * jose accepts several spellings of one token, so a token is read only in its one canonical
 * spelling; then its bytes can be the key of a cache.
 */
import { ApiError, scanJson, tokenBytesMax } from "@quorate/contract";
import { algorithms } from "./jwks.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** What a token says; nothing of it is verified. */
export interface TokenParts {
  readonly header: JsonRecord;
  readonly payload: Buffer;
}

// Lengths: an Ed25519 or P-256 signature has 86 characters, an RSA one of 2,048 to 4,096 bits more.
const tokenPattern = /^([\w-]{1,1024})\.([\w-]{1,4096})\.([\w-]{86,683})$/;

/** Header and payload of a token in its one canonical spelling. Throws `token-invalid`. */
export function readToken(token: string): TokenParts {
  const [, header, payload, signature] =
    (token.length <= tokenBytesMax && tokenPattern.exec(token)) || [];
  if (header === undefined || payload === undefined || signature === undefined) {
    throw tokenRefused("The token is not a signed JWT.");
  }
  decodeCanonical(signature);
  return { header: objectIn(decodeCanonical(header)), payload: decodeCanonical(payload) };
}

/** The object in a header or payload: JSON without a key twice. Throws `token-invalid`. */
export function objectIn(bytes: Buffer): JsonRecord {
  if (!scanJson(bytes).ok) throw tokenRefused("The token is not JSON, or has a key twice.");
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  if (!isRecord(value)) throw tokenRefused("The token is not a JSON object.");
  return value;
}

function decodeCanonical(part: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  if (bytes.toString("base64url") !== part)
    throw tokenRefused("The token is not canonical base64url.");
  return bytes;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const headerNames: ReadonlySet<string> = new Set(["alg", "typ", "kid"]);

/**
 * The key id of an acceptable header: no key, URL or extension in it may be followed. Throws
 * `token-invalid`.
 */
export function keyIdOf(header: JsonRecord): string {
  const unknownName = Object.keys(header).find((name) => !headerNames.has(name));
  if (unknownName !== undefined) throw tokenRefused("The token's header has an unknown field.");
  const alg = header["alg"];
  if (!algorithms.some((known) => known === alg)) {
    throw tokenRefused("The token's algorithm is not accepted.");
  }
  const keyId = header["kid"];
  if (typeof keyId !== "string" || !/^[\w-]{1,64}$/.test(keyId)) {
    throw tokenRefused("The token names no key.");
  }
  return keyId;
}

/** The refusal of a token, with what may be said about it. */
export function tokenRefused(detail: string): ApiError {
  return new ApiError("token-invalid", { detail });
}
