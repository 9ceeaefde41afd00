/** How an error looks on the wire: `application/problem+json` (RFC 9457). */
import * as z from "zod";
import {
  type ApiError,
  type ErrorCode,
  type ErrorFacts,
  type ErrorOutcome,
  errors,
} from "./errors.ts";

/** Content type of every error answer. */
export const problemType = "application/problem+json";

/** An error answer. `type` is a name, not an address. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    outcome: z.enum(["not-executed", "executed", "unknown"]),
    retryable: z.boolean(),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    limit: z.string().optional(),
    max: z.number().optional(),
    index: z.int().optional(),
    messageId: z.string().optional(),
    reason: z.string().optional(),
    action: z.string().optional(),
    state: z.string().optional(),
    scope: z.string().optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457; code and outcome tell a program what to do" });

/** See `Problem`. */
export interface ProblemBody extends Omit<ErrorFacts, "retryAfterMs" | "allow"> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly outcome: ErrorOutcome;
  readonly retryable: boolean;
}

/** The body that describes this error in this request. */
export function problemOf(error: ApiError, requestId: string): ProblemBody {
  const { status, title, outcome, retryable } = errors[error.code];
  const { retryAfterMs: _retryAfterMs, allow: _allow, ...facts } = error.facts;
  const { detail = `${title}.` } = facts;
  // Where a fault has no place in the request, the request as a whole is its place.
  const errorsOf400 = status === 400 ? { errors: [{ pointer: "", detail }] } : {};
  return {
    type: `urn:quorate:problem:${error.code}`,
    title,
    status,
    detail,
    code: error.code,
    requestId,
    outcome,
    retryable,
    ...errorsOf400,
    ...facts,
  };
}
