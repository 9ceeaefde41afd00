/** The only place that turns an error into a response. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, type ProblemBody, problemOf, problemType } from "@quorate/contract";
import type { Log } from "@quorate/ports";
import { ClusterError } from "@quorate/session";
import { type Answer, send } from "./answer.ts";
import { requestIdOf } from "./request-id.ts";

/** Where errors that nobody expected are written. */
export type ErrorLog = Pick<Log, "error">;

/** Answers the error. A response that has begun can only be cut off. */
export function sendProblem(
  error: unknown,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly log: ErrorLog;
  },
): void {
  const { request, response, log } = exchange;
  const requestId = requestIdOf(request, response);
  const known = asApiError(error);
  // Whoever has hung up is told nothing, and that he has is no failure of ours.
  if (known.code === "internal" && !response.destroyed)
    log.error("a request failed", { requestId, error });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  send(response, problemAnswer(known, requestId));
}

/** What the caller is told of the error. */
export function problemAnswer(error: ApiError, requestId: string): Answer {
  const problem = problemOf(error, requestId);
  return {
    status: problem.status,
    body: JSON.stringify(problem),
    contentType: problemType,
    headers: headersOf(error, problem),
  };
}

/** The catalogue's words for what was thrown. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ClusterError) {
    const { code, retryAfterMs } = error;
    return new ApiError(code, { retryAfterMs }, { cause: error });
  }
  // Express throws it for a path whose percent-encoding is broken.
  if (error instanceof URIError) {
    return new ApiError("request-invalid", { detail: "The path is not encoded well." });
  }
  return new ApiError("internal", {}, { cause: error });
}

const retryAfterMsDefault = 1000;

function headersOf({ facts }: ApiError, problem: ProblemBody): Record<string, string> {
  const { status, retryable } = problem;
  const headers: Record<string, string> = {};
  const isPassing = status === 429 || status === 503 || status === 504 || retryable;
  if (isPassing) {
    const waitMs = facts.retryAfterMs ?? retryAfterMsDefault;
    headers["Retry-After"] = String(Math.max(1, Math.ceil(waitMs / 1000)));
  }
  const challenge = challengeOf(problem);
  if (challenge !== null) headers["WWW-Authenticate"] = challenge;
  if (facts.allow !== undefined) headers["Allow"] = facts.allow.join(", ");
  return headers;
}

/** RFC 6750 §3: what a bearer token would have to be. */
function challengeOf({ code, status, scope }: ProblemBody): string | null {
  if (status !== 401 && status !== 403) return null;
  const realm = 'Bearer realm="quorate"';
  if (code === "token-invalid") return `${realm}, error="invalid_token"`;
  // What a queue's configuration forbids, no other token may do either.
  if (code !== "scope-missing") return realm;
  const wanted = scope === undefined ? "" : `, scope="${scope}"`;
  return `${realm}, error="insufficient_scope"${wanted}`;
}
