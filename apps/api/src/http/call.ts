/** One request to one route, after everything that can be wrong with its form was checked. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Call as RestCall } from "@quorate/rest";
import type { Principal } from "../trust/token.ts";

/** A call as handlers see it. */
export interface Call<B = unknown, Q = unknown> extends RestCall<B, Q> {
  /** Of a public route `nobody`. */
  readonly principal: Principal;
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
  isKeyHeld: () => false,
};
