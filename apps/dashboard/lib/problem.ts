/** What is known to have happened to a request that failed. */
export type Outcome = "not-executed" | "executed" | "unknown";

/** A request that failed, in the contract's words. The api's problem document, or our own when there is none. */
export class RequestProblem extends Error {
  override readonly name = "RequestProblem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly requestId: string | null;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  /** The scope that is missing, on `scope-missing`. */
  readonly scope: string | null;

  constructor(facts: {
    readonly status: number;
    readonly code: string;
    readonly title: string;
    readonly detail: string;
    readonly requestId: string | null;
    readonly outcome: Outcome;
    readonly retryable: boolean;
    readonly scope: string | null;
    readonly cause?: unknown;
  }) {
    super(facts.detail, { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.title = facts.title;
    this.requestId = facts.requestId;
    this.outcome = facts.outcome;
    this.retryable = facts.retryable;
    this.scope = facts.scope;
  }
}

/** The problem that an answer of a refused request describes; tolerant, for it may come from a proxy. */
export function problemOfAnswer(
  status: number,
  body: unknown,
  requestId: string | null,
): RequestProblem {
  const fields = recordOf(body);
  const outcome = fields["outcome"];
  return new RequestProblem({
    status,
    code: textOf(fields["code"]) ?? `http-${status}`,
    title: textOf(fields["title"]) ?? `The gateway answered with status ${status}`,
    detail: textOf(fields["detail"]) ?? "The answer does not say why.",
    requestId: textOf(fields["requestId"]) ?? requestId,
    outcome: outcome === "not-executed" || outcome === "executed" ? outcome : "unknown",
    retryable: fields["retryable"] === true,
    scope: textOf(fields["scope"]),
  });
}

/** The problem of a request that got no answer at all. */
export function problemOfSilence(cause: unknown, isRead: boolean): RequestProblem {
  return new RequestProblem({
    status: 0,
    code: "gateway-unreachable",
    title: "The gateway does not answer",
    detail:
      "No answer came from this page’s own server. It may be stopped, or the network is down.",
    requestId: null,
    outcome: isRead ? "not-executed" : "unknown",
    retryable: isRead,
    scope: null,
    cause,
  });
}

/** A JSON object's fields; no fields when the value is something else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string, or null when the value is something else. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A finite number, or `otherwise` when the value is something else. */
export function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
