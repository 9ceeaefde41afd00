/** Who calls. */
import type { IncomingMessage } from "node:http";
import { ApiError } from "@quorate/contract";
import { type CookieSite, isFromOurPages, sessionIdIn } from "../session/cookie.ts";
import type { SessionStore } from "../session/session-store.ts";
import type { Principal, TokenVerifier } from "./token.ts";
import type { RevocationList } from "./revocation-list.ts";

/** What tells who calls. */
export interface Authority {
  readonly tokens: TokenVerifier;
  readonly sessions: SessionStore;
  readonly revocations: RevocationList;
  readonly site: CookieSite;
}

/** The principal of the request's token, else of its session. Throws or rejects `token-…`. */
export function authenticate(
  request: IncomingMessage,
  authority: Authority,
): Principal | Promise<Principal> {
  const { sessions, site } = authority;
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === undefined) {
      throw new ApiError("token-invalid", { detail: "The Authorization header has no token." });
    }
    return verifyToken(token, authority);
  }
  const sessionId = sessionIdIn(request, site);
  if (sessionId === null) throw new ApiError("token-missing");
  if (!isFromOurPages(request, site)) {
    throw new ApiError("token-missing", { detail: "A session is not taken from other pages." });
  }
  const principal = sessions.find(sessionId);
  if (principal === null) throw new ApiError("token-invalid", { detail: "The session has ended." });
  return unrevoked(principal, authority);
}

/** The principal of a token that is good and not revoked. Throws or rejects `token-invalid`. */
export function verifyToken(token: string, authority: Authority): Principal | Promise<Principal> {
  const verified = authority.tokens.verify(token);
  if (!(verified instanceof Promise)) return unrevoked(verified, authority);
  return verified.then((principal) => unrevoked(principal, authority));
}

/** The same principal. That he was verified long ago, or has a session, does not help him. */
function unrevoked(principal: Principal, { revocations }: Authority): Principal {
  if (!principal.isKeyHeld()) {
    throw new ApiError("token-invalid", { detail: "The token's key is its issuer's no more." });
  }
  if (!revocations.isRevoked(principal)) return principal;
  throw new ApiError("token-invalid", { detail: "The token was revoked." });
}
