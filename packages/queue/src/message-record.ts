/** Length of a message's record in bytes: two cache lines. See also `linkField`. */
export const messageRecordBytes = 128;

/** Byte offsets of a message's fields. Times are microseconds; 0 of a reference is none. */
export const messageField = {
  /** f64: the op that enqueued it. */
  op: 0,
  /** f64: number in its queue, from 1. */
  seq: 8,
  /** f64: the time of that op. */
  enqueuedAt: 16,
  /** f64: when it was enqueued or, delayed, due; of a dead one when it died. */
  since: 24,
  /**
   * f64: lease end (lease clock) while leased; due time while scheduled, or the end of its ttl if
   * that is earlier; the end of its ttl, if it has one, while ready.
   */
  deadline: 32,
  /** f64: the latest lease's fence; 0 before the first. */
  fence: 40,
  /** f64: when the latest lease began, by the lease clock. */
  leasedAt: 48,
  /** u32: index among the messages of its op. */
  index: 56,
  /** u32: its queue's incarnation. */
  queue: 60,
  /** u32, u32, u32: where its blob lies. */
  slab: 64,
  offset: 68,
  blobBytes: 72,
  /** u32: who holds its lease; 0 when none runs. */
  holder: 76,
  /** u32: tag of the latest lease. */
  tag: 80,
  /** u32, u32: deliveries, and those that a rewind took back. */
  deliveries: 84,
  rewinds: 88,
  /** u32: its group. */
  group: 92,
  /** u32, u32: neighbours in its group's order; of a popped one, the next of its call. */
  next: 96,
  previous: 100,
  /** u32: place in a timer heap, from 1. */
  timer: 104,
  /** u32: the dedup record to release when it is settled (`untilSettled`). */
  dedup: 108,
  /** u32: the dequeue call whose lease it holds. */
  call: 112,
  /** u32: its error history and progress. */
  annex: 116,
  /** u16, u16: failures, and its own limit of them (0: the queue's). */
  failures: 120,
  maxFailures: 122,
  /** u8: messageState. */
  state: 124,
  /** u8: 0 to 9. */
  priority: 125,
  /** u8: messageFlag. */
  flags: 126,
  /** u8: leaseEnd in the low four bits, deadReason in the high ones. */
  ends: 127,
} as const;

/**
 * What a message is. `none`: on its way from one state to another, within an operation. `popped`:
 * gone for everyone, but its answer can be fetched again.
 */
export const messageState = {
  none: 0,
  scheduled: 1,
  ready: 2,
  leased: 3,
  dead: 4,
  popped: 5,
} as const;

/**
 * Flags: a JSON body; in its group's order (it has been ready once and is not out of it); an end of
 * its own (`state.ends`); a key of its own (`state.moved`), because it came from another queue; it
 * died under `onDead: "block"`, so that its group is held up (but see `Queue.holdsFrom`).
 */
export const messageFlag = { json: 1, inOrder: 2, hasEnd: 4, moved: 8, holds: 16 } as const;

/** How the latest lease ended; `dead`: unsettled, and its message died of it. */
export const leaseEnd = { none: 0, expired: 1, rewound: 2, settled: 3, dead: 4 } as const;

/** Why a message is dead. */
export const deadReason = { maxFailures: 1, maxDeliveries: 2, rejected: 3, expired: 4 } as const;

/** Why a message is dead, in the words of the contract and the order of deadReason. */
export type DeadReason = (typeof deadReasons)[number];
export const deadReasons = ["max-failures", "max-deliveries", "rejected", "expired"] as const;

/** The reason in a message's `ends`, or null of one that is not dead. */
export function deadReasonOf(ends: number): DeadReason | null {
  return deadReasons[(ends >>> 4) - 1] ?? null;
}

/** Whether a message with these `ends` is a dead letter, leased as such or not. */
export function isDeadLetter(ends: number): boolean {
  return ends >>> 4 !== 0;
}
