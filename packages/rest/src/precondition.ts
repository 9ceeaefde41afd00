/** Conditional requests (RFC 9110 §13) on the configuration of a queue. */
import { ApiError } from "@quorate/contract";
import type { PutPrecondition } from "@quorate/queue";
import { headerOf, type RequestHead } from "./call.ts";
import { faultAt } from "./fault-at.ts";

/** What If-Match and If-None-Match ask for. Throws `request-invalid`, and `etag-mismatch`. */
export function preconditionOf(request: RequestHead): PutPrecondition {
  const match = headerOf(request, "If-Match");
  const noneMatch = headerOf(request, "If-None-Match");
  if (match !== null && noneMatch !== null) throw faultAt("If-Match", "not with If-None-Match");
  if (noneMatch !== null) {
    if (noneMatch.trim() === "*") return { kind: "absent" };
    throw faultAt("If-None-Match", "expected *");
  }
  if (match === null) return { kind: "none" };
  if (match.trim() === "*") return { kind: "match-any" };
  if (!/^\s*"[^"]*"\s*$/.test(match)) throw faultAt("If-Match", "expected one ETag, or *");
  const [, incarnation, version] = /^\s*"([1-9]\d{0,8})\.([1-9]\d{0,8})"\s*$/.exec(match) ?? [];
  // An ETag that was never given out matches nothing.
  if (incarnation === undefined || version === undefined) throw new ApiError("etag-mismatch");
  return { kind: "match", incarnation: Number(incarnation), version: Number(version) };
}
