/**
 * What a token may do: `action:pattern` for queues, and three scopes of the cluster.
 *
 * In a pattern `*` stands for any run of name characters, also an empty one, anywhere; the whole
 * name must match. Source: the contract's "Scopes".
 */
import { isQueueName } from "./names.ts";

/** What may be done with a queue. */
export const queueActions = [
  "enqueue",
  "dequeue",
  "peek",
  "manage",
  "purge",
  "redrive",
  "read",
] as const;

/** See `queueActions`. */
export type QueueAction = (typeof queueActions)[number];

/** Scopes that name no queue. */
export const clusterScopes = ["cluster:read", "cluster:admin", "audit:read"] as const;

/** See `clusterScopes`. */
export type ClusterScope = (typeof clusterScopes)[number];

/** Either of two queue actions. */
export type EitherAction = "read or peek";

/**
 * What a route asks for. `public`: nothing, `any`: a valid token, a queue action: that action on
 * the queue of the path (`read` without a queue in the path: the answer lists only what may be read).
 */
export type RouteScope = "public" | "any" | QueueAction | EitherAction | ClusterScope;

/** The actions of each scope that was asked about: scopes are few, and every request asks. */
const actionsByScope = new Map<RouteScope, readonly QueueAction[]>();

/** The queue actions of which a route's scope asks for one, the plainest first; else none. */
export function actionsOf(scope: RouteScope): readonly QueueAction[] {
  const known = actionsByScope.get(scope);
  if (known !== undefined) return known;
  const words = scope.split(" or ");
  const actions = words.flatMap((word) => queueActions.filter((action) => action === word));
  actionsByScope.set(scope, actions);
  return actions;
}

/** The scopes of one token, parsed once. */
export interface Scopes {
  /** The words as they were given, those that mean nothing included. */
  readonly words: readonly string[];
  readonly patterns: ReadonlyMap<QueueAction, readonly string[]>;
  readonly cluster: ReadonlySet<ClusterScope>;
}

/** Parses a `scope` claim: words parted by spaces (RFC 8693 §4.2). Unknown words grant nothing. */
export function parseScopes(claim: string): Scopes {
  const words = claim.split(" ").filter((word) => word !== "");
  const patterns = new Map<QueueAction, string[]>();
  const cluster = new Set<ClusterScope>();
  for (const word of words) {
    const colon = word.indexOf(":");
    const action = queueActions.find((known) => known === word.slice(0, colon));
    const clusterScope = clusterScopes.find((known) => known === word);
    if (clusterScope !== undefined) cluster.add(clusterScope);
    else if (action !== undefined && isPattern(word.slice(colon + 1))) {
      patterns.set(action, [...(patterns.get(action) ?? []), word.slice(colon + 1)]);
    }
  }
  return { words, patterns, cluster };
}

function isPattern(text: string): boolean {
  return /^[a-z0-9._*-]{1,80}$/.test(text);
}

/**
 * Whether the scopes allow the action on the queue. A name that no queue can have is allowed to
 * whoever has the action on any queue, so that he learns what is wrong with it (400, not 403).
 */
export function mayAct(scopes: Scopes, action: QueueAction, queue: string): boolean {
  const patterns = scopes.patterns.get(action);
  if (patterns === undefined) return false;
  return !isQueueName(queue) || patterns.some((pattern) => matchesPattern(pattern, queue));
}

/** Whether the whole name matches the pattern. Linear in the name for each `*`; never backtracks. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (pattern === "*") return true;
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === name;
  if (first.length + last.length > name.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  // Each middle part is taken at its earliest place: a later one could not leave more room.
  let from = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
