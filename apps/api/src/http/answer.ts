/** How an answer gets onto the wire. */
import type { ServerResponse } from "node:http";
import type { Answer } from "@quorate/rest";
import { settableLimits } from "../limits.ts";

/** Headers of every answer that is no page: it runs nowhere, is kept nowhere, is what it says. */
export const apiHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

/**
 * Writes the answer. The request id is on the response already. Who has not taken it after
 * `answerTimeoutMs` is cut off, so that nobody can make the gateway keep answers.
 */
export function send(
  response: ServerResponse,
  answer: Answer,
  answerTimeoutMs: number = settableLimits.answerTimeoutMs,
): void {
  write(response, answer);
  // Most answers are with the kernel already; only the others need a timer.
  if ((response.socket?.writableLength ?? 0) === 0) return;
  const timer = setTimeout(() => response.destroy(), answerTimeoutMs);
  response.once("close", () => {
    clearTimeout(timer);
  });
}

function write(response: ServerResponse, answer: Answer): void {
  const { status, body, headers, contentType = "application/json" } = answer;
  if (body === null) {
    response.writeHead(status, { ...apiHeaders, ...headers }).end();
    return;
  }
  const bytes = typeof body === "string" ? body : joined(body);
  response
    .writeHead(status, {
      ...apiHeaders,
      ...headers,
      "Content-Type": contentType,
      "Content-Length": Buffer.byteLength(bytes),
    })
    .end(bytes);
}

/** The pieces in one run of bytes: bodies of messages go in as they are. */
function joined(pieces: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)),
  );
}
