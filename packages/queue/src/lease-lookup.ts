import { outcomeDead, outcomePurged, outcomeSuperseded } from "./fence-table.ts";
import type { LeaseKey, MessageKey } from "./ids.ts";
import { isLive, liveMessage } from "./liveness.ts";
import { messageKeyOf } from "./message-key.ts";
import { leaseEndOf } from "./message-life.ts";
import { leaseEnd, messageField, messageState } from "./message-record.ts";
import type { SettleAction } from "./operation.ts";
import type { Queue } from "./queue.ts";
import { type LeaseLostReason, type MessageState, messageStates } from "./refusal.ts";
import { settleActions } from "./settle-codec.ts";
import type { QueueState } from "./state.ts";

/** What has become of a lease: the rows of the contract's table ("Settle"). */
export type LeaseFinding =
  | { readonly is: "held"; readonly message: number }
  /** Ended by expiry or rewind and not followed by another; the message is ready or scheduled. */
  | {
      readonly is: "ended";
      readonly message: number;
      readonly reason: "expired" | "group-rewound";
    }
  | { readonly is: "settled"; readonly action: SettleAction; readonly state: MessageState }
  | { readonly is: "lost"; readonly reason: LeaseLostReason }
  | { readonly is: "unknown" };

// A settlement is one byte: 8 and more, five states for each action.
const outcomeBase = 8;

/** The byte in which a settlement is remembered. */
export function settledOutcome(action: SettleAction, state: MessageState): number {
  const number = settleActions.indexOf(action) * messageStates.length;
  return outcomeBase + number + messageStates.indexOf(state);
}

/** What has become of this lease, as far as this queue knows. */
export function findLease(state: QueueState, queue: Queue, lease: LeaseKey): LeaseFinding {
  const entry = state.fences.find(lease.fence);
  if (entry === null || entry.queue !== queue.incarnation || entry.tag !== lease.tag) {
    return { is: "unknown" };
  }
  const lost = lostBy(entry.outcome);
  if (lost !== null) return { is: "lost", reason: lost };
  if (entry.outcome >= outcomeBase) return settlementOf(entry.outcome);
  const message = queue.messages.get(entry.seq);
  if (message === 0) return { is: "unknown" };
  if (!isLive(state, queue, message))
    return { is: "lost", reason: reasonOfGhost(state, message, lease.fence) };
  return findUnsettled(state, message, lease.fence);
}

function lostBy(outcome: number): LeaseLostReason | null {
  if (outcome === outcomeSuperseded) return "superseded";
  if (outcome === outcomePurged) return "purged";
  return outcome === outcomeDead ? "dead" : null;
}

// What will be remembered of the lease once the ghost is freed.
function reasonOfGhost(state: QueueState, message: number, fence: number): LeaseLostReason {
  return state.messages.f64(message, messageField.fence) === fence ? "purged" : "superseded";
}

function findUnsettled(state: QueueState, message: number, fence: number): LeaseFinding {
  const { messages } = state;
  if (messages.f64(message, messageField.fence) !== fence) {
    return { is: "lost", reason: "superseded" };
  }
  const messageIs = messages.u8(message, messageField.state);
  if (messageIs === messageState.leased) return { is: "held", message };
  // The settlement was forgotten with its page, but the message is still here.
  const how = leaseEndOf(state, message);
  if (how === leaseEnd.settled) return { is: "lost", reason: "settled" };
  if (how === leaseEnd.dead) return { is: "lost", reason: "dead" };
  const reason = how === leaseEnd.expired ? "expired" : "group-rewound";
  return { is: "ended", message, reason };
}

function settlementOf(outcome: number): LeaseFinding {
  const number = outcome - outcomeBase;
  const action = settleActions[Math.floor(number / messageStates.length)];
  const state = messageStates[number % messageStates.length];
  if (action === undefined || state === undefined) return { is: "unknown" };
  return { is: "settled", action, state };
}

/** The reason to name for a lease that is not held, as dequeue replays and extensions do. */
export function lostReason(finding: Exclude<LeaseFinding, { is: "held" }>): LeaseLostReason {
  if (finding.is === "ended" || finding.is === "lost") return finding.reason;
  return "settled";
}

/** The message of a lease, or null once it has left the queue. */
export function messageOfLease(state: QueueState, queue: Queue, fence: number): MessageKey | null {
  const entry = state.fences.find(fence);
  const message = entry === null ? 0 : liveMessage(state, queue, entry.seq);
  return message === 0 ? null : messageKeyOf(state, message);
}
