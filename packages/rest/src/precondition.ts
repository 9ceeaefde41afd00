/** Conditional requests (RFC 9110 §13) on the configuration of a queue. */
import { ApiError, matchTagsMax } from "@quorate/contract";
import type { ConfigTag, PutPrecondition } from "@quorate/queue";
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
  const tags = entityTagsIn(match).flatMap(configTagOf);
  if (tags.length === 0) throw new ApiError("etag-mismatch");
  if (tags.length > matchTagsMax) {
    throw new ApiError("limit-exceeded", { limit: "matchTagsMax", max: matchTagsMax });
  }
  return { kind: "match", tags };
}

/** A strong or a weak entity tag (RFC 9110 §8.8.3). */
const entityTag = /(?:W\/)?"[!#-~\x80-\xff]*"/g;

/** The tags of a list, in which members may be empty (RFC 9110 §5.6.1). Throws `request-invalid`. */
function entityTagsIn(list: string): readonly string[] {
  // What is between the quotes may have commas in it.
  const outline = list.replaceAll(entityTag, '""').split(",");
  const members = outline.map((member) => member.trim()).filter((member) => member !== "");
  if (members.length === 0 || members.some((member) => member !== '""')) {
    throw faultAt("If-Match", "expected ETags with commas between them, or *");
  }
  return list.match(entityTag) ?? [];
}

/** What a tag names. An ETag that was never given out, and a weak one, name nothing (§13.1.1). */
function configTagOf(tag: string): readonly ConfigTag[] {
  const [, incarnation, version] = /^"([1-9]\d{0,8})\.([1-9]\d{0,8})"$/.exec(tag) ?? [];
  if (incarnation === undefined || version === undefined) return [];
  return [{ incarnation: Number(incarnation), version: Number(version) }];
}
