/** Who calls, and whether the scopes of his token allow it. */
import type { IncomingMessage } from "node:http";
import {
  actionsOf,
  ApiError,
  type ClusterScope,
  clusterScopes,
  mayAct,
  type RouteScope,
} from "@quorate/contract";
import { type CookieSite, isFromOurPages, sessionIdIn } from "./session/cookie.ts";
import type { SessionStore } from "./session/session-store.ts";
import type { Principal, TokenVerifier } from "./token.ts";
import type { RevocationList } from "./trust/revocation-list.ts";

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
  if (!revocations.isRevoked(principal)) return principal;
  throw new ApiError("token-invalid", { detail: "The token was revoked." });
}

/** Throws `scope-missing` unless the principal may use a route of this scope on this queue. */
export function authorize(principal: Principal, scope: RouteScope, queue: string | null): void {
  if (scope === "public" || scope === "any" || isAllowed(principal, scope, queue)) return;
  const [action] = actionsOf(scope);
  const wanted = action === undefined ? scope : `${action}:${queue ?? "*"}`;
  throw new ApiError("scope-missing", {
    detail: `The token lacks ${isQueueText(queue) ? wanted : scope}.`,
    scope: isQueueText(queue) ? wanted : scope,
  });
}

function isAllowed({ scopes }: Principal, scope: RouteScope, queue: string | null): boolean {
  if (isClusterScope(scope)) return scopes.cluster.has(scope);
  return actionsOf(scope).some((action) =>
    queue === null ? scopes.patterns.has(action) : mayAct(scopes, action, queue),
  );
}

function isClusterScope(scope: RouteScope): scope is ClusterScope {
  return clusterScopes.some((known) => known === scope);
}

/** Whether the name can stand in a header: what is not a queue's name is not repeated there. */
function isQueueText(queue: string | null): boolean {
  return queue === null || /^[a-z0-9._-]{1,80}$/.test(queue);
}
