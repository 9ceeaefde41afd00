import type { LeaseKey, MessageKey } from "./ids.ts";
import type { QueueConfigPatch } from "./queue-config.ts";
import type { RedriveFilter } from "./redrive-filter.ts";

/** Everything that can be asked of the queues through the log. */
export type Operation =
  | PutQueue
  | Enqueue
  | Dequeue
  | Settle
  | ExtendDequeue
  | Revoke
  | PauseQueue
  | Once
  | Redrive
  | CancelTask
  | Purge
  | DeleteQueue
  | DeleteMessage;

/** What administers something. */
export type AdminOperation =
  | PutQueue
  | Revoke
  | PauseQueue
  | Purge
  | DeleteQueue
  | DeleteMessage
  | Redrive
  | CancelTask;

/** An operation that administers something, under an Idempotency-Key. */
export interface Once {
  readonly type: "once";
  /** idempotencyKeyHash of the key, and the fingerprint of the whole request. */
  readonly key: IdempotencyKey;
  readonly operation: AdminOperation;
}

/** `PUT /queues/{q}`. */
export interface PutQueue {
  readonly type: "put-queue";
  readonly queue: string;
  /** The fields given, and no others. */
  readonly config: QueueConfigPatch;
  readonly precondition: PutPrecondition;
}

/** An `ETag`, `"<incarnation>.<version>"`: one configuration of one life of a queue. */
export interface ConfigTag {
  readonly incarnation: number;
  readonly version: number;
}

/** `If-Match` with 1 to 32 tags, `If-Match: *`, `If-None-Match: *`, or none of them. */
export type PutPrecondition =
  | { readonly kind: "none" }
  | { readonly kind: "match"; readonly tags: readonly ConfigTag[] }
  | { readonly kind: "match-any" }
  | { readonly kind: "absent" };

/** `POST /queues/{q}/enqueue` and `/enqueue/batch`. */
export interface Enqueue {
  readonly type: "enqueue";
  readonly queue: string;
  /** `single` has exactly one message; `atomic` is a batch that is accepted whole or not at all. */
  readonly form: "single" | "batch" | "atomic";
  /**
   * The Idempotency-Key: idempotencyKeyHash of it, and the fingerprint of the message (single) or
   * of the request's bytes (batch). Of a single message with a dedup id it is ignored.
   */
  readonly idempotency: IdempotencyKey | null;
  /**
   * 1 to 1,000 messages with together at most 4 MiB of bodies; none of a batch whose every entry
   * was malformed, and which still uses up its Idempotency-Key.
   */
  readonly messages: readonly NewMessage[];
}

export interface IdempotencyKey {
  /** 16 bytes. */
  readonly hash: Uint8Array;
  /** 16 bytes. */
  readonly fingerprint: Uint8Array;
}

/** A message to be enqueued. Bytes are views on the operation until they are copied into a slab. */
export interface NewMessage {
  readonly kind: "json" | "bytes";
  /** Stored bytes: of a JSON body those of the value, of base64 what it stands for. At most 1 MiB. */
  readonly body: Uint8Array;
  /** After the default was applied: 1 to 128 printable ASCII bytes. */
  readonly contentType: Uint8Array;
  readonly group: { readonly id: Uint8Array; readonly hash: Uint8Array } | null;
  readonly dedup: DedupKey | null;
  /** What encodeHeaders makes; empty when there are none. */
  readonly headers: Uint8Array;
  /** 0 to 9. */
  readonly priority: number;
  /** Milliseconds from the op's time; not with notBeforeMs. */
  readonly delayMs: number | null;
  /** Milliseconds since 1970; the past means now. */
  readonly notBeforeMs: number | null;
  /** 1 to 1,000; null is the queue's. */
  readonly maxFailures: number | null;
  /** 1 s to 365 d from when it is first ready; null is as long as the queue keeps messages. */
  readonly ttlMs: number | null;
}

export interface DedupKey {
  /** 1 to 128 printable ASCII bytes, shown again in listings. */
  readonly id: Uint8Array;
  /** dedupIdHash of the id. */
  readonly hash: Uint8Array;
  /** messageFingerprint of the message. */
  readonly fingerprint: Uint8Array;
}

/** `POST /queues/{q}/dequeue`. */
export interface Dequeue {
  readonly type: "dequeue";
  readonly queue: string;
  /** `iss` and `sub` as one string. */
  readonly principal: string;
  readonly worker: string | null;
  /** dequeueIdHash of the caller's dequeueId or Idempotency-Key. */
  readonly dequeueHash: Uint8Array | null;
  readonly from: "ready" | "dead";
  /** 1 to 100. */
  readonly max: number;
  /** 1 to 100; null is `max`. */
  readonly maxPerGroup: number | null;
  readonly mode: "lease" | "delete";
  /** 1 s to 12 h as given; null is the queue's default. */
  readonly leaseMs: number | null;
}

/** `POST /queues/{q}/settle` and `/leases/{leaseId}/{action}`. */
export interface Settle {
  readonly type: "settle";
  readonly queue: string;
  readonly atomic: boolean;
  /** 1 to 1,000; an atomic operation names no lease twice (the gateway answers 400). */
  readonly settlements: readonly Settlement[];
}

export type Settlement =
  | { readonly action: "ack"; readonly lease: LeaseKey }
  | {
      readonly action: "nack";
      readonly lease: LeaseKey;
      /** 0 to 7 d instead of the backoff. */
      readonly delayMs: number | null;
      readonly error: DeliveryError | null;
    }
  | { readonly action: "release"; readonly lease: LeaseKey; readonly delayMs: number | null }
  | { readonly action: "reject"; readonly lease: LeaseKey; readonly error: DeliveryError | null }
  | {
      readonly action: "extend";
      readonly lease: LeaseKey;
      /** 1 s to 12 h from now; null is the queue's default. */
      readonly leaseMs: number | null;
      /** JSON of at most 4 KiB; null leaves the last one. */
      readonly progress: Uint8Array | null;
    };

export type SettleAction = Settlement["action"];

/** Why a delivery failed, as the worker says. The gateway cuts texts at 1 KiB of UTF-8. */
export interface DeliveryError {
  readonly type: string;
  /** `error.message`, or the `reason` of a reject. */
  readonly message: string;
}

/** `POST /queues/{q}/extend`: all leases of one dequeue. */
export interface ExtendDequeue {
  readonly type: "extend-dequeue";
  readonly queue: string;
  readonly dequeueHash: Uint8Array;
  readonly leaseMs: number;
}

/** `POST /trust/revocations`: tokens that have this in common are refused from now on. */
export interface Revoke {
  readonly type: "revoke";
  /** revocationKeyHash of what they have in common. */
  readonly key: Uint8Array;
  /**
   * Tokens issued until then, in milliseconds since 1970. `now` is the op's time, by clocks of issuers
   * that are ahead by issuerAheadMsMax.
   */
  readonly issuedUntil: number | "now" | "ever";
}

/** `POST /queues/{q}/pause` and `/resume`. */
export interface PauseQueue {
  readonly type: "pause-queue";
  readonly queue: string;
  readonly what: "send" | "receive";
  /** Null resumes. The gateway cuts the reason at 1 KiB of UTF-8. */
  readonly pause: { readonly by: string; readonly reason: string | null } | null;
}

/** A state that can be purged; `ready` are the blocked ones too. */
export type PurgedState = "ready" | "scheduled" | "leased" | "dead";

/** `POST /queues/{q}/purge`: everything in these states is gone. */
export interface Purge {
  readonly type: "purge";
  readonly queue: string;
  /** At least one, each once. */
  readonly states: readonly PurgedState[];
}

/** `DELETE /queues/{q}`. */
export interface DeleteQueue {
  readonly type: "delete-queue";
  readonly queue: string;
  /** Also when it holds messages. */
  readonly force: boolean;
}

/** `DELETE /queues/{q}/messages/{id}`. */
export interface DeleteMessage {
  readonly type: "delete-message";
  readonly queue: string;
  readonly message: MessageKey;
  /** Also when it is leased. */
  readonly force: boolean;
}

/** `POST /queues/{q}/redrive`. */
export interface Redrive {
  readonly type: "redrive";
  readonly queue: string;
  readonly filter: RedriveFilter;
  /** Messages a second, 1 to 10,000. */
  readonly rate: number;
  /** The queue to which messages go; null is the same. */
  readonly target: string | null;
}

/** `DELETE /tasks/{id}`. */
export interface CancelTask {
  readonly type: "cancel-task";
  readonly number: number;
}
