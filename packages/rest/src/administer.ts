/** Calls that administer something: under an Idempotency-Key a retry gets the first answer again. */
import { bytesConcat } from "@quorate/prelude";
import { type AdminOperation, idempotencyKeyHash, requestFingerprint } from "@quorate/queue";
import { type Call, headerOf } from "./call.ts";
import { type Conversation, type Coord, type Done, execute, type Sending } from "./conversation.ts";
import type { Host } from "./host.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";

/** What was done, now or by the call that this one repeats. */
export interface Administered<T extends Done["type"]> {
  readonly outcome: Extract<Done, { type: T }>;
  readonly coord: Coord;
  /** `Idempotency-Replayed` of a repetition. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Executes the operation, once for each Idempotency-Key. `isRepeatable`: whether doing it twice is
 * the same as doing it once, so that a 504 may be retried even without a key.
 */
export function* administer<T extends Done["type"]>(
  host: Host,
  call: Call,
  operation: AdminOperation,
  sending: Sending<T>,
): Conversation<Administered<T>> {
  const key = idempotencyKeyOf(call.request);
  if (key === null) return { ...(yield* execute(operation, sending)), headers: {} };
  const hash = idempotencyKeyHash(host.sha256, call.principal.id, key);
  const fingerprint = requestFingerprint(host.sha256, requestOf(call, host));
  const { isRepeated, ...done } = yield* execute(
    { type: "once", key: { hash, fingerprint }, operation },
    { ...sending, isRepeatable: true },
  );
  return { ...done, headers: isRepeated ? { "Idempotency-Replayed": "true" } : {} };
}

/** Everything of the request that says what is asked for. */
function requestOf({ request, bytes }: Call, { text }: Host): Uint8Array {
  const conditions = ["If-Match", "If-None-Match"].map((name) => headerOf(request, name) ?? "");
  const head = JSON.stringify([request.method, request.url, ...conditions]);
  return bytesConcat(text.encode(head), bytes);
}
