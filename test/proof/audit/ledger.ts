/**
 * What clients of a queue sent and were told, and whether that keeps the queue's promises. It
 * believes no counter of a server: every judgement rests on answers that some client has read.
 *
 * Callers say what they are about to do *before* the request leaves, once for a call and all its
 * retries, and what they were told *after* the answer came. So "known before" is exact.
 */
import type { BrokenPromise, PromiseName } from "./broken-promise.ts";
import { GroupOrder, type GroupPlace } from "./group-order.ts";

/** One message of a dequeue's answer. */
export interface Delivery {
  /** The id in the body, chosen by the producer; it is the dedup id too. */
  readonly id: string;
  readonly messageId: string;
  readonly leaseId: string;
  readonly fence: number;
}

/** A dequeue that is about to be sent: what was known at that moment. */
export interface Asked {
  readonly at: number;
  readonly fenceBefore: number;
}

/**
 * `firm` leases run longer than any run, and their holder acknowledges them; `weak` ones may end
 * at any time, because they are short or are given back.
 */
export type LeaseStrength = "firm" | "weak";

interface Message {
  readonly id: string;
  readonly place: GroupPlace | null;
  messageId: string | null;
  newestFence: number;
  readonly leases: Lease[];
  settledBy: Lease | null;
  /** The ledger's time of the answer that settled it; Infinity until then. */
  settledAt: number;
}

interface Lease extends Delivery {
  readonly message: Message;
  readonly strength: LeaseStrength;
  /** Answers that said "settled now", not "settled already". */
  freshAnswers: number;
  /** A newer lease of the message was known when the ack was first sent. */
  isAckStale: boolean;
}

/** See the file. One ledger for one queue. */
export class Ledger {
  readonly broken: BrokenPromise[] = [];
  /** Acks of leases known to be stale, and how many of them were refused. */
  staleTried = 0;
  staleRefused = 0;
  readonly #messages = new Map<string, Message>();
  readonly #open = new Set<Message>();
  readonly #leases = new Map<string, Lease>();
  readonly #leaseOfFence = new Map<number, string>();
  readonly #order = new GroupOrder();
  #acknowledged = 0;
  #time = 0;
  #fenceMax = 0;

  /** Messages whose enqueue was acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Messages that are acknowledged and not settled. */
  get unsettled(): number {
    return this.#open.size;
  }

  /** A message is about to be sent. `place` is where it stands in its group, null without one. */
  sending(id: string, place: GroupPlace | null): void {
    if (place !== null) this.#order.add(place);
    this.#messages.set(id, {
      id,
      place,
      messageId: null,
      newestFence: 0,
      leases: [],
      settledBy: null,
      settledAt: Infinity,
    });
  }

  /** The first 2xx for a message. */
  acknowledge(id: string, messageId: string): void {
    const message = this.#message(id);
    if (message === null) return;
    this.#nameIs(message, messageId);
    this.#acknowledged += 1;
    if (message.settledBy === null) this.#open.add(message);
  }

  /** The answer to a message that was acknowledged before and sent again on purpose. */
  acknowledgeAgain(id: string, messageId: string, isDuplicate: boolean): void {
    const message = this.#message(id);
    if (message === null) return;
    this.#nameIs(message, messageId);
    if (!isDuplicate) this.#breaks("enqueuedTwice", `${id} sent again is called new`);
  }

  /** A dequeue is about to be sent for the first time. */
  asking(): Asked {
    this.#time += 1;
    return { at: this.#time, fenceBefore: this.#fenceMax };
  }

  /** The answer to a dequeue, in its order. */
  deliver(asked: Asked, deliveries: readonly Delivery[], strength: LeaseStrength): void {
    const leases = deliveries.flatMap((delivery) => {
      const message = this.#message(delivery.id);
      if (message === null) return [];
      return [{ ...delivery, message, strength, freshAnswers: 0, isAckStale: false }];
    });
    const places = leases.flatMap(({ message }) => (message.place === null ? [] : [message.place]));
    const overtaken = this.#order.firstOvertaken(places);
    if (overtaken !== null) this.#breaks("groupOrder", overtaken);
    for (const lease of leases) this.#grant(asked, lease);
  }

  /** A dequeue was answered that leases of it, which should run, have ended. */
  reportLost(leaseIds: readonly string[], strength: LeaseStrength): void {
    if (strength === "weak") return;
    for (const leaseId of leaseIds) this.#breaks("leaseBroken", `${leaseId} is reported lost`);
  }

  /** An ack of these leases is about to be sent for the first time. */
  acking(leaseIds: readonly string[]): void {
    for (const leaseId of leaseIds) {
      const lease = this.#leases.get(leaseId);
      if (lease === undefined) continue;
      lease.isAckStale = lease.message.newestFence > lease.fence;
      const { place } = lease.message;
      // A stale ack settles nothing, so whoever comes next still has to wait for the message.
      if (place !== null && !lease.isAckStale) this.#order.close(place);
    }
  }

  /** The answer to the ack of one lease; `alreadySettled` is the answer's own word. */
  acked(leaseId: string, status: number, alreadySettled: boolean): void {
    const lease = this.#leases.get(leaseId);
    if (lease === undefined) return this.#breaks("invented", `an answer about ${leaseId}`);
    if (lease.isAckStale) this.staleTried += 1;
    if (status === 200) this.#settle(lease, alreadySettled);
    else if (lease.isAckStale) this.staleRefused += 1;
    else if (lease.strength === "firm") {
      this.#breaks("refused", `ack of ${nameOf(lease)} answered ${status}`);
    }
  }

  /** True when a newer lease of the same message was seen. */
  isStale(leaseId: string): boolean {
    const lease = this.#leases.get(leaseId);
    return lease !== undefined && lease.message.newestFence > lease.fence;
  }

  /** Closes a round in which the queue was emptied: what is still open will not come. */
  closeRound(): void {
    for (const { id, leases } of this.#open) {
      const last = leases.at(-1);
      const seen = last === undefined ? "never delivered" : `last lease ${nameOf(last)}`;
      this.#breaks("lost", `${id} was acknowledged and not settled; ${seen}`);
    }
    this.#open.clear();
  }

  /** The queue, which should be empty, says that it holds messages. */
  foundLeft(count: number): void {
    this.#breaks("invented", `${count} messages in the queue after all were settled`);
  }

  /** How often a promise was seen broken. */
  countOf(...names: readonly PromiseName[]): number {
    return this.broken.filter(({ promise }) => names.includes(promise)).length;
  }

  #grant(asked: Asked, lease: Lease): void {
    const { message, fence, leaseId, messageId } = lease;
    this.#nameIs(message, messageId);
    const other = this.#leaseOfFence.get(fence) ?? (this.#leases.has(leaseId) ? leaseId : null);
    if (other !== null || fence <= asked.fenceBefore) {
      this.#breaks("fenceOrder", `${nameOf(lease)} after ${asked.fenceBefore}, ${other ?? ""}`);
    }
    if (message.settledAt < asked.at) {
      this.#breaks("deliveredAfterSettlement", `${message.id} came as ${nameOf(lease)}`);
    }
    const broken = message.leases.find(
      (each) => isBrokenBy(each, lease) || isBrokenBy(lease, each),
    );
    if (broken !== undefined) {
      this.#breaks("leaseBroken", `${message.id}: ${nameOf(broken)} and ${nameOf(lease)}`);
    }
    message.leases.push(lease);
    message.newestFence = Math.max(message.newestFence, fence);
    this.#fenceMax = Math.max(this.#fenceMax, fence);
    this.#leases.set(leaseId, lease);
    this.#leaseOfFence.set(fence, leaseId);
  }

  #settle(lease: Lease, alreadySettled: boolean): void {
    const { message } = lease;
    if (lease.isAckStale) {
      this.#breaks("staleAccepted", `${message.id}: ${nameOf(lease)} < ${message.newestFence}`);
    }
    if (!alreadySettled) lease.freshAnswers += 1;
    if (message.settledBy !== null && message.settledBy !== lease) {
      this.#breaks("settledTwice", `${message.id}: ${nameOf(message.settledBy)}, ${nameOf(lease)}`);
    } else if (lease.freshAnswers > 1) {
      this.#breaks("settledTwice", `${message.id}: ${nameOf(lease)} twice`);
    }
    if (message.settledBy !== null) return;
    this.#time += 1;
    message.settledBy = lease;
    message.settledAt = this.#time;
    this.#open.delete(message);
  }

  #nameIs(message: Message, messageId: string): void {
    if (message.messageId !== null && message.messageId !== messageId) {
      this.#breaks("enqueuedTwice", `${message.id} is ${message.messageId} and ${messageId}`);
    }
    message.messageId = messageId;
  }

  #message(id: string): Message | null {
    const message = this.#messages.get(id) ?? null;
    if (message === null) this.#breaks("invented", `a message ${id}`);
    return message;
  }

  #breaks(promise: PromiseName, evidence: string): void {
    this.broken.push({ promise, evidence });
  }
}

/** A firm lease allows no newer one: it ends by the settlement of its message alone. */
function isBrokenBy(older: Lease, newer: Lease): boolean {
  return older.strength === "firm" && newer.fence > older.fence;
}

function nameOf({ leaseId, fence, strength }: Lease): string {
  return `${leaseId} (fence ${fence}, ${strength})`;
}
