/** One request to one route, after everything that can be wrong with its form was checked. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CapturedRange } from "@quorate/contract";
import type { Principal } from "./token.ts";

/** A call as handlers see it. */
export interface Call<B = unknown, Q = unknown> {
  readonly requestId: string;
  /** Of a public route `nobody`. */
  readonly principal: Principal;
  /** The queue of the path; empty when the path has none. */
  readonly queue: string;
  /** The other parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** The body as it came. */
  readonly bytes: Buffer;
  /** Ranges of captured values in `bytes`, by ordinal. */
  readonly captured: readonly CapturedRange[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A call whose body is not JSON. */
export interface RawCall extends Call<null> {
  readonly contentType: string;
}

/** The principal of routes that ask for none. */
export const nobody: Principal = {
  issuer: "",
  subject: "",
  id: "",
  scopes: { words: [], patterns: new Map(), cluster: new Set() },
  jti: "",
  issuedAtMs: 0,
  expiresAtMs: 0,
};

/** The value of a request header, or null. Node joins repeated ones, or keeps the first. */
export function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name.toLowerCase()];
  return typeof value === "string" ? value : null;
}
