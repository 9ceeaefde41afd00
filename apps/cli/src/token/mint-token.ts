/** Tokens as the gateway wants them (RFC 9068): the one place of this repository that signs some. */
import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { IssuerKey } from "./issuer-key.ts";

/** The longest life that a gateway accepts of a dev issuer's token, in seconds. */
export const tokenSecondsMax = 12 * 60 * 60;

/** What a token says. */
export interface TokenClaims {
  readonly issuer: string;
  /** `quorate:<clusterId>`. */
  readonly audience: string;
  readonly subject: string;
  /** Words parted by spaces, such as `enqueue:orders.* read:*`. */
  readonly scope: string;
  /** Time of issue, in seconds since 1970. */
  readonly issuedAt: number;
  /** How long it is valid, in seconds. */
  readonly lifetimeSeconds: number;
}

/** Signs a token with an id of its own, so that it can be revoked alone. */
export function mintToken(key: IssuerKey, claims: TokenClaims): Promise<string> {
  return new SignJWT({ scope: claims.scope })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: key.keyId })
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setSubject(claims.subject)
    .setJti(randomUUID())
    .setIssuedAt(claims.issuedAt)
    .setExpirationTime(claims.issuedAt + claims.lifetimeSeconds)
    .sign(key.privateKey);
}
