/**
 * The live feed: what a gateway tells a browser about the cluster, over Socket.IO at `livePath`.
 *
 * Every message holds absolute values with a coordinate, never increments, so a client may lose any
 * number of messages and is right again after the next one. A client drops a message whose `coord`
 * is older than the newest it has shown, and ignores fields that it does not know.
 *
 * Handshake: the session cookie and an `Origin` equal to the page's, else `connect_error` whose
 * `message` is the problem code (`token-missing`, `token-invalid`, `scope-missing`). `picture` needs
 * `cluster:read`; `queues` lists only queues that the session's token may `read`. When a session
 * ends the server disconnects; the client then asks `GET /v1/me` what to do.
 */
import * as z from "zod";

/** Socket.IO `path` option, on the same origin as the dashboard; the default namespace is used. */
export const livePath = "/live";

/** Event names, both directions. `watchQueues` and `unwatchQueues` are sent by the client, without arguments. */
export const liveEvents = {
  picture: "picture",
  queues: "queues",
  watchQueues: "watch-queues",
  unwatchQueues: "unwatch-queues",
} as const;

/**
 * Changes: an event without content in a namespace of its own, sent to the browsers of every gateway
 * when something was configured, paused, purged or revoked through any. Who hears it asks again.
 */
export const liveChanges = {
  namespace: "/changes",
  event: "changed",
  /** Shortest time between two events of one gateway, in ms. */
  intervalMsMin: 250,
} as const;

/** Shortest time between two `picture` events, in ms: 4 Hz is what an eye can follow. */
export const pictureIntervalMsMin = 250;

/** Longest time between two `picture` events, in ms: silence longer than this is a fault, not calm. */
export const pictureIntervalMsMax = 1000;

/** Shortest time between two `queues` events, in ms. */
export const queuesIntervalMsMin = 1000;

/** Columns right of the commit line: as many as one can count at a glance. */
export const inflightColumnsMax = 24;

/** Members in a picture: 5 voters, and the learners and retiring ones that a change brings. */
export const pictureMembersMax = 12;

/** Queues in one `queues` event; of more, those that need attention first, and `more` says how many are left out. */
export const liveQueuesMax = 500;

/** A reachable member this long behind the primary's commit, in ms, is `behind`. */
export const behindLagMsMin = 1000;

const count = z.int().min(0);
const memberId = z.string().min(1).max(128);

/** The coordinate of every answer: what is shown reflects this op, of this view, of this epoch. */
export const coordSchema = z.object({ epoch: count, view: count, op: count });

/** See `coordSchema`. */
export type LiveCoord = z.infer<typeof coordSchema>;

/** The cluster's state, the words of `GET /v1/cluster`. */
export const pictureStatusSchema = z.enum([
  "starting",
  "normal",
  "view-change",
  "no-quorum",
  "reconfiguring",
]);

/** See `pictureStatusSchema`. */
export type PictureStatus = z.infer<typeof pictureStatusSchema>;

/**
 * What one member is doing, in the picture's words; the first that applies, in this order:
 * `unreachable` (not heard within 2 s) · `recovering` · `transferring` (state transfer) · `voting`
 * (in a view change) · `primary` (of the current view, in status normal) · `behind` (lag of at least
 * `behindLagMsMin`) · `backup`. Learners are `backup`, `behind`, `transferring`, `recovering` or `unreachable`.
 */
export const memberStateSchema = z.enum([
  "primary",
  "backup",
  "behind",
  "voting",
  "recovering",
  "transferring",
  "unreachable",
]);

/** See `memberStateSchema`. */
export type MemberState = z.infer<typeof memberStateSchema>;

/** One member of the cluster. Fields that are not known are `null`, never left out. */
export const pictureMemberSchema = z.object({
  /** The id that `GET /v1/cluster` calls `members[].id`. */
  id: memberId,
  /** Its place in the configuration, from 0; `inflight.acks` names members by it. */
  index: count,
  role: z.enum(["voter", "learner", "retiring"]),
  state: memberStateSchema,
  /** Newest op in its log; of an unreachable member the newest that was heard of. */
  head: count,
  /** Newest op it has executed, at most `head`. */
  applied: count,
  /** Time that it is behind the commit, in ms. */
  lagMs: count.nullable(),
  /** Time until it has caught up at the present rate, in ms; only when it is catching up. */
  etaMs: count.nullable(),
  /** Time since its last valid statement, in ms, at sending. */
  lastSeenMs: count.nullable(),
  /** Silence after which the others suspect it, in ms. */
  timeoutMs: z.int().min(1),
  /** 99th percentile of its fsync in the last minute, in ms. */
  fsyncMsP99: z.number().min(0).nullable(),
  /** Statements said to be from it that were refused in the last minute (signature, replay, epoch, key). */
  rejectedLastMin: count,
  /** True while the others would still be a quorum without it (`safeToStop` of `GET /v1/cluster`). */
  safeToStop: z.boolean(),
});

/** See `pictureMemberSchema`. */
export type PictureMember = z.infer<typeof pictureMemberSchema>;

/** Ops after the commit. Column k stands for the ops `from + k·step` up to `from + (k+1)·step − 1`. */
export const inflightSchema = z.object({
  /** `commit + 1`. */
  from: count,
  /** Ops per column: 1, or a power of two when there are more than `inflightColumnsMax`. */
  step: z.int().min(1),
  /** Per column the `index` of each member whose PrepareOk covers the whole column; counts never rise to the right. */
  acks: z.array(z.array(count).max(pictureMembersMax)).max(inflightColumnsMax),
});

/** A change that has begun and is not finished: of the view, or of the epoch. */
export const transitionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("view"),
    /** Time since it began, in ms. */
    sinceMs: count,
    /** Members whose signed DoViewChange for `coord.view` is in. */
    votes: z.array(memberId).max(pictureMembersMax),
    /** Votes that start the view. */
    needed: z.int().min(1),
  }),
  z.object({
    kind: z.literal("epoch"),
    /** Time since it began, in ms. */
    sinceMs: count,
    /** Members that already run in the new epoch. */
    votes: z.array(memberId).max(pictureMembersMax),
    /** Members of the new epoch that it needs. */
    needed: z.int().min(1),
    /** The voters of the new epoch, in the order of their index. */
    voters: z.array(memberId).max(pictureMembersMax),
    /** The type of the change (`add-learner`, `promote`, `remove`, …) and the member it is about. */
    change: z.object({ type: z.string().max(64), member: memberId.nullable() }),
  }),
]);

/** See `transitionSchema`. */
export type Transition = z.infer<typeof transitionSchema>;

/** The event `picture`: the whole state that the commit line draws. */
export const pictureStateSchema = z.object({
  clusterId: z.string().min(1).max(128),
  /** The gateway's clock at sending, RFC 3339 with milliseconds. For reading; ages are never computed from it. */
  at: z.iso.datetime({ precision: 3 }),
  /** Member whose statement is the newest this picture reflects; null while none has been heard. */
  via: memberId.nullable(),
  /** Age of that statement, in ms, at sending; null while none has been heard. */
  asOfMs: count.nullable(),
  coord: coordSchema,
  status: pictureStatusSchema,
  /** Signatures an op needs: floor(voters / 2) + 1. */
  quorum: z.int().min(1),
  /** Voters in status normal in the current view, heard within 2 s. */
  reachable: count,
  /** max(0, reachable − quorum): how many more may stop, whichever they are. */
  canLose: count,
  /** Newest committed op. */
  commit: count,
  /** Time without a new commit although ops wait, in ms; null when commits flow or nothing waits. */
  stalledMs: count.nullable(),
  /** Committed ops per second, over the last few seconds. */
  opsPerSec: z.number().min(0),
  /** Time from a request at the gateway to its commit, last minute, in ms. */
  commitMsP50: z.number().min(0).nullable(),
  commitMsP99: z.number().min(0).nullable(),
  /** All members, in the order of their index; never empty. */
  members: z.array(pictureMemberSchema).min(1).max(pictureMembersMax),
  inflight: inflightSchema,
  /** In a view change the candidate of `coord.view`, else the voter whose turn view + 1 is: voters by index, view mod n. */
  nextPrimary: memberId.nullable(),
  transition: transitionSchema.nullable(),
});

/** See `pictureStateSchema`. */
export type PictureState = z.infer<typeof pictureStateSchema>;

/** Depths of one queue, the words of the contract's `stats`; the five counts are disjoint. */
export const liveQueueStatsSchema = z.object({
  ready: count,
  blocked: count,
  leased: count,
  scheduled: count,
  dead: count,
  bytes: count,
  /** Time since the oldest ready message was enqueued or due, in ms; null when none is ready. */
  oldestReadyAgeMs: count.nullable(),
});

/** See `liveQueueStatsSchema`. */
export type LiveQueueStats = z.infer<typeof liveQueueStatsSchema>;

/** The event `queues`, sent after `watch-queues` until `unwatch-queues`. */
export const liveQueuesSchema = z.object({
  queues: z.array(z.object({ name: z.string(), stats: liveQueueStatsSchema })).max(liveQueuesMax),
  /** Queues that the token may read and that are not in `queues`; absent means 0. */
  more: count.optional(),
  coord: coordSchema,
});

/** See `liveQueuesSchema`. */
export type LiveQueues = z.infer<typeof liveQueuesSchema>;
