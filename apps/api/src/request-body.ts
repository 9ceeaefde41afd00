/** The bytes of a request's body, and of what type they are. */
import type { IncomingMessage } from "node:http";
import { ApiError, requestBytesMax } from "@quorate/contract";

const nothing = Buffer.alloc(0);

/** Whether the body is JSON, raw bytes with their label, or not there. */
export type BodyKind =
  | { readonly kind: "none" }
  | { readonly kind: "json" }
  | { readonly kind: "raw"; readonly contentType: string };

/** The declared length in bytes; of a chunked body the most that it may have. */
export function declaredBytes(request: IncomingMessage): number {
  const { headers } = request;
  if (headers["transfer-encoding"] !== undefined) return requestBytesMax;
  return Number(headers["content-length"] ?? 0);
}

/** Throws `payload-too-large` as soon as it is known. */
export function refuseTooLarge(bytes: number): void {
  if (bytes <= requestBytesMax) return;
  const detail = `The request is larger than ${requestBytesMax} bytes.`;
  throw new ApiError("payload-too-large", {
    detail,
    limit: "requestBytesMax",
    max: requestBytesMax,
  });
}

/** What the Content-Type says. Throws `unsupported-media-type` for an encoded body. */
export function bodyKindOf(request: IncomingMessage): BodyKind {
  const { headers } = request;
  const encoding = headers["content-encoding"] ?? "identity";
  // Its chunks are put together by the server; whatever else was done to it stays done.
  const transfer = headers["transfer-encoding"] ?? "chunked";
  if (encoding.toLowerCase() !== "identity" || transfer.trim().toLowerCase() !== "chunked") {
    throw new ApiError("unsupported-media-type", { detail: "Encoded bodies are not taken." });
  }
  const contentType = headers["content-type"];
  if (contentType === undefined) {
    return declaredBytes(request) === 0
      ? { kind: "none" }
      : { kind: "raw", contentType: "application/octet-stream" };
  }
  const [type = "", ...parameters] = contentType.split(";");
  if (type.trim().toLowerCase() !== "application/json") return { kind: "raw", contentType };
  if (!parameters.every(isUtf8Charset)) {
    throw new ApiError("unsupported-media-type", { detail: "JSON is taken in UTF-8 only." });
  }
  return { kind: "json" };
}

function isUtf8Charset(parameter: string): boolean {
  return /^\s*charset\s*=\s*"?utf-8"?\s*$/i.test(parameter);
}

/** Whether the client sends its body only when it is told to (RFC 9110 §10.1.1). */
export function waitsToGoOn({ headers, httpVersion }: IncomingMessage): boolean {
  const { expect } = headers;
  return expect !== undefined && httpVersion === "1.1" && /\b100-continue\b/i.test(expect);
}

/**
 * Reads the whole body. Rejects with `payload-too-large` beyond requestBytesMax, and with
 * `request-invalid` when the client goes away in the middle.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> | Buffer {
  if (declaredBytes(request) === 0) return nothing;
  return collect(request);
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const bytes = await new Promise<number>((resolve, reject) => {
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
      // What follows is read and dropped by the server, so that the answer can be received.
      if (received <= requestBytesMax) chunks.push(chunk);
    });
    request.once("end", () => {
      resolve(received);
    });
    request.once("error", (cause) => {
      reject(new ApiError("request-invalid", { detail: "The body was cut off." }, { cause }));
    });
  });
  refuseTooLarge(bytes);
  const [only = nothing] = chunks;
  return chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}
