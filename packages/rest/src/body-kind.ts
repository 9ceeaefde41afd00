/** Of what type a request's body is, by its headers. */
import { ApiError } from "@quorate/contract";
import type { RequestHead } from "./call.ts";

/** Whether the body is JSON, raw bytes with their label, or not there. */
export type BodyKind =
  | { readonly kind: "none" }
  | { readonly kind: "json" }
  | { readonly kind: "raw"; readonly contentType: string };

/**
 * What the Content-Type says of a body that may have so many bytes. Throws `unsupported-media-type`
 * for an encoded one.
 */
export function bodyKindOf({ headers }: RequestHead, bytesMax: number): BodyKind {
  const encoding = String(headers["content-encoding"] ?? "identity");
  // Its chunks are put together by the server; whatever else was done to it stays done.
  const transfer = String(headers["transfer-encoding"] ?? "chunked");
  if (encoding.toLowerCase() !== "identity" || transfer.trim().toLowerCase() !== "chunked") {
    throw new ApiError("unsupported-media-type", { detail: "Encoded bodies are not taken." });
  }
  const contentType = headers["content-type"];
  if (typeof contentType !== "string") {
    return bytesMax === 0
      ? { kind: "none" }
      : { kind: "raw", contentType: "application/octet-stream" };
  }
  const [type = "", ...parameters] = contentType.split(";");
  if (type.trim().toLowerCase() !== "application/json") return { kind: "raw", contentType };
  if (!parameters.every(isNoOtherCharset)) {
    throw new ApiError("unsupported-media-type", { detail: "JSON is taken in UTF-8 only." });
  }
  return { kind: "json" };
}

/** JSON has no parameters (RFC 8259 §11); one that claims another charset is believed to mean it. */
function isNoOtherCharset(parameter: string): boolean {
  return !/^\s*charset\s*=/i.test(parameter) || /=\s*"?utf-8"?\s*$/i.test(parameter);
}
