/**
 * One declaration of a route: server, document and tests derive from it.
 *
 * Paths are Express 5 paths (`:queue`). Bodies and queries are shapes, answers are zod schemas: an
 * answer is made by our own code, so it is checked by tests and not at run time.
 */
import type * as z from "zod";
import type { ErrorCode } from "./errors.ts";
import type { JsonCapture } from "./json-scan.ts";
import type { RouteScope } from "./scope.ts";
import type { Shape } from "./shape.ts";
import { object } from "./shape-object.ts";

/** The methods that routes have. */
export type Method = "get" | "put" | "post" | "delete";

/** One success of a route. */
export interface Reply {
  readonly description: string;
  /** Null: an answer without a body. */
  readonly schema: z.ZodType | null;
  /** Content type, when it is not `application/json`. */
  readonly contentType?: string;
  /** Names of headers that only this answer has. */
  readonly headers?: readonly string[];
}

/** A header that the route reads. */
export interface RequestHeader {
  readonly name: string;
  readonly description: string;
}

/** A route. `B` is what its body holds, `Q` what its query holds. */
export interface Route<B = unknown, Q = unknown> {
  /** Name of the operation, unique, in camelCase. */
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly scope: RouteScope;
  /** Whether a public route tells more to who has a token. */
  readonly takesToken?: true;
  /** Null: the route has no body, and one that is sent is refused. */
  readonly body: Shape<B> | null;
  readonly query: Shape<Q>;
  /** Values of the body that are kept as the bytes they came in; the body holds their ordinals. */
  readonly capture: JsonCapture | null;
  /** Whether a body of any other content type is taken as it is. */
  readonly takesRawBody: boolean;
  readonly requestHeaders: readonly RequestHeader[];
  /** Successes by status. */
  readonly replies: Readonly<Record<number, Reply>>;
  /** Errors beside those that `commonErrors` gives. */
  readonly errors: readonly ErrorCode[];
}

/** What a declaration may leave out. */
type Defaults = "body" | "query" | "capture" | "takesRawBody" | "requestHeaders";

/** A query without parameters. */
export const noQuery = object({});

type Bodied<B, Q> = Omit<Route<B, Q>, Defaults> & {
  readonly body: Shape<B>;
  readonly capture?: JsonCapture;
  readonly takesRawBody?: boolean;
  readonly requestHeaders?: readonly RequestHeader[];
};

/** Declares a route that has a body. */
export function route<B>(declared: Bodied<B, object>): Route<B, object> {
  return { query: noQuery, capture: null, takesRawBody: false, requestHeaders: [], ...declared };
}

/** Declares a route that has a body and a query. */
export function bodyQueryRoute<B, Q>(
  declared: Bodied<B, Q> & { readonly query: Shape<Q> },
): Route<B, Q> {
  return { capture: null, takesRawBody: false, requestHeaders: [], ...declared };
}

const nothing = { body: null, capture: null, takesRawBody: false, requestHeaders: [] } as const;

/** Declares a route without a body and without a query. */
export function plainRoute(declared: Omit<Route<never, object>, Defaults>): Route<never, object> {
  return { ...nothing, query: noQuery, ...declared };
}

/** Declares a route that has a query and no body. */
export function queryRoute<Q>(
  declared: Omit<Route<never, Q>, Defaults> & {
    readonly query: Shape<Q>;
    readonly requestHeaders?: readonly RequestHeader[];
  },
): Route<never, Q> {
  return { ...nothing, ...declared };
}

/** Errors of every route that asks the cluster; `overloaded` and `starting` are of most anyway. */
export const clusterErrors = ["no-quorum", "view-change"] as const satisfies readonly ErrorCode[];

/** Errors of every route that changes something through the cluster. */
export const mutationErrors = [
  ...clusterErrors,
  "outcome-unknown",
] as const satisfies readonly ErrorCode[];

/** Who sends the key again with the same request means the same request. */
export const idempotencyKey = {
  name: "Idempotency-Key",
  description: "1 to 128 printable ASCII characters, quotes optional",
} as const satisfies RequestHeader;

/**
 * Errors of every route that administers something: under an Idempotency-Key its success is kept
 * for 24 h, and given again.
 */
export const adminErrors = [
  ...mutationErrors,
  "idempotency-mismatch",
  "dedup-capacity",
] as const satisfies readonly ErrorCode[];

/** Errors that follow from what a route is: its scope, its body, its query. */
export function commonErrors({ scope, body, query }: Route): readonly ErrorCode[] {
  const codes: ErrorCode[] = ["request-invalid", "payload-too-large", "internal", "overloaded"];
  if (scope !== "public") codes.push("token-missing", "token-invalid", "starting", "rate-limited");
  if (scope !== "public" && scope !== "any") codes.push("scope-missing");
  if (body !== null || query !== noQuery) codes.push("limit-exceeded");
  if (body !== null) codes.push("unsupported-media-type");
  return codes;
}
