/** What is written in a token. Nothing is verified: only a gateway knows whom it trusts. */
import { decodeJwt, decodeProtectedHeader } from "jose";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type Fields, numberAt } from "../exact-json.ts";

/** The parts of a token, and whether its time is over. */
export interface TokenContent {
  readonly header: Fields;
  readonly claims: Fields;
  /** RFC 3339; null when the token does not say. */
  readonly expiresAt: string | null;
  readonly isExpired: boolean;
}

/** Reads a token. Throws Failure when it is none. */
export function readToken(token: string, nowMs: number): TokenContent {
  try {
    const claims: Fields = decodeJwt(token);
    const expiresMs = numberAt(claims, "exp") * 1000;
    return {
      header: { ...decodeProtectedHeader(token) },
      claims,
      expiresAt: expiresMs === 0 ? null : new Date(expiresMs).toISOString(),
      isExpired: expiresMs !== 0 && expiresMs <= nowMs,
    };
  } catch (cause) {
    throw new Failure(exitCodes.usage, "this is no token (JWT)", { cause });
  }
}
