/** The only place that answers errors. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, errors, type ErrorCode } from "@quorate/contract";
import type { Log, Metrics } from "@quorate/ports";
import { problemAnswer } from "@quorate/rest";
import { ClusterError } from "@quorate/session";
import type { RefusalPace } from "../load/refusal-pace.ts";
import { send } from "./answer.ts";
import { requestIdOf } from "./request-id.ts";

/** Where errors that nobody expected are written. */
export type ErrorLog = Pick<Log, "error">;

/** Whom an error is answered to, and what that takes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly log: ErrorLog;
  readonly metrics: Pick<Metrics, "count">;
  readonly refusalPace: RefusalPace;
}

/** Answers the error, a refusal in its turn. A response that has begun can only be cut off. */
export async function sendProblem(error: unknown, exchange: Exchange): Promise<void> {
  const { request, response, log, metrics, refusalPace } = exchange;
  const requestId = requestIdOf(request, response);
  const known = asApiError(error);
  // Whoever has hung up is told nothing, and that he has is no failure of ours.
  if (known.code === "internal" && !response.destroyed)
    log.error("a request failed", { requestId, error });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const waitMs = isPaced(known.code) ? refusalPace.takeTurn() : 0;
  if (waitMs > 0) {
    metrics.count("quorate_refusals_held_total", { code: known.code });
    await passed(waitMs, response);
  }
  send(response, problemAnswer(known, requestId));
}

/**
 * Whether it is one of the refusals that callers provoke by coming too often or too soon, and
 * strangers by coming at all. All others are the outcome of a call that was looked at.
 */
function isPaced(code: ErrorCode): boolean {
  const { status, outcome, retryable } = errors[code];
  return status === 401 || (retryable && outcome === "not-executed");
}

/** Resolves after this time, and at once when nobody waits for the answer any more. */
function passed(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
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
