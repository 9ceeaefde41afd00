/** The only place that answers errors. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "@quorate/contract";
import type { Log } from "@quorate/ports";
import { problemAnswer } from "@quorate/rest";
import { ClusterError } from "@quorate/session";
import { send } from "./answer.ts";
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
