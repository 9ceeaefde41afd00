import type { LeaseKey, MessageKey } from "./ids.ts";
import type { Pauses } from "./pause-view.ts";
import type { QueueView } from "./queue-view.ts";
import type { TaskView } from "./task.ts";
import type { LeaseLostReason, MessageState, Refusal } from "./refusal.ts";

/** What an operation did. Times are in milliseconds since 1970. */
export type Outcome =
  | Invalid
  | Refused
  | QueuePut
  | Enqueued
  | Dequeued
  | Settled
  | LeasesExtended
  | Revoked
  | QueuePaused
  | TaskTold
  | Repeated
  | Purged
  | QueueDeleted
  | MessageDeleted;

/** The bytes were no operation, or one whose values no gateway may send. Nothing was done. */
export interface Invalid {
  readonly type: "invalid";
}

/** Nothing was done. */
export interface Refused {
  readonly type: "refused";
  readonly refusal: Refusal;
  /** The first failing entry of an atomic operation; null when it is not about an entry. */
  readonly index: number | null;
}

/** `PUT` succeeded: 201 when created, else 200. */
export interface QueuePut {
  readonly type: "queue-put";
  readonly created: boolean;
  readonly view: QueueView;
}

/** One result for each message, in request order; of `single` and `atomic` none is refused. */
export interface Enqueued {
  readonly type: "enqueued";
  /** Of a batch: this is the stored answer of an earlier call with the same Idempotency-Key. */
  readonly replayed: boolean;
  /** When the (first) call was executed. */
  readonly enqueuedAtMs: number;
  readonly results: readonly EnqueueResult[];
}

export type EnqueueResult =
  | {
      readonly status: "accepted" | "duplicate";
      /** Of a duplicate the original's. */
      readonly message: MessageKey;
      readonly seq: number;
      readonly enqueuedAtMs: number;
    }
  | { readonly status: "refused"; readonly refusal: Refusal };

/** Messages taken, or taken before (`replayed`). Without messages nothing was recorded. */
export interface Dequeued {
  readonly type: "dequeued";
  readonly replayed: boolean;
  /** Whether receiving from the queue is paused. */
  readonly paused: boolean;
  readonly messages: readonly DequeuedMessage[];
  readonly lost: readonly LostLease[];
}

/** A delivery. The bytes are views on the outcome. */
export interface DequeuedMessage {
  readonly message: MessageKey;
  readonly seq: number;
  readonly kind: "json" | "bytes";
  readonly priority: number;
  readonly enqueuedAtMs: number;
  readonly deliveries: number;
  readonly failures: number;
  /** Null of a pop. */
  readonly lease: (LeaseKey & { readonly untilMs: number }) | null;
  readonly contentType: Uint8Array;
  readonly groupId: Uint8Array | null;
  /** What encodeHeaders made. */
  readonly headers: Uint8Array;
  readonly body: Uint8Array;
}

export interface LostLease {
  /** Null of a pop. */
  readonly lease: LeaseKey | null;
  /** Null once the message has left the queue. */
  readonly message: MessageKey | null;
  readonly reason: LeaseLostReason;
}

/** One result for each settlement, in request order; of `atomic` none is refused. */
export interface Settled {
  readonly type: "settled";
  readonly results: readonly SettleResult[];
}

export type SettleResult =
  | {
      readonly status: "settled";
      readonly state: MessageState;
      readonly alreadySettled: boolean;
      readonly late: boolean;
      /** Of an extension; else null. */
      readonly leaseUntilMs: number | null;
    }
  | { readonly status: "refused"; readonly refusal: Refusal };

/** The leases of one dequeue that were extended, and those that could not be. */
export interface LeasesExtended {
  readonly type: "leases-extended";
  readonly extended: readonly (LeaseKey & { readonly untilMs: number })[];
  readonly lost: readonly LostLease[];
}

/** What is revoked now: with what was revoked of the same key before. */
export interface Revoked {
  readonly type: "revoked";
  readonly key: Uint8Array;
  /** Tokens issued until then; null: whenever issued. */
  readonly issuedUntilMs: number | null;
  /** Until when it is remembered. */
  readonly keptUntilMs: number;
}

/** What is paused now. */
export interface QueuePaused {
  readonly type: "queue-paused";
  readonly paused: Pauses;
}

/** What the first call with this Idempotency-Key was answered. */
export interface Repeated {
  readonly type: "repeated";
  readonly outcome: Exclude<Outcome, Repeated>;
}

/** What a purge took away. */
export interface Purged {
  readonly type: "purged";
  readonly removed: number;
}

/** The queue is gone, with everything in it. */
export interface QueueDeleted {
  readonly type: "queue-deleted";
}

/** The message is gone. */
export interface MessageDeleted {
  readonly type: "message-deleted";
}

/** A task that was begun, or cancelled. */
export interface TaskTold {
  readonly type: "task";
  readonly task: TaskView;
}
