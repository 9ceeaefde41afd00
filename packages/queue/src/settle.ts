import { unreachable } from "@quorate/prelude";
import { keepError, keepProgress } from "./annex.ts";
import { backoffMs, backoffShare } from "./backoff.ts";
import { extendedEnd, leaseUntilMs, setLeaseEndTime } from "./lease-clock.ts";
import { findLease, type LeaseFinding, settledOutcome } from "./lease-lookup.ts";
import { bury, buryAgain, countFailure, deathOf, end, rewindAfter } from "./message-death.ts";
import { isOver } from "./message-end.ts";
import { endLease, makeReady, remove, schedule, unschedule } from "./message-life.ts";
import {
  deadReason,
  isDeadLetter,
  leaseEnd,
  messageField,
  messageState,
} from "./message-record.ts";
import type { Settle, Settlement } from "./operation.ts";
import { isHead } from "./group-order.ts";
import { leaveReady } from "./order.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { SettleResult } from "./outcome.ts";
import type { Queue } from "./queue.ts";
import type { MessageState, Refusal } from "./refusal.ts";
import type { QueueState } from "./state.ts";

/** `settle`: every row of the contract's table ("Settle"), one entry after the other or all at once. */
export function settle(state: QueueState, operation: Settle): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) return refuse({ code: "queue-not-found" }, null);
  if (operation.atomic) return settleAtOnce(state, queue, operation.settlements);
  const results = operation.settlements.map((settlement): SettleResult => {
    const verdict = judge(state, queue, settlement);
    return verdict.is === "apply" ? apply(state, queue, settlement, verdict) : answer(verdict);
  });
  return encodeOutcome({ type: "settled", results });
}

/** What a settlement may do. */
type Verdict =
  | { readonly is: "apply"; readonly message: number; readonly isLate: boolean }
  | { readonly is: "already"; readonly state: MessageState }
  | { readonly is: "refused"; readonly refusal: Refusal };

type Applicable = Extract<Verdict, { is: "apply" }>;

// All are judged by the state before the batch, then all are applied: acks first, and the others
// from the newest lease to the oldest, because giving up a lease rewinds the later ones of its group.
function settleAtOnce(
  state: QueueState,
  queue: Queue,
  settlements: readonly Settlement[],
): Uint8Array {
  const judged = settlements.map((settlement, index) => ({
    settlement,
    index,
    verdict: judge(state, queue, settlement),
  }));
  const results: SettleResult[] = [];
  for (const { verdict, index } of judged) {
    if (verdict.is === "refused") return refuse(verdict.refusal, index);
  }
  // Only now: what is no lease at all, or has another's fence, is unknown, however often it is named.
  if (new Set(settlements.map(({ lease }) => lease.fence)).size < settlements.length) {
    return encodeOutcome({ type: "invalid" });
  }
  const rank = ({ action, lease }: Settlement): number =>
    action === "ack" ? Number.MAX_SAFE_INTEGER : lease.fence;
  const ordered = judged.toSorted(
    (left, right) => rank(right.settlement) - rank(left.settlement) || left.index - right.index,
  );
  for (const { settlement, index, verdict } of ordered) {
    results[index] =
      verdict.is === "apply" ? apply(state, queue, settlement, verdict) : answer(verdict);
  }
  return encodeOutcome({ type: "settled", results });
}

function judge(state: QueueState, queue: Queue, settlement: Settlement): Verdict {
  const finding = findLease(state, queue, settlement.lease);
  switch (finding.is) {
    case "held":
      return { is: "apply", message: finding.message, isLate: false };
    case "ended":
      return judgeLate(state, queue, settlement, finding);
    case "settled":
      if (finding.action === settlement.action) return { is: "already", state: finding.state };
      return refused({
        code: "already-settled",
        action: finding.action,
        state: finding.state,
      });
    case "lost":
      return refused({ code: "lease-lost", reason: finding.reason });
    case "unknown":
      return refused({ code: "lease-unknown" });
    default:
      return unreachable(finding);
  }
}

// Nobody else has the message yet, so an ack still counts, unless it would pass its group's head.
function judgeLate(
  state: QueueState,
  queue: Queue,
  settlement: Settlement,
  finding: Extract<LeaseFinding, { is: "ended" }>,
): Verdict {
  const { message, reason } = finding;
  if (settlement.action !== "ack") return refused({ code: "lease-lost", reason });
  if (isHead(state, queue, message)) return { is: "apply", message, isLate: true };
  return refused({ code: "lease-lost", reason: "group-rewound" });
}

function answer(verdict: Exclude<Verdict, Applicable>): SettleResult {
  if (verdict.is === "refused") return { status: "refused", refusal: verdict.refusal };
  const { state } = verdict;
  return { status: "settled", state, alreadySettled: true, late: false, leaseUntilMs: null };
}

function apply(
  state: QueueState,
  queue: Queue,
  settlement: Settlement,
  { message, isLate }: Applicable,
): SettleResult {
  switch (settlement.action) {
    case "ack":
      return acknowledge(state, queue, message, isLate);
    case "extend":
      return extend(state, queue, message, settlement);
    case "nack":
    case "release":
    case "reject":
      return giveUp(state, queue, message, settlement);
    default:
      return unreachable(settlement);
  }
}

function acknowledge(
  state: QueueState,
  queue: Queue,
  message: number,
  isLate: boolean,
): SettleResult {
  const { messages } = state;
  const fence = messages.f64(message, messageField.fence);
  if (!isLate) endLease(state, queue, message, leaseEnd.settled);
  else if (messages.u8(message, messageField.state) === messageState.ready)
    leaveReady(state, queue, message);
  else unschedule(state, queue, message);
  state.fences.settle(fence, settledOutcome("ack", "done"), state.now);
  remove(state, queue, message);
  return settled("done", isLate, null);
}

type GiveUp = Extract<Settlement, { action: "nack" | "release" | "reject" }>;

function giveUp(
  state: QueueState,
  queue: Queue,
  message: number,
  settlement: GiveUp,
): SettleResult {
  const fence = state.messages.f64(message, messageField.fence);
  if (settlement.action !== "release") {
    countFailure(state, message);
    if (settlement.error !== null) keepError(state, message, settlement.error);
  }
  endLease(state, queue, message, leaseEnd.settled);
  const fate = fateOf(state, queue, message, settlement);
  state.fences.settle(fence, settledOutcome(settlement.action, fate.state), state.now);
  follow(state, queue, message, fate);
  return settled(fate.state, false, null);
}

/** What becomes of a message whose lease was given up. */
interface Fate {
  /** `done`: it has reached its end, and its queue keeps none of those. */
  readonly state: MessageState;
  /** Why it dies, or 0. */
  readonly death: number;
  /** Whether it was leased as a dead letter. */
  readonly wasDead: boolean;
  readonly delayMs: number;
}

function fateOf(state: QueueState, queue: Queue, message: number, settlement: GiveUp): Fate {
  const fate = { death: 0, wasDead: false, delayMs: 0 };
  if (isDeadLetter(state.messages.u8(message, messageField.ends))) {
    return { ...fate, state: isOver(state, queue, message) ? "done" : "dead", wasDead: true };
  }
  const death =
    settlement.action === "reject" ? deadReason.rejected : deathOf(state, queue, message);
  if (death !== 0) return { ...fate, state: "dead", death };
  if (isOver(state, queue, message)) {
    return { ...fate, state: queue.config.onExpire === "dead" ? "dead" : "done" };
  }
  const delayMs = delayOf(state, queue, message, settlement);
  return { ...fate, state: delayMs === 0 ? "ready" : "scheduled", delayMs };
}

// Where it is ready again it is in its old place.
function follow(state: QueueState, queue: Queue, message: number, fate: Fate): void {
  if (fate.death !== 0) return bury(state, queue, message, fate.death);
  if (fate.wasDead) {
    buryAgain(state, queue, message);
    return;
  }
  if (fate.state === "dead" || fate.state === "done") {
    end(state, queue, message);
    return;
  }
  rewindAfter(state, queue, message);
  if (fate.state === "ready") makeReady(state, queue, message);
  else schedule(state, queue, message, state.now + fate.delayMs * 1_000);
}

function delayOf(state: QueueState, queue: Queue, message: number, settlement: GiveUp): number {
  if (settlement.action === "release") return settlement.delayMs ?? 0;
  if (settlement.action === "nack" && settlement.delayMs !== null) return settlement.delayMs;
  const failures = state.messages.u16(message, messageField.failures);
  return backoffMs(queue.config.backoff, failures, backoffShare(state, message, failures));
}

function extend(
  state: QueueState,
  queue: Queue,
  message: number,
  settlement: Extract<Settlement, { action: "extend" }>,
): SettleResult {
  const leaseMs = settlement.leaseMs ?? queue.config.leaseMsDefault;
  setLeaseEndTime(state, message, extendedEnd(state, message, leaseMs));
  if (settlement.progress !== null) keepProgress(state, message, settlement.progress);
  return settled("leased", false, leaseUntilMs(state, message));
}

function settled(after: MessageState, late: boolean, untilMs: number | null): SettleResult {
  return {
    status: "settled",
    state: after,
    alreadySettled: false,
    late,
    leaseUntilMs: untilMs,
  };
}

function refused(refusal: Refusal): Verdict {
  return { is: "refused", refusal };
}

function refuse(refusal: Refusal, index: number | null): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index });
}
