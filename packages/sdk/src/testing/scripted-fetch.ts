/** A `fetch` that answers what a test has written down, and remembers what it was asked. */

/** What it was asked. */
export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/** An answer, or a way in which none comes. */
export type Scripted = Response | Error | "silence";

/** A script of answers, one for each request, in order; the last one is repeated. */
export function scriptedFetch(...script: readonly Scripted[]): {
  readonly fetch: typeof fetch;
  readonly asked: readonly Asked[];
} {
  const asked: Asked[] = [];
  return {
    asked,
    async fetch(input, init = {}) {
      const { method = "GET", headers = {}, body = null, signal = null } = init;
      const text = typeof body === "string" ? body : null;
      const url = input instanceof Request ? input.url : String(input);
      asked.push({ url, method, headers: new Headers(headers), body: text, signal });
      const next = script[Math.min(asked.length, script.length) - 1];
      if (next === undefined) throw new Error("the script is empty");
      if (next === "silence") return await silence(signal);
      if (next instanceof Error) throw next;
      return next.clone();
    },
  };
}

/** Answers nothing until the request is given up. */
function silence(signal: AbortSignal | null): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** A success with this body. */
export function success(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "x-request-id": "request-1" } });
}

/** A problem of this code. */
export function problem(
  status: number,
  code: string,
  facts: {
    readonly outcome?: string;
    readonly retryable?: boolean;
    readonly retryAfter?: string;
  } = {},
): Response {
  const { outcome = "not-executed", retryable = false, retryAfter } = facts;
  const type = `urn:quorate:problem:${code}`;
  const detail = `Because of ${code}.`;
  const requestId = "request-1";
  return Response.json(
    { type, title: code, status, detail, code, requestId, outcome, retryable },
    {
      status,
      headers: {
        "content-type": "application/problem+json",
        "x-request-id": requestId,
        ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
      },
    },
  );
}
