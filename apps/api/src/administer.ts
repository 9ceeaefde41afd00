/** Calls that administer something: under an Idempotency-Key a retry gets the first answer again. */
import { type AdminOperation, idempotencyKeyHash, requestFingerprint } from "@quorate/queue";
import type { Coord } from "@quorate/session";
import { type Call, headerOf } from "./call.ts";
import { type Done, execute } from "./cluster-call.ts";
import { idempotencyKeyOf } from "./idempotency.ts";
import type { Gateway } from "./routes/gateway.ts";

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
export async function administer<T extends Done["type"]>(
  { client, sha256 }: Gateway,
  call: Call,
  operation: AdminOperation,
  sending: { readonly expects: T; readonly isRepeatable: boolean },
): Promise<Administered<T>> {
  const key = idempotencyKeyOf(call);
  if (key === null) return { ...(await execute(client, operation, sending)), headers: {} };
  const hash = idempotencyKeyHash(sha256, call.principal.id, key);
  const fingerprint = requestFingerprint(sha256, requestOf(call));
  const { isRepeated, ...done } = await execute(
    client,
    { type: "once", key: { hash, fingerprint }, operation },
    { expects: sending.expects, isRepeatable: true },
  );
  return { ...done, headers: isRepeated ? { "Idempotency-Replayed": "true" } : {} };
}

/** Everything of the request that says what is asked for. */
function requestOf({ request, bytes }: Call): Buffer {
  const conditions = ["If-Match", "If-None-Match"].map((name) => headerOf(request, name) ?? "");
  const head = JSON.stringify([request.method, request.url, ...conditions]);
  return Buffer.concat([Buffer.from(head), bytes]);
}
