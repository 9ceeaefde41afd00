import { bytesUnder, keyIn, rememberBytes } from "./idempotency.ts";
import { adminKeysMax } from "./limits.ts";
import type { Once, Operation } from "./operation.ts";
import { encodeOutcome, encodeRepeated, outcomeTags } from "./outcome-codec.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** The keys are the cluster's: this is no queue's incarnation. */
const noQueue = 0xffff_ffff;

/**
 * Does what the operation says, once: the same call under the same key is answered what the first
 * one was answered, for 24 h. What was refused is not kept, and is tried anew.
 */
export function once(
  state: QueueState,
  { key, operation }: Once,
  apply: (operation: Operation) => Uint8Array,
): Uint8Array {
  const known = keyIn(state, noQueue, key);
  if (known === "mismatch") return refuse({ code: "idempotency-mismatch" });
  if (known !== 0) return encodeRepeated(bytesUnder(state, known));
  if (state.adminKeys.count >= adminKeysMax) {
    return refuse({ code: "dedup-capacity", limit: "adminKeysMax", max: adminKeysMax });
  }
  const outcome = apply(operation);
  const isDone = outcome[0] !== outcomeTags.refused && outcome[0] !== outcomeTags.invalid;
  if (isDone) rememberBytes(state, state.adminKeys, noQueue, { key, bytes: outcome });
  return outcome;
}

function refuse(refusal: Refusal): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index: null });
}
