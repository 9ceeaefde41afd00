import type { Call } from "./call-table.ts";
import { encodeDelivery } from "./delivery.ts";
import type { LeaseKey } from "./ids.ts";
import { extendedEnd, leaseUntilMs, setLeaseEndTime } from "./lease-clock.ts";
import { findLease, lostReason, messageOfLease } from "./lease-lookup.ts";
import { messageField } from "./message-record.ts";
import type { Dequeue, ExtendDequeue } from "./operation.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { LostLease } from "./outcome.ts";
import type { Queue } from "./queue.ts";
import type { QueueState } from "./state.ts";

/** Answers a dequeue whose id is known: what is still held, renewed, and what is lost; nothing new. */
export function replay(
  state: QueueState,
  queue: Queue,
  record: number,
  operation: Dequeue,
): Uint8Array {
  const call = state.calls.read(record);
  const isSame =
    call.max === operation.max &&
    call.isPop === (operation.mode === "delete") &&
    // A pop has no lease that could be longer or shorter.
    (call.isPop || call.leaseMs === (operation.leaseMs ?? 0));
  if (!isSame) {
    return encodeOutcome({
      type: "refused",
      refusal: { code: "dequeue-id-reused" },
      index: null,
    });
  }
  if (call.isPop) return replayPop(state, queue, call);
  const { held, lost } = leasesOf(state, queue, call);
  const leaseMs = operation.leaseMs ?? queue.config.leaseMsDefault;
  for (const message of held) {
    const until = extendedEnd(state, message, leaseMs);
    const isLater = until > state.messages.f64(message, messageField.deadline);
    if (isLater) setLeaseEndTime(state, message, until);
  }
  return encodeDelivery(state, queue, held, { replayed: true, lost });
}

/** `extend` by dequeueId: sets the end of every lease of that dequeue that is still held. */
export function extendDequeue(state: QueueState, operation: ExtendDequeue): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) {
    return encodeOutcome({ type: "refused", refusal: { code: "queue-not-found" }, index: null });
  }
  const record = state.calls.find(queue.incarnation, operation.dequeueHash);
  const call = record === 0 ? null : state.calls.read(record);
  if (call === null || call.isPop) {
    return encodeOutcome({ type: "refused", refusal: { code: "lease-unknown" }, index: null });
  }
  const { held, lost } = leasesOf(state, queue, call);
  const extended = held.map((message) => {
    setLeaseEndTime(state, message, extendedEnd(state, message, operation.leaseMs));
    return { ...leaseOf(state, message), untilMs: leaseUntilMs(state, message) };
  });
  return encodeOutcome({ type: "leases-extended", extended, lost });
}

function replayPop(state: QueueState, queue: Queue, call: Call): Uint8Array {
  const popped: number[] = [];
  let message = call.firstPopped;
  while (message !== 0) {
    popped.push(message);
    message = state.messages.u32(message, messageField.next);
  }
  if (popped.length > 0) {
    return encodeDelivery(state, queue, popped, { replayed: true, lost: [] });
  }
  // The bodies are gone after a minute; that these messages were delivered is still known.
  const gone: LostLease = { lease: null, message: null, reason: "settled" };
  const lost = Array.from({ length: call.count }, () => gone);
  return encodeDelivery(state, queue, [], { replayed: true, lost });
}

function leasesOf(
  state: QueueState,
  queue: Queue,
  call: Call,
): { readonly held: readonly number[]; readonly lost: readonly LostLease[] } {
  const held: number[] = [];
  const lost: LostLease[] = [];
  for (let fence = call.firstFence; fence < call.firstFence + call.count; fence++) {
    const tag = state.fences.find(fence)?.tag ?? 0;
    const finding = findLease(state, queue, { fence, tag });
    if (finding.is === "held") {
      held.push(finding.message);
    } else {
      const message = messageOfLease(state, queue, fence);
      lost.push({ lease: { fence, tag }, message, reason: lostReason(finding) });
    }
  }
  return { held, lost };
}

function leaseOf(state: QueueState, message: number): LeaseKey {
  return {
    fence: state.messages.f64(message, messageField.fence),
    tag: state.messages.u32(message, messageField.tag),
  };
}
