/**
 * Made from the routes of `packages/contract`, so that the SDK needs no schema library; do not
 * edit: `npx vitest run --project tidy -u` writes it anew.
 */
/* oxlint-disable max-lines */

export interface BatchEnqueued {
  readonly results: readonly (
    | {
        readonly status: number;
        readonly messageId: MessageId;
        readonly seq: number;
        readonly duplicate: boolean;
      }
    | { readonly status: number; readonly problem: Problem }
  )[];
  readonly summary: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly refused: number;
  };
  readonly enqueuedAt: Time | null;
  readonly coord: Coord;
}

export interface Cluster {
  readonly clusterId: string;
  readonly epoch: number;
  readonly view: number;
  readonly status: "starting" | "normal" | "view-change" | "no-quorum" | "reconfiguring";
  readonly primary: string | null;
  readonly commit: number;
  readonly quorum: {
    readonly needed: number;
    readonly reachable: number;
    readonly canLose: number;
  };
  readonly members: readonly Member[];
  readonly asOfMs: number | null;
  readonly coord: Coord;
}

/** Coordinate of the answer in the replicated log. */
export interface Coord {
  readonly epoch: number;
  readonly view: number;
  readonly op: number;
}

export interface Delivery {
  readonly messageId: MessageId;
  /** Its place in the queue, growing. */
  readonly seq: number;
  readonly body?: unknown;
  readonly bodyBase64?: string | undefined;
  readonly contentType: string;
  readonly groupId: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly enqueuedAt: Time;
  /** How often it was given out, this time included. */
  readonly deliveries: number;
  /** How often it has failed. */
  readonly failures: number;
  /** Settles it; null without a lease. */
  readonly leaseId: LeaseId | null;
  /** When the lease ends, at the earliest. */
  readonly leaseUntil: Time | null;
  /** Grows with every lease of the cluster. */
  readonly fence: number | null;
}

export interface Dequeued {
  readonly messages: readonly Delivery[];
  /** Whether the dequeueId was known: then these are what is left of its messages. */
  readonly replayed: boolean;
  /** Of a replay what is not leased any more. */
  readonly lost: readonly LostLease[];
  /** Whether receiving is paused, so that nothing new is given. */
  readonly paused: boolean;
  readonly coord: Coord;
}

export interface Enqueued {
  readonly messageId: MessageId;
  readonly seq: number;
  readonly duplicate: boolean;
  readonly enqueuedAt: Time;
  readonly coord: Coord;
}

export interface Extended {
  readonly extended: readonly { readonly leaseId: LeaseId; readonly leaseUntil: Time }[];
  readonly lost: readonly {
    readonly leaseId: LeaseId;
    readonly messageId: MessageId | null;
    readonly reason: string;
  }[];
  readonly coord: Coord;
}

export interface Group {
  readonly groupId: string;
  readonly state: "ready" | "locked" | "waiting" | "dead";
  /** Messages that are neither leased nor dead. */
  readonly waiting: number;
  readonly head: MessageId;
  /** Since when the head is what it is. */
  readonly since: Time;
}

export interface Groups {
  readonly groups: readonly Group[];
  readonly cursor?: string | undefined;
  readonly coord: Coord;
}

export type LeaseId = string;

export interface Live {
  readonly status: "live";
}

export interface LostLease {
  readonly leaseId: LeaseId | null;
  readonly messageId: MessageId | null;
  readonly reason: string;
}

export interface Me {
  readonly principal: { readonly issuer: string; readonly subject: string };
  readonly scopes: readonly string[];
  readonly expiresAt: Time;
  readonly clusterId: string;
  readonly coord: Coord;
}

export interface Member {
  readonly id: string;
  readonly index: number;
  readonly role: "voter" | "learner" | "retiring";
  readonly status: "normal" | "view-change" | "recovering" | "transferring" | "unreachable";
  readonly view: number;
  readonly op: number;
  readonly commit: number;
  readonly lagOps: number;
  readonly lagMs: number;
  readonly lastSeenMs: number | null;
  readonly keyId: string;
  readonly keyAgeMs: number;
  readonly version: string;
  readonly fsyncMsP99: number | null;
  readonly signatureRejects: number;
  readonly safeToStop: boolean;
}

/** headers, body or bodyBase64, errors and lease.progress only with peek. */
export interface Message {
  readonly messageId: MessageId;
  readonly seq: number;
  readonly state: "ready" | "blocked" | "leased" | "scheduled" | "dead";
  readonly groupId: string | null;
  readonly dedupId: string | null;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly priority: number;
  readonly enqueuedAt: Time;
  /** Of a scheduled message. */
  readonly dueAt: Time | null;
  /** When it ends unless it is leased then. */
  readonly expiresAt: Time;
  readonly deliveries: number;
  readonly failures: number;
  readonly redrives: number;
  readonly body?: unknown;
  readonly bodyBase64?: string | undefined;
  readonly lease: MessageLease | null;
  readonly dead: {
    readonly reason: "max-failures" | "max-deliveries" | "rejected" | "expired";
    readonly at: Time;
  } | null;
  /** Newest first, 10 are kept. */
  readonly errors?:
    | readonly {
        readonly at: Time;
        readonly type: string;
        readonly message: string;
        readonly worker: string | null;
      }[]
    | undefined;
}

export type MessageId = string;

/** Never with the lease id. */
export interface MessageLease {
  readonly worker: string | null;
  readonly principal: { readonly issuer: string; readonly subject: string };
  readonly since: Time;
  readonly until: Time;
  readonly fence: number;
  /** Only with peek. */
  readonly progress?: unknown;
}

export interface MessageReply extends Message {
  readonly coord: Coord;
}

export interface Messages {
  readonly messages: readonly Message[];
  readonly cursor?: string | undefined;
  readonly coord: Coord;
}

export interface Paused {
  readonly send: { readonly by: string; readonly at: Time; readonly reason: string | null } | null;
  readonly receive: {
    readonly by: string;
    readonly at: Time;
    readonly reason: string | null;
  } | null;
}

export interface PausedReply {
  readonly paused: Paused;
  readonly coord: Coord;
}

/** RFC 9457; code and outcome tell a program what to do. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly outcome: "not-executed" | "executed" | "unknown";
  readonly retryable: boolean;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[] | undefined;
  readonly limit?: string | undefined;
  readonly max?: number | undefined;
  readonly index?: number | undefined;
  readonly messageId?: string | undefined;
  readonly reason?: string | undefined;
  readonly action?: string | undefined;
  readonly state?: string | undefined;
  readonly scope?: string | undefined;
}

export interface Purged {
  readonly removed: number;
  readonly coord: Coord;
}

export interface PutEffect {
  readonly creates: boolean;
  readonly changes: readonly {
    readonly field: string;
    readonly from: number | string | boolean;
    readonly to: number | string | boolean;
  }[];
  /** Limits below what the queue holds now; nothing is dropped for them. */
  readonly exceeded: readonly ("maxMessages" | "maxBytes" | "maxInFlight")[];
}

export interface Queue {
  readonly name: QueueName;
  readonly config: QueueConfig;
  readonly stats: QueueStats;
  readonly paused: Paused;
  /** Only with dryRun. */
  readonly effect?: PutEffect | undefined;
  readonly coord: Coord;
}

export interface QueueConfig {
  /** A message that has failed so often is dead. */
  readonly maxFailures: number;
  /** One that was given out so often is dead, too. */
  readonly maxDeliveries: number;
  /** How long a message waits after a failure. */
  readonly backoff: {
    /** The wait after the first failure. */
    readonly baseMs: number;
    /** How many times longer each further wait is. */
    readonly factor: number;
    /** The longest wait. */
    readonly maxMs: number;
    /** By which part of itself a wait may be shorter or longer. */
    readonly jitter: number;
  };
  /** The lease of a dequeue that names none. */
  readonly leaseMsDefault: number;
  /** How long a dedupId is remembered. */
  readonly dedupWindowMs: number;
  /** `untilSettled` remembers a dedupId as long as its message is there. */
  readonly dedupMode: "window" | "untilSettled";
  /** A message that nobody has received ends after this. */
  readonly retentionMs: number;
  /** A dead letter is removed after this. */
  readonly deadRetentionMs: number;
  /** Messages at most, dead ones included. */
  readonly maxMessages: number;
  /** Their bytes at most. */
  readonly maxBytes: number;
  /** Leases at a time. */
  readonly maxInFlight: number;
  /** Bytes of a body at most. */
  readonly bodyBytesMax: number;
  /** What becomes of a message that has ended. */
  readonly onExpire: "dead" | "drop";
  /** `block` lets a dead letter hold up its group. */
  readonly onDead: "continue" | "block";
  /** Purging is refused. */
  readonly denyPurge: boolean;
  /** Deleting the queue is refused. */
  readonly denyDelete: boolean;
}

/** Name of a queue. */
export type QueueName = string;

/** The first five are disjoint and add up to all messages. */
export interface QueueStats {
  /** Could be delivered now. */
  readonly ready: number;
  /** Wait for another message of their group. */
  readonly blocked: number;
  /** Given out, and not settled yet. */
  readonly leased: number;
  /** Wait for their time. */
  readonly scheduled: number;
  /** Dead letters. */
  readonly dead: number;
  /** Of all of them. */
  readonly bytes: number;
  /** Since it was sent or due. */
  readonly oldestReadyAgeMs: number | null;
  /** Per second over 60 s, as this gateway has seen it. */
  readonly rates: {
    readonly enqueued: number;
    readonly dequeued: number;
    readonly settled: number;
    /** Leases that ended by themselves, wherever. */
    readonly expired: number;
    readonly redelivered: number;
    readonly source: "gateway";
  };
  /** Principals that asked this gateway in the last 60 s. */
  readonly consumers: number;
}

export interface Queues {
  readonly queues: readonly {
    readonly name: QueueName;
    readonly config: QueueConfig;
    readonly stats: QueueStats;
    readonly paused: Paused;
  }[];
  readonly cursor?: string | undefined;
  readonly coord: Coord;
}

export interface QuorumCritical {
  readonly id: string;
  readonly safeToStop: boolean;
  readonly quorum: {
    readonly needed: number;
    readonly reachable: number;
    readonly canLose: number;
  };
  readonly coord: Coord;
}

export interface Ready {
  readonly status: "ready" | "not-ready";
  readonly reason: string | null;
}

export interface Redriven {
  /** Null with dryRun. */
  readonly taskId: TaskId | null;
  /** Dead letters that are meant. */
  readonly matched: number;
  /** Whether `matched` still grows: of more than 2,000 dead letters those that a groupId or an errorType means are counted by and by. */
  readonly counting: boolean;
  readonly coord: Coord;
}

export interface Revoked {
  readonly issuer: string;
  readonly jti: string | null;
  readonly sub: string | null;
  readonly before: Time | null;
  readonly keptUntil: Time;
  readonly coord: Coord;
}

export interface Settled {
  readonly leaseId: string;
  readonly state: "ready" | "scheduled" | "leased" | "done" | "dead";
  readonly alreadySettled: boolean;
  readonly late: boolean;
  readonly leaseUntil: Time | null;
  readonly coord: Coord;
}

export interface SettledMany {
  readonly results: readonly (
    | {
        readonly leaseId: string;
        readonly state: "ready" | "scheduled" | "leased" | "done" | "dead";
        readonly alreadySettled: boolean;
        readonly late: boolean;
        readonly leaseUntil: Time | null;
        readonly status: number;
      }
    | { readonly leaseId: string; readonly status: number; readonly problem: Problem }
  )[];
  readonly summary: { readonly ok: number; readonly failed: number };
  readonly coord: Coord;
}

export interface Task {
  readonly taskId: TaskId;
  readonly queue: QueueName;
  readonly kind: "redrive";
  readonly state: "running" | "done" | "cancelled";
  readonly matched: number;
  /** Whether `matched` still grows: of more than 2,000 dead letters those that a groupId or an errorType means are counted by and by. */
  readonly counting: boolean;
  readonly moved: number;
  readonly startedAt: Time;
  readonly endedAt: Time | null;
  readonly coord: Coord;
}

export type TaskId = string;

/** RFC 3339, UTC, three decimals. */
export type Time = string;

/** Why the API refuses or fails: a code never changes its meaning. */
export type ApiErrorCode =
  | "request-invalid"
  | "limit-exceeded"
  | "token-missing"
  | "token-invalid"
  | "scope-missing"
  | "purge-denied"
  | "delete-denied"
  | "route-not-found"
  | "queue-not-found"
  | "message-not-found"
  | "lease-unknown"
  | "task-not-found"
  | "member-not-found"
  | "change-not-found"
  | "method-not-allowed"
  | "queue-not-empty"
  | "message-leased"
  | "lease-lost"
  | "already-settled"
  | "change-in-progress"
  | "paused"
  | "etag-mismatch"
  | "queue-exists"
  | "stale-epoch"
  | "payload-too-large"
  | "unsupported-media-type"
  | "dedup-conflict"
  | "idempotency-mismatch"
  | "dequeue-id-reused"
  | "preflight-failed"
  | "precondition-required"
  | "rate-limited"
  | "queue-full"
  | "dedup-capacity"
  | "dequeue-capacity"
  | "in-flight-limit"
  | "internal"
  | "no-quorum"
  | "view-change"
  | "overloaded"
  | "starting"
  | "outcome-unknown";

/** What every route is asked and what it answers. */
export interface Operations {
  /** Store up to 1,000 messages; results in request order. */
  readonly enqueueBatch: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      readonly messages: readonly {
        /** Any JSON value; exactly one of this and bodyBase64 is given. */
        readonly body?: unknown;
        /** Bytes instead of a JSON value. */
        readonly bodyBase64?: string | undefined;
        /** What the body is. */
        readonly contentType?: string | undefined;
        /** Messages of one group are delivered in order. */
        readonly groupId?: string | undefined;
        /** The same id again is the same message, as long as the queue's dedupWindowMs or dedupMode says. */
        readonly dedupId?: string | undefined;
        /** Deliver it so much later (0); not beside notBefore. */
        readonly delayMs?: number | undefined;
        /** Deliver it not before this time. */
        readonly notBefore?: string | undefined;
        /** It ends when nobody has received it so long after it was ready (the queue's retentionMs). */
        readonly ttlMs?: number | undefined;
        /** Higher ones first (4). */
        readonly priority?: number | undefined;
        /** Dead after so many failures (the queue's maxFailures). */
        readonly maxFailures?: number | undefined;
        /** Texts by name, kept as they are sent. */
        readonly headers?: Readonly<Record<string, string>> | undefined;
      }[];
      /** All or none (false). */
      readonly atomic?: boolean | undefined;
    };
    readonly answer: BatchEnqueued;
  };
  /** Store one message; 2xx means that a quorum has it on disk. */
  readonly enqueue: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** Any JSON value; exactly one of this and bodyBase64 is given. */
      readonly body?: unknown;
      /** Bytes instead of a JSON value. */
      readonly bodyBase64?: string | undefined;
      /** What the body is. */
      readonly contentType?: string | undefined;
      /** Messages of one group are delivered in order. */
      readonly groupId?: string | undefined;
      /** The same id again is the same message, as long as the queue's dedupWindowMs or dedupMode says. */
      readonly dedupId?: string | undefined;
      /** Deliver it so much later (0); not beside notBefore. */
      readonly delayMs?: number | undefined;
      /** Deliver it not before this time. */
      readonly notBefore?: string | undefined;
      /** It ends when nobody has received it so long after it was ready (the queue's retentionMs). */
      readonly ttlMs?: number | undefined;
      /** Higher ones first (4). */
      readonly priority?: number | undefined;
      /** Dead after so many failures (the queue's maxFailures). */
      readonly maxFailures?: number | undefined;
      /** Texts by name, kept as they are sent. */
      readonly headers?: Readonly<Record<string, string>> | undefined;
    };
    readonly answer: Enqueued;
  };
  /** Receive up to 100 messages; waits up to waitMs for the first. */
  readonly dequeue: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** Messages at most (1). */
      readonly max?: number | undefined;
      /** How long they are yours (the queue's leaseMsDefault). */
      readonly leaseMs?: number | undefined;
      /** How long to wait for the first message (0). */
      readonly waitMs?: number | undefined;
      /** The same id again, within 5 min, gives the same messages with the same leases. */
      readonly dequeueId?: string | undefined;
      /** `delete` takes them out without a lease (lease). */
      readonly mode?: "lease" | "delete" | undefined;
      /** Messages of one group at most (max). */
      readonly maxPerGroup?: number | undefined;
      /** `dead` gives out dead letters (ready). */
      readonly from?: "ready" | "dead" | undefined;
      /** What operators see as the holder of the leases. */
      readonly worker?: string | undefined;
    };
    readonly answer: Dequeued;
  };
  /** Settle up to 1,000 leases; 200 even if all failed. */
  readonly settle: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      readonly settlements: readonly (
        | { readonly leaseId: string; readonly action: "ack" }
        | {
            readonly leaseId: string;
            readonly action: "nack";
            /** Kept with the message. */
            readonly error?:
              | {
                  /** Its kind, by which a redrive can choose. */
                  readonly type?: string | undefined;
                  /** What went wrong; cut at 1 KiB. */
                  readonly message?: string | undefined;
                }
              | undefined;
            /** How long it waits (as the queue's backoff says). */
            readonly delayMs?: number | undefined;
          }
        | {
            readonly leaseId: string;
            readonly action: "release";
            /** How long nobody gets it (0). */
            readonly delayMs?: number | undefined;
          }
        | {
            readonly leaseId: string;
            readonly action: "reject";
            /** Kept with the message. */
            readonly error?:
              | {
                  /** Its kind, by which a redrive can choose. */
                  readonly type?: string | undefined;
                  /** What went wrong; cut at 1 KiB. */
                  readonly message?: string | undefined;
                }
              | undefined;
            /** Why; kept with the message, cut at 1 KiB. */
            readonly reason?: string | undefined;
          }
        | {
            readonly leaseId: string;
            readonly action: "extend";
            /** How long from now (the queue's leaseMsDefault). */
            readonly leaseMs?: number | undefined;
            /** How far the work is, for operators; replaces what was said before. */
            readonly progress?: unknown;
          }
      )[];
      /** All or none (false). */
      readonly atomic?: boolean | undefined;
    };
    readonly answer: SettledMany;
  };
  /** The message is done. */
  readonly ackLease: {
    readonly params: { readonly queue: string; readonly leaseId: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: Readonly<Record<string, never>>;
    readonly answer: Settled;
  };
  /** Handling failed: try again after a while. */
  readonly nackLease: {
    readonly params: { readonly queue: string; readonly leaseId: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** Kept with the message. */
      readonly error?:
        | {
            /** Its kind, by which a redrive can choose. */
            readonly type?: string | undefined;
            /** What went wrong; cut at 1 KiB. */
            readonly message?: string | undefined;
          }
        | undefined;
      /** How long it waits (as the queue's backoff says). */
      readonly delayMs?: number | undefined;
    };
    readonly answer: Settled;
  };
  /** Give back without counting a failure. */
  readonly releaseLease: {
    readonly params: { readonly queue: string; readonly leaseId: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** How long nobody gets it (0). */
      readonly delayMs?: number | undefined;
    };
    readonly answer: Settled;
  };
  /** Dead at once, no retry. */
  readonly rejectLease: {
    readonly params: { readonly queue: string; readonly leaseId: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** Kept with the message. */
      readonly error?:
        | {
            /** Its kind, by which a redrive can choose. */
            readonly type?: string | undefined;
            /** What went wrong; cut at 1 KiB. */
            readonly message?: string | undefined;
          }
        | undefined;
      /** Why; kept with the message, cut at 1 KiB. */
      readonly reason?: string | undefined;
    };
    readonly answer: Settled;
  };
  /** Move the lease's end, tell progress. */
  readonly extendLease: {
    readonly params: { readonly queue: string; readonly leaseId: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** How long from now (the queue's leaseMsDefault). */
      readonly leaseMs?: number | undefined;
      /** How far the work is, for operators; replaces what was said before. */
      readonly progress?: unknown;
    };
    readonly answer: Settled;
  };
  /** Extend all leases that a dequeueId still holds. */
  readonly extendDequeue: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: { readonly dequeueId: string; readonly leaseMs: number };
    readonly answer: Extended;
  };
  /** Create a queue, or replace its configuration with If-Match. */
  readonly putQueue: {
    readonly params: { readonly queue: string };
    readonly query: {
      /** Only show the effect (false). */
      readonly dryRun?: "true" | "false" | undefined;
    };
    readonly body: {
      /** A message that has failed so often is dead. */
      readonly maxFailures?: number | undefined;
      /** One that was given out so often is dead, too. */
      readonly maxDeliveries?: number | undefined;
      /** How long a message waits after a failure. */
      readonly backoff?:
        | {
            /** The wait after the first failure. */
            readonly baseMs?: number | undefined;
            /** How many times longer each further wait is. */
            readonly factor?: number | undefined;
            /** The longest wait. */
            readonly maxMs?: number | undefined;
            /** By which part of itself a wait may be shorter or longer. */
            readonly jitter?: number | undefined;
          }
        | undefined;
      /** The lease of a dequeue that names none. */
      readonly leaseMsDefault?: number | undefined;
      /** How long a dedupId is remembered. */
      readonly dedupWindowMs?: number | undefined;
      /** `untilSettled` remembers a dedupId as long as its message is there. */
      readonly dedupMode?: "window" | "untilSettled" | undefined;
      /** A message that nobody has received ends after this. */
      readonly retentionMs?: number | undefined;
      /** A dead letter is removed after this. */
      readonly deadRetentionMs?: number | undefined;
      /** Messages at most, dead ones included. */
      readonly maxMessages?: number | undefined;
      /** Their bytes at most. */
      readonly maxBytes?: number | undefined;
      /** Leases at a time. */
      readonly maxInFlight?: number | undefined;
      /** Bytes of a body at most. */
      readonly bodyBytesMax?: number | undefined;
      /** What becomes of a message that has ended. */
      readonly onExpire?: "dead" | "drop" | undefined;
      /** `block` lets a dead letter hold up its group. */
      readonly onDead?: "continue" | "block" | undefined;
      /** Purging is refused. */
      readonly denyPurge?: boolean | undefined;
      /** Deleting the queue is refused. */
      readonly denyDelete?: boolean | undefined;
    };
    readonly answer: Queue;
  };
  /** A queue's configuration and state. */
  readonly getQueue: {
    readonly params: { readonly queue: string };
    readonly query: {
      /** `stale` asks any replica, also without a quorum (linearizable). */
      readonly consistency?: "linearizable" | "stale" | undefined;
    };
    readonly body: undefined;
    readonly answer: Queue;
  };
  /** The queues that the token may read, by name. */
  readonly listQueues: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: {
      /** `stale` asks any replica, also without a quorum (linearizable). */
      readonly consistency?: "linearizable" | "stale" | undefined;
      readonly prefix?: string | undefined;
      /** Where an earlier page has ended. */
      readonly cursor?: string | undefined;
      /** Entries at most (50). */
      readonly limit?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: Queues;
  };
  /** Refuse new messages, or give none out; settling goes on. */
  readonly pauseQueue: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      readonly what: "send" | "receive";
      /** Why, for whoever looks at the queue. */
      readonly reason?: string | undefined;
    };
    readonly answer: PausedReply;
  };
  /** Let sending or receiving go on. */
  readonly resumeQueue: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      readonly what: "send" | "receive";
      /** Why, for whoever looks at the queue. */
      readonly reason?: string | undefined;
    };
    readonly answer: PausedReply;
  };
  /** Make dead letters ready again, in the order of their deaths; filter {} means all. */
  readonly redrive: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      readonly filter: {
        /** Only these messages. */
        readonly ids?: readonly string[] | undefined;
        /** Only those that are dead for this. */
        readonly reason?: "max-failures" | "max-deliveries" | "rejected" | "expired" | undefined;
        /** Only those of this group. */
        readonly groupId?: string | undefined;
        /** Only those whose last error is of this type. */
        readonly errorType?: string | undefined;
        /** Only those that are dead since this time. */
        readonly from?: string | undefined;
        /** Only those that were dead before this time. */
        readonly to?: string | undefined;
      };
      /** Messages a second (1000). */
      readonly rate?: number | undefined;
      /** Into this queue (their own). */
      readonly target?: string | undefined;
      /** Only count what is meant (false). */
      readonly dryRun?: boolean | undefined;
    };
    readonly answer: Redriven;
  };
  /** What a task has done so far; kept for 24 h after its end. */
  readonly getTask: {
    readonly params: { readonly taskId: string };
    readonly query: {
      /** `stale` asks any replica, also without a quorum (linearizable). */
      readonly consistency?: "linearizable" | "stale" | undefined;
    };
    readonly body: undefined;
    readonly answer: Task;
  };
  /** End a task; what it has moved stays. */
  readonly cancelTask: {
    readonly params: { readonly taskId: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: Task;
  };
  /** A queue's messages by seq; a page may be short, what stays is shown once. */
  readonly listMessages: {
    readonly params: { readonly queue: string };
    readonly query: {
      /** `stale` asks any replica, also without a quorum (linearizable). */
      readonly consistency?: "linearizable" | "stale" | undefined;
      /** Only such messages. */
      readonly state?: "ready" | "blocked" | "leased" | "scheduled" | "dead" | undefined;
      /** Only those of this group. */
      readonly groupId?: string | undefined;
      /** The one that was sent with this id. */
      readonly dedupId?: string | undefined;
      /** Where an earlier page has ended. */
      readonly cursor?: string | undefined;
      /** Entries at most (50). */
      readonly limit?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: Messages;
  };
  /** One message, as long as it is in the queue. */
  readonly getMessage: {
    readonly params: { readonly queue: string; readonly messageId: string };
    readonly query: {
      /** `stale` asks any replica, also without a quorum (linearizable). */
      readonly consistency?: "linearizable" | "stale" | undefined;
    };
    readonly body: undefined;
    readonly answer: MessageReply;
  };
  /** A queue's groups and what each of them waits for; a page may be short. */
  readonly listGroups: {
    readonly params: { readonly queue: string };
    readonly query: {
      /** `stale` asks any replica, also without a quorum (linearizable). */
      readonly consistency?: "linearizable" | "stale" | undefined;
      /** Only such groups. */
      readonly state?: "ready" | "locked" | "waiting" | "dead" | undefined;
      /** Where an earlier page has ended. */
      readonly cursor?: string | undefined;
      /** Entries at most (50). */
      readonly limit?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: Groups;
  };
  /** Delete a queue; force also one that holds messages. */
  readonly deleteQueue: {
    readonly params: { readonly queue: string };
    readonly query: {
      /** Also one that holds messages (false). */
      readonly force?: "true" | "false" | undefined;
    };
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Delete a message; force also one that is leased. */
  readonly deleteMessage: {
    readonly params: { readonly queue: string; readonly messageId: string };
    readonly query: {
      /** Also one that is leased (false). */
      readonly force?: "true" | "false" | undefined;
    };
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Take away all messages in these states; leases end as purged. */
  readonly purgeQueue: {
    readonly params: { readonly queue: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      /** `ready` are the blocked ones too. */
      readonly states: readonly ("ready" | "scheduled" | "leased" | "dead")[];
      /** The queue's name again. */
      readonly confirm: string;
    };
    readonly answer: Purged;
  };
  /** View, quorum and members, as this gateway knows them now. */
  readonly getCluster: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: Cluster;
  };
  /** May this member be stopped? */
  readonly getQuorumCritical: {
    readonly params: { readonly member: string };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: QuorumCritical;
  };
  /** Refuse one token (jti), a subject's tokens so far (sub), or all issued before a time. */
  readonly postRevocation: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: {
      readonly issuer: string;
      readonly jti?: string | undefined;
      readonly sub?: string | undefined;
      readonly before?: string | undefined;
    };
    readonly answer: Revoked;
  };
  /** The principal and scopes of the caller. */
  readonly getMe: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: Me;
  };
  /** Begin a browser session with a token. */
  readonly postSession: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: { readonly token: string };
    readonly answer: Me;
  };
  /** End the browser session. */
  readonly deleteSession: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Does the process run? */
  readonly livez: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: Live;
  };
  /** Did a quorum confirm a read within 2 s? */
  readonly readyz: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: Ready;
  };
  /** Metrics in the Prometheus text format; with a token, the depths of queues that it may read. */
  readonly metrics: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: string;
  };
  /** This API as OpenAPI 3.1. */
  readonly openapi: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: Readonly<Record<string, unknown>>;
  };
  /** This API as a page. */
  readonly reference: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: string;
  };
  /** Public keys of the token issuers (RFC 7517). */
  readonly jwks: {
    readonly params: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: string;
  };
}

/** Where every route is, and the statuses that are answers and no errors. */
export const operations = {
  enqueueBatch: { method: "POST", path: "/v1/queues/:queue/enqueue/batch", statuses: [200] },
  enqueue: { method: "POST", path: "/v1/queues/:queue/enqueue", statuses: [200, 201] },
  dequeue: { method: "POST", path: "/v1/queues/:queue/dequeue", statuses: [200] },
  settle: { method: "POST", path: "/v1/queues/:queue/settle", statuses: [200] },
  ackLease: { method: "POST", path: "/v1/queues/:queue/leases/:leaseId/ack", statuses: [200] },
  nackLease: { method: "POST", path: "/v1/queues/:queue/leases/:leaseId/nack", statuses: [200] },
  releaseLease: {
    method: "POST",
    path: "/v1/queues/:queue/leases/:leaseId/release",
    statuses: [200],
  },
  rejectLease: {
    method: "POST",
    path: "/v1/queues/:queue/leases/:leaseId/reject",
    statuses: [200],
  },
  extendLease: {
    method: "POST",
    path: "/v1/queues/:queue/leases/:leaseId/extend",
    statuses: [200],
  },
  extendDequeue: { method: "POST", path: "/v1/queues/:queue/extend", statuses: [200] },
  putQueue: { method: "PUT", path: "/v1/queues/:queue", statuses: [200, 201] },
  getQueue: { method: "GET", path: "/v1/queues/:queue", statuses: [200] },
  listQueues: { method: "GET", path: "/v1/queues", statuses: [200] },
  pauseQueue: { method: "POST", path: "/v1/queues/:queue/pause", statuses: [200] },
  resumeQueue: { method: "POST", path: "/v1/queues/:queue/resume", statuses: [200] },
  redrive: { method: "POST", path: "/v1/queues/:queue/redrive", statuses: [200, 202] },
  getTask: { method: "GET", path: "/v1/tasks/:taskId", statuses: [200] },
  cancelTask: { method: "DELETE", path: "/v1/tasks/:taskId", statuses: [200] },
  listMessages: { method: "GET", path: "/v1/queues/:queue/messages", statuses: [200] },
  getMessage: { method: "GET", path: "/v1/queues/:queue/messages/:messageId", statuses: [200] },
  listGroups: { method: "GET", path: "/v1/queues/:queue/groups", statuses: [200] },
  deleteQueue: { method: "DELETE", path: "/v1/queues/:queue", statuses: [204] },
  deleteMessage: {
    method: "DELETE",
    path: "/v1/queues/:queue/messages/:messageId",
    statuses: [204],
  },
  purgeQueue: { method: "POST", path: "/v1/queues/:queue/purge", statuses: [200] },
  getCluster: { method: "GET", path: "/v1/cluster", statuses: [200] },
  getQuorumCritical: {
    method: "GET",
    path: "/v1/cluster/members/:member/quorum-critical",
    statuses: [200, 503],
  },
  postRevocation: { method: "POST", path: "/v1/trust/revocations", statuses: [200] },
  getMe: { method: "GET", path: "/v1/me", statuses: [200] },
  postSession: { method: "POST", path: "/v1/session", statuses: [201] },
  deleteSession: { method: "DELETE", path: "/v1/session", statuses: [204] },
  livez: { method: "GET", path: "/livez", statuses: [200] },
  readyz: { method: "GET", path: "/readyz", statuses: [200, 503] },
  metrics: { method: "GET", path: "/metrics", statuses: [200] },
  openapi: { method: "GET", path: "/openapi.json", statuses: [200] },
  reference: { method: "GET", path: "/docs", statuses: [200] },
  jwks: { method: "GET", path: "/.well-known/jwks.json", statuses: [200] },
} as const;
