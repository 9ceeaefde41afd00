/** What a handler gives back, and how it gets onto the wire. */
import type { ServerResponse } from "node:http";
import { settableLimits } from "./limits.ts";

/** An answer: a JSON text or other bytes with their type; null is no body. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

/** Headers of every answer that is no page: it runs nowhere, is kept nowhere, is what it says. */
export const apiHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

/** An answer of the given value. For answers that are made rarely; busy ones write their text. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { status, body: JSON.stringify(value), ...(headers === undefined ? {} : { headers }) };
}

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
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  response
    .writeHead(status, {
      ...apiHeaders,
      ...headers,
      "Content-Type": contentType,
      "Content-Length": length,
    })
    .end(body);
}
