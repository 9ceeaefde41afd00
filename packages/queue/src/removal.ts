import { findMessage } from "./find-message.ts";
import { exhume } from "./message-death.ts";
import { endLease, takeAway, unschedule } from "./message-life.ts";
import { leaseEnd, messageField, messageState } from "./message-record.ts";
import type { DeleteMessage, DeleteQueue, Purge } from "./operation.ts";
import { hintIfFirst, leaveReady } from "./order.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import { sweep } from "./sweep.ts";
import type { QueueState } from "./state.ts";

/** `purge`: what is in these states is gone, however much it is (contract, "Purge, delete"). */
export function purge(state: QueueState, operation: Purge): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) return refuse({ code: "queue-not-found" });
  if (queue.config.denyPurge) return refuse({ code: "purge-denied" });
  const before = queue.candidates;
  const removed = operation.states.reduce((sum, name) => sum + queue.purge(name), 0);
  hintIfFirst(state, queue, before);
  // What one operation may touch it frees itself; pulses carry on with the rest.
  sweep(state, queue);
  state.expectAnything(queue);
  return encodeOutcome({ type: "purged", removed });
}

/** `DELETE /queues/{q}`: the queue and everything in it is gone. */
export function deleteQueue(state: QueueState, operation: DeleteQueue): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) return refuse({ code: "queue-not-found" });
  if (queue.config.denyDelete) return refuse({ code: "delete-denied" });
  if (queue.messageCount > 0 && !operation.force) return refuse({ code: "queue-not-empty" });
  state.deleteQueue(queue);
  sweep(state, queue);
  return encodeOutcome({ type: "queue-deleted" });
}

/** `DELETE …/messages/{id}`. Those behind it in its group keep their leases, as after an ack. */
export function deleteMessage(state: QueueState, operation: DeleteMessage): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) return refuse({ code: "queue-not-found" });
  const message = findMessage(state, queue, operation.message);
  if (message === 0) return refuse({ code: "message-not-found" });
  const isLeased = state.messages.u8(message, messageField.state) === messageState.leased;
  if (isLeased && !operation.force) return refuse({ code: "message-leased" });
  leave(state, queue, message);
  takeAway(state, queue, message);
  return encodeOutcome({ type: "message-deleted" });
}

function leave(state: QueueState, queue: Queue, message: number): void {
  switch (state.messages.u8(message, messageField.state)) {
    case messageState.ready:
      return leaveReady(state, queue, message);
    case messageState.scheduled:
      return unschedule(state, queue, message);
    case messageState.leased:
      return endLease(state, queue, message, leaseEnd.none);
    default:
      return exhume(state, queue, message);
  }
}

function refuse(refusal: Refusal): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index: null });
}
