/** An error as it is answered. */
import { type ApiError, type ProblemBody, problemOf, problemType } from "@quorate/contract";
import type { Answer } from "./answer.ts";

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
