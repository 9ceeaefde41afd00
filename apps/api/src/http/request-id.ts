/** One id per request, on every answer and in the log. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { requestIdCharsMax } from "@quorate/contract";

const safePattern = new RegExp(`^[A-Za-z0-9._:-]{1,${requestIdCharsMax}}$`);
const headerName = "X-Request-Id";

/** Takes over the client's id when it is safe, else makes one, and puts it on the answer. */
export function nameRequest(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers["x-request-id"];
  const requestId =
    typeof given === "string" && safePattern.test(given) ? given : crypto.randomUUID();
  response.setHeader(headerName, requestId);
  return requestId;
}

/** The id that nameRequest gave; names the request now if nobody has. */
export function requestIdOf(request: IncomingMessage, response: ServerResponse): string {
  const named = response.getHeader(headerName);
  return typeof named === "string" ? named : nameRequest(request, response);
}
