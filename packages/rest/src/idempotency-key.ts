/** The Idempotency-Key header: who sends it again with the same request means the same request. */
import { idCharsMax } from "@quorate/contract";
import { headerOf, type RequestHead } from "./call.ts";
import { faultAt } from "./fault-at.ts";

const keyPattern = new RegExp(`^[ -~]{1,${idCharsMax}}$`);

/** The key without its quotes (a structured-field string), or null. Throws `request-invalid`. */
export function idempotencyKeyOf(request: RequestHead): string | null {
  const given = headerOf(request, "Idempotency-Key");
  if (given === null) return null;
  const key = /^".*"$/.test(given) ? given.slice(1, -1) : given;
  if (keyPattern.test(key)) return key;
  const detail = `expected 1 to ${idCharsMax} printable ASCII characters`;
  throw faultAt("Idempotency-Key", detail);
}
