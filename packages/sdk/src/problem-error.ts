/** What a gateway answered, as an error. */
import type { Problem } from "./operations.ts";
import {
  ConnectionError,
  LeaseLostError,
  type Outcome,
  QuorateError,
  type QuorateErrorFacts,
  RefusedError,
  TimeoutError,
  UnavailableError,
  UsageError,
} from "./quorate-error.ts";

/** What an answer that is no success says of itself. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; null when it is no JSON. */
  readonly json: unknown;
}

/** What is known of the call: whether it changes nothing, and whether it may arrive twice. */
interface Called {
  readonly isRead: boolean;
  readonly isRepeatable: boolean;
}

/** The error that this answer means. */
export function errorOfAnswer(answer: FailedAnswer, called: Called): QuorateError {
  const { status, headers, json } = answer;
  const requestId = headers.get("x-request-id");
  const retryAfterMs = retryAfterOf(headers);
  if (isProblem(json)) return errorOfProblem(json, { status, requestId, retryAfterMs });
  // A proxy in between: it may have passed the call on before it gave up, or cut the answer off.
  const isPassing = status < 400 || status === 429 || (status >= 502 && status <= 504);
  const facts = {
    code: "answer-unreadable",
    status,
    outcome: called.isRead ? "not-executed" : "unknown",
    retryable: isPassing && called.isRepeatable,
    requestId,
    retryAfterMs,
    problem: null,
  } as const;
  return new ConnectionError(`An answer that is none of a gateway's (status ${status}).`, facts);
}

/** The error that a problem means: of a whole answer, or of one entry of a batch. */
export function errorOfProblem(
  problem: Problem,
  answer: Pick<QuorateErrorFacts, "status" | "requestId" | "retryAfterMs">,
): QuorateError {
  const { code, outcome, retryable } = problem;
  const facts = { ...answer, code, outcome, retryable, problem };
  const message = `${problem.detail} (${code})`;
  if (code === "lease-lost" || code === "already-settled" || code === "lease-unknown") {
    return new LeaseLostError(message, facts);
  }
  return problem.status === 429 || problem.status >= 500
    ? new UnavailableError(message, facts)
    : new RefusedError(message, facts);
}

/** Whether a request was refused as a whole because of what it holds: sent in parts, most may pass. */
export function isAboutItsText({ status, code, outcome }: QuorateError): boolean {
  return (status === 400 || status === 413 || code === "usage") && outcome === "not-executed";
}

/** The same error with another outcome: an earlier attempt of the call may have acted. */
export function withOutcome(error: QuorateError, outcome: Outcome): QuorateError {
  if (error.outcome === outcome) return error;
  const { code, status, retryable, requestId, retryAfterMs, problem, cause } = error;
  const facts = { code, status, outcome, retryable, requestId, retryAfterMs, problem };
  const options = cause === undefined ? undefined : { cause };
  if (error instanceof UsageError) return new UsageError(error.message, code, options, outcome);
  const ErrorClass = classOf(error);
  return new ErrorClass(error.message, facts, options);
}

type PlainErrorClass = new (
  message: string,
  facts: QuorateErrorFacts,
  options?: ErrorOptions,
) => QuorateError;

function classOf(error: QuorateError): PlainErrorClass {
  const plain = [LeaseLostError, RefusedError, UnavailableError, ConnectionError, TimeoutError];
  return plain.find((each) => error instanceof each) ?? QuorateError;
}

/** `Retry-After` as a number of seconds or an HTTP date (RFC 9110 §10.2.3), in ms from now. */
export function retryAfterOf(headers: Headers): number | null {
  const given = headers.get("retry-after");
  if (given === null) return null;
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000;
  const atMs = Date.parse(given);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now());
}

function isProblem(json: unknown): json is Problem {
  if (typeof json !== "object" || json === null) return false;
  return (
    "code" in json &&
    typeof json.code === "string" &&
    "outcome" in json &&
    typeof json.outcome === "string" &&
    "retryable" in json &&
    typeof json.retryable === "boolean" &&
    "detail" in json &&
    "status" in json &&
    typeof json.status === "number"
  );
}
