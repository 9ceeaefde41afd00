import { assert, type ExecutionContext, type Sha256 } from "@quorate/prelude";
import { encodeDelivery } from "./delivery.ts";
import { holderHash } from "./fingerprint.ts";
import { LeaseTags } from "./lease-tags.ts";
import { leaseEndFromNow } from "./lease-clock.ts";
import {
  batchBodyBytesMax,
  deadLettersExaminedMax,
  dequeueReplaysMax,
  endedPerDequeueMax,
} from "./limits.ts";
import { exhume } from "./message-death.ts";
import { isOver } from "./message-end.ts";
import { bodyBytesOf, storedBytesOf } from "./message-blob.ts";
import { detach, freeRecord, lease, supersede, takeAway } from "./message-life.ts";
import { messageField, messageState } from "./message-record.ts";
import type { Dequeue } from "./operation.ts";
import { firstCandidate, leaveReady, refreshGroup, setCandidate } from "./order.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { Queue } from "./queue.ts";
import type { Refusal } from "./refusal.ts";
import { replay } from "./replay.ts";
import { leaveAndEnd } from "./retention.ts";
import type { QueueState } from "./state.ts";

/** `dequeue`: a replay if the id is known, else the next messages (contract, "Dequeue"). */
export function dequeue(
  state: QueueState,
  operation: Dequeue,
  context: ExecutionContext,
  sha256: Sha256,
): Uint8Array {
  const queue = state.queue(operation.queue);
  if (queue === undefined) return refuse({ code: "queue-not-found" });
  const { dequeueHash } = operation;
  if (dequeueHash !== null) {
    const call = state.calls.find(queue.incarnation, dequeueHash);
    if (call !== 0) return replay(state, queue, call, operation);
  }
  const room = operation.mode === "delete" ? operation.max : roomInFlight(queue);
  if (room <= 0) {
    return refuse({ code: "in-flight-limit", limit: "maxInFlight", max: queue.config.maxInFlight });
  }
  const waiting = operation.from === "dead" ? queue.dead : queue.candidates;
  if (queue.paused.receive !== null || waiting === 0) return encodeDelivery(state, queue, []);
  if (dequeueHash !== null && !hasRoomForCall(state)) {
    return refuse({ code: "dequeue-capacity", limit: "dequeueReplaysMax", max: dequeueReplaysMax });
  }
  const max = Math.min(room, operation.max);
  const taken =
    operation.from === "dead"
      ? takeDead(state, queue, operation, max)
      : take(state, queue, operation, max);
  // What there was may have been over.
  if (taken.length === 0) return encodeDelivery(state, queue, []);
  if (operation.mode === "delete") return pop(state, queue, operation, taken);
  return deliver(state, queue, operation, taken, {
    tags: new LeaseTags(sha256, context),
    holderKey: holderHash(sha256, operation.principal, operation.worker),
  });
}

/** Leases that the queue may still grant. */
export function roomInFlight(queue: Queue): number {
  return queue.config.maxInFlight - queue.leased;
}

function hasRoomForCall(state: QueueState): boolean {
  return state.calls.count < dequeueReplaysMax || state.calls.evict();
}

/**
 * Takes the next messages out of the candidates, in order; they are in no state until they are
 * leased or popped. After a group's head its next message competes, in this dequeue alone. What is
 * over, but waits for its pulse, is ended on the way.
 */
function take(state: QueueState, queue: Queue, operation: Dequeue, max: number): readonly number[] {
  const { messages } = state;
  const maxPerGroup = operation.maxPerGroup ?? operation.max;
  const takenOfGroup = new Map<number, number>();
  const taken: number[] = [];
  let bodyBytes = 0;
  let ended = 0;
  while (taken.length < max) {
    const message = firstCandidate(queue);
    if (message === 0) break;
    if (isOver(state, queue, message)) {
      if (ended === endedPerDequeueMax) {
        // Who asks again finds what is behind them.
        state.readyHints.add(queue.name);
        break;
      }
      leaveAndEnd(state, queue, message);
      ended += 1;
      continue;
    }
    bodyBytes += bodyBytesOf(state, message);
    if (taken.length > 0 && bodyBytes > batchBodyBytesMax) break;
    leaveReady(state, queue, message);
    taken.push(message);
    const group = messages.u32(message, messageField.group);
    if (group === 0) continue;
    const ofGroup = (takenOfGroup.get(group) ?? 0) + 1;
    takenOfGroup.set(group, ofGroup);
    const next = messages.u32(message, messageField.next);
    setCandidate(state, queue, group, ofGroup < maxPerGroup ? next : 0);
  }
  return taken;
}

// The same of dead letters, in the order of their deaths. They hold their groups up, or stand
// outside of them, so that no other message competes.
function takeDead(
  state: QueueState,
  queue: Queue,
  operation: Dequeue,
  max: number,
): readonly number[] {
  const maxPerGroup = operation.maxPerGroup ?? operation.max;
  const takenOfGroup = new Map<number, number>();
  const taken: number[] = [];
  let bodyBytes = 0;
  let death = queue.deaths.from(0, null);
  for (let looked = 0; death >= 0 && looked < deadLettersExaminedMax; looked++) {
    if (taken.length === max) break;
    const message = queue.deaths.get(death);
    const group = state.messages.u32(message, messageField.group);
    const ofGroup = group === 0 ? 0 : (takenOfGroup.get(group) ?? 0);
    if (isOver(state, queue, message)) {
      exhume(state, queue, message);
      takeAway(state, queue, message);
    } else if (ofGroup < maxPerGroup) {
      bodyBytes += bodyBytesOf(state, message);
      if (taken.length > 0 && bodyBytes > batchBodyBytesMax) break;
      takenOfGroup.set(group, ofGroup + 1);
      exhume(state, queue, message);
      taken.push(message);
    }
    death = queue.deaths.from(death + 1, null);
  }
  return taken;
}

function deliver(
  state: QueueState,
  queue: Queue,
  operation: Dequeue,
  taken: readonly number[],
  { tags, holderKey }: { readonly tags: LeaseTags; readonly holderKey: Uint8Array },
): Uint8Array {
  const { messages } = state;
  const until = leaseEndFromNow(state, operation.leaseMs ?? queue.config.leaseMsDefault);
  const firstFence = state.fences.next;
  const holder = state.holders.hold(queue.incarnation, holderKey, operation, taken.length);
  for (const message of taken) {
    lease(state, queue, message, { tag: tags.next(state.fences.next), until, holder });
  }
  for (const message of taken)
    refreshGroup(state, queue, messages.u32(message, messageField.group));
  if (operation.dequeueHash !== null) {
    const call = addCall(state, queue, operation, operation.dequeueHash, {
      count: taken.length,
      firstFence,
      firstPopped: 0,
    });
    for (const message of taken) messages.setU32(message, messageField.call, call);
  }
  return encodeDelivery(state, queue, taken);
}

// A pop is done at once. With an id its bodies stay for a minute, as a chain of popped messages.
function pop(
  state: QueueState,
  queue: Queue,
  operation: Dequeue,
  taken: readonly number[],
): Uint8Array {
  const { messages } = state;
  for (const message of taken) {
    const deliveries = messages.u32(message, messageField.deliveries);
    messages.setU32(message, messageField.deliveries, deliveries + 1);
    messages.setU8(message, messageField.state, messageState.popped);
  }
  for (const message of taken) {
    supersede(state, message);
    detach(state, queue, message);
  }
  const answer = encodeDelivery(state, queue, taken);
  if (operation.dequeueHash === null) {
    for (const message of taken) freeRecord(state, message);
    return answer;
  }
  const [firstPopped] = taken;
  assert(firstPopped !== undefined, "a pop that is remembered took a message");
  taken.forEach((message, index) => {
    queue.bytesPopped += storedBytesOf(state, message);
    messages.setU32(message, messageField.next, taken[index + 1] ?? 0);
  });
  const kept = { count: taken.length, firstFence: 0, firstPopped };
  addCall(state, queue, operation, operation.dequeueHash, kept);
  return answer;
}

function addCall(
  state: QueueState,
  queue: Queue,
  operation: Dequeue,
  key: Uint8Array,
  kept: { readonly count: number; readonly firstFence: number; readonly firstPopped: number },
): number {
  return state.calls.add({
    queue: queue.incarnation,
    key,
    max: operation.max,
    leaseMs: operation.leaseMs ?? 0,
    isPop: operation.mode === "delete",
    atMicros: state.now,
    ...kept,
  });
}

function refuse(refusal: Refusal): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index: null });
}
