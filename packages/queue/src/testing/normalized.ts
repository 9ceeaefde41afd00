import { unreachable } from "@quorate/prelude";
import type { EnqueueResult, Outcome, SettleResult } from "../outcome.ts";
import type { Refusal } from "../refusal.ts";

/** The outcome in the words of the model; tags and bytes that it does not know are left out. */
export function normalized(outcome: Outcome): unknown {
  switch (outcome.type) {
    case "refused": {
      const { refusal, index } = outcome;
      return index === null ? flat(refusal) : { ...flat(refusal), index };
    }
    case "enqueued":
      return { ...outcome, type: undefined, results: outcome.results.map(resultOf) };
    case "settled":
      return { results: outcome.results.map(resultOf) };
    case "dequeued":
      return {
        replayed: outcome.replayed,
        paused: outcome.paused,
        messages: outcome.messages.map((m) => ({
          message: m.message,
          seq: m.seq,
          deliveries: m.deliveries,
          failures: m.failures,
          body: m.body.join(),
          fence: m.lease?.fence ?? null,
          untilMs: m.lease?.untilMs ?? null,
        })),
        lost: outcome.lost.map(lostOf),
      };
    case "leases-extended":
      return {
        extended: outcome.extended.map(({ fence, untilMs }) => ({ fence, untilMs })),
        lost: outcome.lost.map(lostOf),
      };
    case "repeated":
      return { repeated: normalized(outcome.outcome) };
    case "task":
      return { task: outcome.task };
    case "queue-paused":
      return { paused: outcome.paused };
    case "purged":
      return { removed: outcome.removed };
    case "queue-deleted":
    case "message-deleted":
      return {};
    case "queue-put": {
      const { incarnation, version } = outcome.view;
      return { created: outcome.created, incarnation, version };
    }
    case "invalid":
    case "revoked":
      return outcome;
    default:
      return unreachable(outcome);
  }
}

function flat(refusal: Refusal): object {
  const { code: refused } = refusal;
  if (refusal.code === "lease-lost") return { refused, reason: refusal.reason };
  if (refusal.code !== "already-settled") return { refused };
  return { refused, action: refusal.action, state: refusal.state };
}

function resultOf(result: EnqueueResult | SettleResult): unknown {
  if (result.status === "refused") return flat(result.refusal);
  if (result.status !== "settled") return result;
  const { status: _, ...settled } = result;
  return settled;
}

function lostOf(lost: {
  lease: { fence: number } | null;
  message: unknown;
  reason: string;
}): unknown {
  return { fence: lost.lease?.fence ?? null, message: lost.message, reason: lost.reason };
}
