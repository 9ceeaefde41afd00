/** One attempt of a call: one request to one gateway, and what came of it. */
import { parseJson } from "./json-text.ts";
import { errorOfAnswer } from "./problem-error.ts";
import { ConnectionError, type QuorateError, TimeoutError } from "./quorate-error.ts";
import type { Timers } from "./timers.ts";

/** A request, the same bytes on every attempt. */
export interface Wire {
  readonly method: string;
  /** Path and query, beginning with a slash. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Statuses that are answers and no errors. */
  readonly statuses: readonly number[];
  /** Whether every answer with a body has a coordinate; without one it is nobody's of ours. */
  readonly hasCoord: boolean;
  /** Whether the call changes nothing. */
  readonly isRead: boolean;
  /** Whether the call may arrive twice without acting twice. */
  readonly isRepeatable: boolean;
}

/** An answer as it came. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, when it is JSON; else undefined. */
  readonly json: unknown;
  /** The body as text. */
  readonly text: string;
}

/** What came of an attempt. A failure tells whether the gateway is to be left. */
export type Attempted =
  | { readonly answer: WireAnswer }
  | { readonly failure: QuorateError; readonly leavesGateway: boolean };

/** Where and how long an attempt is made. */
export interface AttemptAt {
  readonly url: string;
  readonly token: string | null;
  readonly fetch: typeof fetch;
  readonly timers: Timers;
  /** After this, in ms, nobody waits any more. */
  readonly timeoutMs: number;
  /** The caller's; when it is aborted, the returned promise rejects with its reason. */
  readonly signal: AbortSignal | null;
}

/** Makes the attempt. Rejects only with the reason of the caller's signal. */
export async function attempt(wire: Wire, at: AttemptAt): Promise<Attempted> {
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  at.signal?.addEventListener("abort", onAbort, { once: true });
  const cancel = at.timers.after(at.timeoutMs, onAbort);
  try {
    const response = await at.fetch(at.url + wire.target, {
      method: wire.method,
      headers: at.token === null ? wire.headers : withToken(wire.headers, at.token),
      body: wire.body,
      // Another address than the one that was configured must not get the token.
      redirect: "error",
      signal: stop.signal,
    });
    return received(wire, response, await response.text());
  } catch (error) {
    at.signal?.throwIfAborted();
    const failure = stop.signal.aborted ? noAnswer(wire, error) : broken(wire, error);
    return { failure, leavesGateway: true };
  } finally {
    cancel();
    at.signal?.removeEventListener("abort", onAbort);
  }
}

function withToken(headers: Wire["headers"], token: string): Wire["headers"] {
  return { ...headers, authorization: `Bearer ${token}` };
}

function received(wire: Wire, { status, headers }: Response, text: string): Attempted {
  const isJson = (headers.get("content-type") ?? "").includes("json");
  const json = isJson ? jsonIn(text) : undefined;
  const isCutOff = isJson && json === undefined;
  const isStrange = wire.hasCoord && status !== noContent && !hasCoord(json);
  const isReadable = !isCutOff && !isStrange;
  if (wire.statuses.includes(status) && isReadable) {
    return { answer: { status, headers, json, text } };
  }
  const failure = errorOfAnswer({ status, headers, json }, wire);
  return { failure, leavesGateway: status === 502 || status === 503 || status === 504 };
}

const noContent = 204;

function hasCoord(json: unknown): boolean {
  return typeof json === "object" && json !== null && "coord" in json;
}

/** The value of the text, or undefined when it is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function noAnswer({ isRead, isRepeatable }: Wire, cause: unknown): QuorateError {
  const facts = {
    code: "timed-out",
    status: null,
    outcome: isRead ? "not-executed" : "unknown",
    retryable: isRepeatable,
    requestId: null,
    retryAfterMs: null,
    problem: null,
  } as const;
  return new TimeoutError("No answer came in time.", facts, { cause });
}

/** Codes of the platform for a connection that was never made. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function broken({ isRead, isRepeatable }: Wire, cause: unknown): QuorateError {
  const reason = platformCodeOf(cause);
  const isSent = reason === null || !neverSent.has(reason);
  const facts = {
    code: "connection-failed",
    status: null,
    outcome: isSent && !isRead ? "unknown" : "not-executed",
    retryable: isRepeatable || !isSent,
    requestId: null,
    retryAfterMs: null,
    problem: null,
  } as const;
  const message = isSent ? "The connection broke" : "No connection could be made";
  const why = reason === null ? "" : ` (${reason})`;
  return new ConnectionError(`${message}${why}.`, facts, { cause });
}

/**
 * Node says why a connection failed in the error's cause; browsers say nothing. The error may be of
 * another realm than this code, as in a test runner.
 */
function platformCodeOf(error: unknown): string | null {
  const cause =
    typeof error === "object" && error !== null && "cause" in error ? error.cause : null;
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return null;
  return typeof cause.code === "string" ? cause.code : null;
}
