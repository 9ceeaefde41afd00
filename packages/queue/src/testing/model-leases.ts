import type { Settlement } from "../operation.ts";
import type { DeadReason } from "../message-record.ts";
import type { MessageState } from "../refusal.ts";
import type { ModelMessage } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";

/** A lease as the model sees it: what ended it, if anything did. */
export interface ModelLease {
  readonly queue: ModelQueue;
  readonly message: ModelMessage;
  /** Its seq then: a message that has left the queue may come back, and has another one. */
  readonly seq: number;
  ended: "" | "expired" | "group-rewound" | "superseded" | "dead" | "purged";
  settled: { readonly action: string; readonly state: MessageState } | null;
}

/** What ends a lease, and what a lease that has ended still allows. */
export class ModelLeases {
  protected readonly leases = new Map<number, ModelLease>();
  protected now = 0;
  protected op = 0;
  /** Messages that the op has brought into queues so far. */
  protected index = 0;
  protected leaseClock = 0;

  protected delivered(message: ModelMessage): unknown {
    const isLeased = message.state === "leased";
    return {
      message: message.key,
      seq: message.seq,
      deliveries: message.deliveries,
      failures: message.failures,
      body: message.body,
      fence: isLeased ? message.fence : null,
      untilMs: isLeased ? this.untilMs(message) : null,
    };
  }

  protected untilMs(message: ModelMessage): number {
    return Math.floor((this.now + message.deadline - this.leaseClock) / 1_000);
  }

  protected judge(
    queue: ModelQueue,
    settlement: Settlement,
  ): "held" | "late" | { readonly [field: string]: unknown } {
    const lease = this.leases.get(settlement.lease.fence);
    if (lease === undefined || lease.queue !== queue) return { refused: "lease-unknown" };
    if (lease.settled !== null) {
      const { action, state } = lease.settled;
      if (action !== settlement.action) return { refused: "already-settled", action, state };
      return { state, alreadySettled: true, late: false, leaseUntilMs: null };
    }
    if (lease.ended === "") return "held";
    const isOver = ["superseded", "dead", "purged"].includes(lease.ended);
    if (isOver || settlement.action !== "ack") {
      return { refused: "lease-lost", reason: lease.ended };
    }
    if (queue.isHead(lease.message)) return "late";
    return { refused: "lease-lost", reason: "group-rewound" };
  }

  protected putBack(queue: ModelQueue, message: ModelMessage, delayMs: number): MessageState {
    if (queue.mustDie(message)) {
      this.bury(queue, message, queue.hasFailed(message) ? "max-failures" : "max-deliveries");
      return "dead";
    }
    if (queue.endOf(message) <= this.now) return this.endMessage(queue, message);
    this.rewindAfter(queue, message);
    message.state = delayMs === 0 ? "ready" : "scheduled";
    message.deadline = this.now + delayMs * 1_000;
    return message.state;
  }

  /** A message that nobody leases has reached its end. */
  protected endMessage(queue: ModelQueue, message: ModelMessage): MessageState {
    if (queue.config.onExpire === "dead") {
      this.bury(queue, message, "expired");
      return "dead";
    }
    this.takeAway(queue, message);
    return "done";
  }

  /** Ends a message that is ready or dead if its time is over; whether it was. */
  protected endIfOver(queue: ModelQueue, message: ModelMessage): boolean {
    const isDead = message.state === "dead";
    const end = isDead ? queue.deadEndOf(message) : queue.endOf(message);
    if (end > this.now) return false;
    if (isDead) this.takeAway(queue, message);
    else this.endMessage(queue, message);
    return true;
  }

  /** The message leaves without having been settled. */
  protected takeAway(queue: ModelQueue, message: ModelMessage): void {
    const lease = this.leases.get(message.fence);
    if (lease !== undefined && lease.ended !== "dead") lease.ended = "purged";
    queue.leave(message);
  }

  protected bury(queue: ModelQueue, message: ModelMessage, reason: DeadReason): void {
    message.reason = reason;
    queue.deaths += 1;
    message.death = queue.deaths;
    message.diedAt = this.now;
    message.state = "dead";
    const lease = this.leases.get(message.fence);
    if (lease !== undefined && lease.ended !== "") lease.ended = "dead";
    queue.releaseId(message);
    if (queue.config.onDead === "continue") {
      queue.leaveGroup(message);
      return;
    }
    this.rewindAfter(queue, message);
    queue.holdGroup(message);
  }

  /** The lease of a dead letter has ended without an ack. */
  protected buryAgain(queue: ModelQueue, message: ModelMessage): MessageState {
    const lease = this.leases.get(message.fence);
    if (lease !== undefined && lease.ended !== "") lease.ended = "dead";
    if (queue.deadEndOf(message) <= this.now) {
      this.takeAway(queue, message);
      return "done";
    }
    message.state = "dead";
    if (queue.config.onDead === "continue") queue.leaveGroup(message);
    return "dead";
  }

  protected supersede(message: ModelMessage): void {
    const before = this.leases.get(message.fence);
    const isOver = before?.settled !== null || before.ended === "dead";
    if (before !== undefined && !isOver) before.ended = "superseded";
  }

  protected rewindAfter(queue: ModelQueue, message: ModelMessage): void {
    for (const later of queue.laterInGroup(message)) {
      if (later.state !== "leased" || later.death > 0) continue;
      this.endLease(later, "group-rewound");
      later.rewinds += 1;
      later.state = "ready";
      if (queue.endOf(later) <= this.now) this.endMessage(queue, later);
    }
  }

  protected endLease(message: ModelMessage, ended: ModelLease["ended"]): void {
    const lease = this.leases.get(message.fence);
    if (lease !== undefined) lease.ended = ended;
  }
}

/** Whether the lease's message is in the queue as it was when it was leased. */
export function isIn(queue: ModelQueue, { message, seq }: ModelLease): boolean {
  return queue.messages.get(seq) === message;
}
