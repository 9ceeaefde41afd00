/** One request to one route, after everything that can be wrong with its form was checked. */
import type { CapturedRange, Route, Scopes } from "@quorate/contract";
import type { Answer } from "./answer.ts";
import type { Conversation } from "./conversation.ts";

/** What comes before a request's body. */
export interface RequestHead {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Who calls. */
export interface Caller {
  /** A line of the issuer, a line of the subject. */
  readonly id: string;
  readonly scopes: Scopes;
}

/** A call. `B` is what its body holds, `Q` what its query holds. */
export interface Call<B = unknown, Q = unknown> {
  readonly requestId: string;
  readonly principal: Caller;
  /** The queue of the path; empty when the path has none. */
  readonly queue: string;
  /** The other parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** Ranges of captured values in `bytes`, by ordinal. */
  readonly captured: readonly CapturedRange[];
  readonly request: RequestHead;
}

/** A call whose body is not JSON. */
export interface RawCall extends Call<null> {
  readonly contentType: string;
}

/** Says what a call asks of the cluster, and what it is answered. Throws ApiError. */
export type Converse<B, Q> = (call: Call<B, Q>) => Conversation<Answer>;

/** The same of a call whose body is not JSON. */
export type ConverseRaw = (call: RawCall) => Conversation<Answer>;

/** Takes a route over; without `converseRaw` it has no raw bodies. */
export type Serve = <B, Q>(
  route: Route<B, Q>,
  converse: Converse<B, Q>,
  converseRaw?: ConverseRaw,
) => void;

/** The value of a request header that is there once, or null. */
export function headerOf({ headers }: RequestHead, name: string): string | null {
  const value = headers[name.toLowerCase()];
  return typeof value === "string" ? value : null;
}
