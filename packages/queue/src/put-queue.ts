import { unreachable } from "@quorate/prelude";
import { queuesMax } from "./limits.ts";
import type { ConfigTag, PutQueue } from "./operation.ts";
import { hintIfFirst } from "./order.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { PutTrial } from "./put-trial.ts";
import type { Queue } from "./queue.ts";
import { type QueueConfig, queueConfigOf } from "./queue-config.ts";
import { queueConfigFault, queueConfigHas } from "./queue-config-fields.ts";
import { viewOf } from "./view-queue.ts";
import type { Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** What a `PUT` is about to do. */
type Verdict =
  | { readonly is: "refused"; readonly refusal: Refusal }
  | { readonly is: "invalid" }
  | { readonly is: "new"; readonly config: QueueConfig }
  | { readonly is: "known"; readonly queue: Queue; readonly config: QueueConfig };

/** `PUT /queues/{q}`: create, find unchanged, or replace (contract, "Queue configuration"). */
export function putQueue(state: QueueState, operation: PutQueue): Uint8Array {
  const verdict = judge(state, operation);
  switch (verdict.is) {
    case "invalid":
      return encodeOutcome({ type: "invalid" });
    case "refused":
      return encodeOutcome({ type: "refused", refusal: verdict.refusal, index: null });
    case "new": {
      const queue = state.createQueue(operation.queue, verdict.config);
      return encodeOutcome({ type: "queue-put", created: true, view: viewOf(state, queue) });
    }
    case "known": {
      const { queue, config } = verdict;
      if (!queueConfigHas(queue.config, config)) {
        const before = queue.candidates;
        queue.configure(config);
        hintIfFirst(state, queue, before);
        state.expectAnything(queue);
      }
      return encodeOutcome({ type: "queue-put", created: false, view: viewOf(state, queue) });
    }
    default:
      return unreachable(verdict);
  }
}

/** `PUT /queues/{q}?dryRun=true`: what it would do. Changes nothing. */
export function tryPut(state: QueueState, operation: PutQueue): PutTrial | null {
  const verdict = judge(state, operation);
  switch (verdict.is) {
    case "invalid":
      return null;
    case "refused":
      return { would: "refuse", refusal: verdict.refusal };
    case "new": {
      const queue = state.draftQueue(operation.queue, verdict.config);
      return { would: "create", view: viewOf(state, queue) };
    }
    case "known": {
      const { queue, config } = verdict;
      const before = viewOf(state, queue);
      const isSame = queueConfigHas(queue.config, config);
      const view = { ...before, config, version: before.version + (isSame ? 0 : 1) };
      return { would: "replace", view, before: before.config };
    }
    default:
      return unreachable(verdict);
  }
}

function judge(state: QueueState, operation: PutQueue): Verdict {
  const config = queueConfigOf(operation.config);
  if (queueConfigFault(config) !== null) return { is: "invalid" };
  const queue = state.queue(operation.queue);
  const { precondition } = operation;
  switch (precondition.kind) {
    case "none":
      if (queue === undefined) return judgeNew(state, config);
      if (!queueConfigHas(queue.config, operation.config)) return refused("precondition-required");
      return { is: "known", queue, config: queue.config };
    case "absent":
      return queue === undefined ? judgeNew(state, config) : refused("queue-exists");
    case "match-any":
      return queue === undefined ? refused("etag-mismatch") : { is: "known", queue, config };
    case "match": {
      const isMatched = ({ incarnation, version }: ConfigTag): boolean =>
        queue?.incarnation === incarnation && queue.version === version;
      if (queue === undefined || !precondition.tags.some(isMatched)) {
        return refused("etag-mismatch");
      }
      return { is: "known", queue, config };
    }
    default:
      return unreachable(precondition);
  }
}

function judgeNew(state: QueueState, config: QueueConfig): Verdict {
  if (state.queueCount < queuesMax) return { is: "new", config };
  const refusal = { code: "limit-exceeded", limit: "queuesMax", max: queuesMax } as const;
  return { is: "refused", refusal };
}

function refused(code: "precondition-required" | "queue-exists" | "etag-mismatch"): Verdict {
  return { is: "refused", refusal: { code } };
}
