/** The bytes of a request's body. */
import type { IncomingMessage } from "node:http";
import { ApiError, publicRequestBytesMax, requestBytesMax, type Route } from "@quorate/contract";

const nothing = Buffer.alloc(0);

/** How long a body may be, and what this limit is called. */
export interface BodyLimit {
  readonly limit: string;
  /** In bytes. */
  readonly max: number;
}

const limits = {
  ofCallers: { limit: "requestBytesMax", max: requestBytesMax },
  ofStrangers: { limit: "publicRequestBytesMax", max: publicRequestBytesMax },
} as const;

/** The limit of the route's bodies: much less where nobody is asked who he is. */
export function bodyLimitOf({ scope }: Pick<Route, "scope">): BodyLimit {
  return scope === "public" ? limits.ofStrangers : limits.ofCallers;
}

/** The declared length in bytes; of a chunked body the most that it may have. */
export function declaredBytes({ headers }: IncomingMessage, { max }: BodyLimit): number {
  if (headers["transfer-encoding"] !== undefined) return max;
  return Number(headers["content-length"] ?? 0);
}

/** Throws `payload-too-large` as soon as it is known. */
export function refuseTooLarge(bytes: number, { limit, max }: BodyLimit): void {
  if (bytes <= max) return;
  const detail = `The request is larger than ${max} bytes.`;
  throw new ApiError("payload-too-large", { detail, limit, max });
}

/** Whether the client sends its body only when it is told to (RFC 9110 §10.1.1). */
export function waitsToGoOn({ headers, httpVersion }: IncomingMessage): boolean {
  const { expect } = headers;
  return expect !== undefined && httpVersion === "1.1" && /\b100-continue\b/i.test(expect);
}

/**
 * Throws when the client has gone before its request was looked at. Nothing is heard of its body any
 * more, not even that it ends, and nobody would take what is handed out.
 */
export function refuseGone({ destroyed }: IncomingMessage): void {
  if (destroyed) throw new ApiError("request-invalid", { detail: "The client has gone." });
}

/**
 * Reads the whole body. Rejects with `payload-too-large` beyond the limit, and with
 * `request-invalid` when the client goes away in the middle.
 */
export function readBody(request: IncomingMessage, limit: BodyLimit): Promise<Buffer> | Buffer {
  if (declaredBytes(request, limit) === 0) return nothing;
  return collect(request, limit);
}

async function collect(request: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const bytes = await new Promise<number>((resolve, reject) => {
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
      // What follows is read and dropped by the server, so that the answer can be received.
      if (received <= limit.max) chunks.push(chunk);
    });
    request.once("end", () => {
      resolve(received);
    });
    request.once("error", (cause) => {
      reject(new ApiError("request-invalid", { detail: "The body was cut off." }, { cause }));
    });
  });
  refuseTooLarge(bytes, limit);
  const [only = nothing] = chunks;
  return chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}
