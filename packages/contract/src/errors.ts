/**
 * Every error the API can answer, declared once and served as problem+json (RFC 9457).
 *
 * A code is a promise to callers: it never changes its meaning and is never used again.
 */

/**
 * What became of the request. `not-executed`: nothing has changed and nothing will. `executed`: it
 * is committed, only the answer is missing. `unknown`: nobody can know yet.
 */
export type ErrorOutcome = "not-executed" | "executed" | "unknown";

/** What is the same for every occurrence of a code. */
export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  readonly outcome: ErrorOutcome;
  /** Whether the same bytes sent again may succeed and cannot act twice. */
  readonly retryable: boolean;
}

function refusal(status: number, title: string): ErrorEntry {
  return { status, title, outcome: "not-executed", retryable: false };
}

function passing(status: number, title: string): ErrorEntry {
  return { status, title, outcome: "not-executed", retryable: true };
}

/** The catalogue, by code. */
export const errors = {
  "request-invalid": refusal(400, "The request does not have the shape of this route"),
  "limit-exceeded": refusal(400, "A value is outside its range"),
  "token-missing": refusal(401, "A bearer token or a session is required"),
  "token-invalid": refusal(401, "The token is not accepted"),
  "scope-missing": refusal(403, "The token lacks the scope of this route"),
  "purge-denied": refusal(403, "The queue's configuration forbids purging"),
  "delete-denied": refusal(403, "The queue's configuration forbids deleting it"),
  "route-not-found": refusal(404, "There is no such route"),
  "queue-not-found": refusal(404, "There is no such queue"),
  "message-not-found": refusal(404, "There is no such message"),
  "lease-unknown": refusal(404, "This queue knows no such lease"),
  "task-not-found": refusal(404, "There is no such task"),
  "member-not-found": refusal(404, "There is no such member"),
  "change-not-found": refusal(404, "There is no such change"),
  "method-not-allowed": refusal(405, "The route has no such method"),
  "queue-not-empty": refusal(409, "The queue still holds messages"),
  "message-leased": refusal(409, "The message is leased"),
  "lease-lost": refusal(409, "The lease has ended"),
  "already-settled": refusal(409, "The lease was settled with another verb"),
  "change-in-progress": refusal(409, "Another change is in progress"),
  paused: passing(409, "Sending to this queue is paused"),
  "etag-mismatch": refusal(412, "The configuration has changed since it was read"),
  "queue-exists": refusal(412, "The queue exists already"),
  "stale-epoch": refusal(412, "The cluster has a newer epoch"),
  "payload-too-large": refusal(413, "The body is too large"),
  "unsupported-media-type": refusal(415, "The content type is not supported here"),
  "dedup-conflict": refusal(422, "The dedupId belongs to another message"),
  "idempotency-mismatch": refusal(422, "The Idempotency-Key belongs to another request"),
  "dequeue-id-reused": refusal(422, "The dequeueId belongs to another call"),
  "preflight-failed": refusal(422, "A pre-flight check blocks the change"),
  "precondition-required": refusal(
    428,
    "The queue exists with another configuration: send If-Match",
  ),
  "rate-limited": passing(429, "Too many requests"),
  "queue-full": passing(429, "The queue is full"),
  "dedup-capacity": passing(429, "The dedup table is full"),
  "dequeue-capacity": passing(429, "The table of dequeue ids is full"),
  "in-flight-limit": passing(429, "Too many messages are leased"),
  internal: { status: 500, title: "The gateway failed", outcome: "unknown", retryable: false },
  "no-quorum": passing(503, "Too few replicas answer"),
  "view-change": passing(503, "The replicas are choosing a primary"),
  overloaded: passing(503, "The gateway or the cluster has too much to do"),
  starting: passing(503, "The gateway is starting"),
  "outcome-unknown": {
    status: 504,
    title: "No answer came in time",
    outcome: "unknown",
    retryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

/** One of the catalogue's codes. */
export type ErrorCode = keyof typeof errors;

/** One fault of a request: where it is, as a JSON pointer (RFC 6901), `?parameter` or header. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** What one occurrence adds to its catalogue entry; the members of RFC 9457 §3.2. */
export interface ErrorFacts {
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** The name of the limit that was met. */
  readonly limit?: string;
  /** Its value. */
  readonly max?: number;
  /** Position of the entry that failed, in an atomic batch. */
  readonly index?: number;
  readonly messageId?: string;
  readonly reason?: string;
  readonly action?: string;
  readonly state?: string;
  /** The scope that would have been enough. */
  readonly scope?: string;
  /** Overrides the catalogue: false where sending again could act twice. */
  readonly retryable?: boolean;
  /** When trying again makes sense, in milliseconds; becomes Retry-After. */
  readonly retryAfterMs?: number;
  /** Methods of the route, for 405. */
  readonly allow?: readonly string[];
}

/** An answer that the caller can act on. Anything else that is thrown is a bug and answers 500. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(facts.detail ?? errors[code].title, options);
    this.code = code;
    this.facts = facts;
  }
}
