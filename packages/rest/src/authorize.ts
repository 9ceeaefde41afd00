/** Whether the scopes of a caller allow what he asks for. */
import {
  actionsOf,
  ApiError,
  type ClusterScope,
  clusterScopes,
  mayAct,
  type RouteScope,
} from "@quorate/contract";
import type { Caller } from "./call.ts";

/** Throws `scope-missing` unless the caller may use a route of this scope on this queue. */
export function authorize(principal: Caller, scope: RouteScope, queue: string | null): void {
  if (scope === "public" || scope === "any" || isAllowed(principal, scope, queue)) return;
  const [action] = actionsOf(scope);
  const wanted = action === undefined ? scope : `${action}:${queue ?? "*"}`;
  throw new ApiError("scope-missing", {
    detail: `The token lacks ${isQueueText(queue) ? wanted : scope}.`,
    scope: isQueueText(queue) ? wanted : scope,
  });
}

function isAllowed({ scopes }: Caller, scope: RouteScope, queue: string | null): boolean {
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
