/** Answers of the gateway of a test. */
import { type ApiError, errors, problemOf, problemType } from "@quorate/contract";

/** A success with this JSON. */
export function jsonAnswer(
  { requestId }: { readonly requestId: string },
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return textAnswer({ requestId }, status, JSON.stringify(body), headers);
}

/** A success with this JSON text. */
export function textAnswer(
  { requestId }: { readonly requestId: string },
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", "x-request-id": requestId, ...headers },
  });
}

/** A success without a body. */
export function emptyAnswer({ requestId }: { readonly requestId: string }): Response {
  return new Response(null, { status: 204, headers: { "x-request-id": requestId } });
}

/** The answer to a call that failed so. */
export function problemAnswer(error: ApiError, requestId: string): Response {
  const { status } = errors[error.code];
  const { retryAfterMs } = error.facts;
  return new Response(JSON.stringify(problemOf(error, requestId)), {
    status,
    headers: {
      "content-type": problemType,
      "x-request-id": requestId,
      ...(retryAfterMs === undefined
        ? {}
        : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
    },
  });
}
