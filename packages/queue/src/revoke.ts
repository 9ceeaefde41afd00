import {
  issuerAheadMsMax,
  revocationAheadMsMax,
  revocationKeptMs,
  revocationsMax,
} from "./limits.ts";
import type { Revoke } from "./operation.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { Answer, Question } from "./question.ts";
import type { LimitName } from "./refusal.ts";
import type { Revocation } from "./revocation.ts";
import type { QueueState } from "./state.ts";

/** `POST /trust/revocations`. What is revoked already stays so; a later time replaces an earlier. */
export function revoke(state: QueueState, operation: Revoke): Uint8Array {
  const { revocations } = state;
  const nowMs = Math.floor(state.now / 1_000);
  // What was issued until now may say that it was issued a little later.
  const asked = operation.issuedUntil === "now" ? nowMs + issuerAheadMsMax : operation.issuedUntil;
  if (asked !== "ever" && asked > nowMs + revocationAheadMsMax) {
    return refuseLimit("revocationAheadMsMax", revocationAheadMsMax);
  }
  const before = revocations.find(operation.key);
  if (before === undefined && revocations.count >= revocationsMax) {
    return refuseLimit("revocationsMax", revocationsMax);
  }
  const { key, issuedUntilMs, keptUntilMs } = revocations.put({
    key: operation.key.slice(),
    issuedUntilMs: laterOf(before, asked),
    keptUntilMs: nowMs + revocationKeptMs,
  });
  return encodeOutcome({ type: "revoked", key, issuedUntilMs, keptUntilMs });
}

function laterOf(before: Revocation | undefined, asked: number | "ever"): number | null {
  if (asked === "ever" || before?.issuedUntilMs === null) return null;
  return Math.max(asked, before?.issuedUntilMs ?? 0);
}

function refuseLimit(limit: LimitName, max: number): Uint8Array {
  const refusal = { code: "limit-exceeded", limit, max } as const;
  return encodeOutcome({ type: "refused", refusal, index: null });
}

/** The revocations after a number, for a gateway that keeps them all. */
export function listRevocations(
  state: QueueState,
  { after, limit }: Extract<Question, { type: "revocations" }>,
): Answer {
  const [revocations, more] = state.revocations.after(after, limit);
  return { type: "revocations", revocations, more };
}
