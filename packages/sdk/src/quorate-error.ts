/** What can go wrong, as classes: `code` says what, `outcome` what became of the request. */
import { knowInEveryCopy } from "./every-copy.ts";
import type { ApiErrorCode, Problem } from "./operations.ts";

/**
 * What became of the request. `not-executed`: nothing has changed and nothing will. `executed`: it
 * is committed, only the answer is missing. `unknown`: it may have acted, or may act yet.
 */
export type Outcome = Problem["outcome"];

/** Failures that no gateway has named: they happened here, or on the way. */
export type ClientErrorCode =
  /** No answer came: the connection could not be made, or broke. */
  | "connection-failed"
  /** Something answered that is no gateway, such as a proxy with a page of its own. */
  | "answer-unreadable"
  /** The call's whole time was over. */
  | "timed-out"
  /** The caller's `AbortSignal` was aborted; `cause` is its reason. */
  | "aborted"
  /** More calls wait to be sent than are kept. */
  | "too-many-waiting"
  /** `getToken` failed; `cause` is its error. */
  | "token-unavailable"
  /** The worker is closed, and its handlers' time is over. */
  | "closed"
  /** A handler has taken longer than `maxProcessingMs`. */
  | "processing-timeout"
  /** A lease could not be extended in time: it may have ended, and somebody else hold the message. */
  | "lease-in-doubt"
  /** The call cannot be sent: a bug of the caller. */
  | "usage";

/** A code of the API's catalogue or of this client; a newer gateway may know more. */
export type QuorateErrorCode = ApiErrorCode | ClientErrorCode | (string & {});

/** What an error carries. */
export interface QuorateErrorFacts {
  readonly code: QuorateErrorCode;
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  readonly outcome: Outcome;
  /** Whether the same bytes sent again may succeed, and cannot act twice. */
  readonly retryable: boolean;
  /** `X-Request-Id` of the answer, for whoever looks into the gateway's log; null without one. */
  readonly requestId: string | null;
  /** When trying again makes sense, in ms from then; null: nobody said. */
  readonly retryAfterMs: number | null;
  /** The answer's body (RFC 9457); null when there was none. */
  readonly problem: Problem | null;
}

/** Facts of an error that happened here, before anything was sent. */
export const notSent = {
  status: null,
  outcome: "not-executed",
  retryable: false,
  requestId: null,
  retryAfterMs: null,
  problem: null,
} as const;

/** Every failure of this package that is no bug of its own. Never holds the token. */
export class QuorateError extends Error implements QuorateErrorFacts {
  static {
    knowInEveryCopy(this, "QuorateError");
  }
  override readonly name: string = "QuorateError";
  readonly code: QuorateErrorCode;
  readonly status: number | null;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly problem: Problem | null;

  constructor(message: string, facts: QuorateErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.code = facts.code;
    this.status = facts.status;
    this.outcome = facts.outcome;
    this.retryable = facts.retryable;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.problem = facts.problem;
  }
}

/** The gateway refused the call (4xx): the same call will be refused again until something changes. */
export class RefusedError extends QuorateError {
  static {
    knowInEveryCopy(this, "RefusedError");
  }
  override readonly name = "RefusedError";
}

/** The lease cannot be settled any more: it has ended, was settled otherwise, or is not known. */
export class LeaseLostError extends QuorateError {
  static {
    knowInEveryCopy(this, "LeaseLostError");
  }
  override readonly name = "LeaseLostError";
}

/** The service cannot take the call now (429, 5xx): `outcome` says whether it may have acted. */
export class UnavailableError extends QuorateError {
  static {
    knowInEveryCopy(this, "UnavailableError");
  }
  override readonly name = "UnavailableError";
}

/** No answer that can be read came (`connection-failed`, `answer-unreadable`). */
export class ConnectionError extends QuorateError {
  static {
    knowInEveryCopy(this, "ConnectionError");
  }
  override readonly name = "ConnectionError";
}

/** The call's whole time, retries included, was over (`timed-out`). */
export class TimeoutError extends QuorateError {
  static {
    knowInEveryCopy(this, "TimeoutError");
  }
  override readonly name = "TimeoutError";
}

/** The caller gave up (`aborted`). */
export class AbortedError extends QuorateError {
  static {
    knowInEveryCopy(this, "AbortedError");
  }
  override readonly name = "AbortedError";
}

/** The call cannot be made as it is (`usage`, `closed`, `token-unavailable`). */
export class UsageError extends QuorateError {
  static {
    knowInEveryCopy(this, "UsageError");
  }
  override readonly name = "UsageError";

  /** @param outcome another one only when an attempt before may have acted */
  constructor(
    message: string,
    code: QuorateErrorCode = "usage",
    options?: ErrorOptions,
    outcome: Outcome = "not-executed",
  ) {
    super(message, { ...notSent, code, outcome }, options);
  }
}

/** Whether the value is an error of this package, also of another copy of it. */
export function isQuorateError(value: unknown): value is QuorateError {
  return value instanceof QuorateError;
}
