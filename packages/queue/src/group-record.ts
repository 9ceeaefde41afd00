/** Length of a group's record in bytes: a cache line. See also `holdField`. */
export const groupRecordBytes = 64;

/** Byte offsets of a group's fields. A reference is to a message; 0 is none. */
export const groupField = {
  /** 16 bytes: groupIdHash. */
  key: 0,
  /** u32: its queue's incarnation. */
  queue: 16,
  /** u32, u32: first and last message in the group's order. */
  head: 20,
  tail: 24,
  /** u32: the era of its queue in which its counters and its order were right. */
  era: 28,
  /** u32: its ready messages. */
  ready: 32,
  /** u32: the first ready message in order, which stands for the group among the candidates. */
  candidate: 36,
  /** u32: those that wait for their time, in order or not. */
  scheduled: 40,
  /** u32, u32: the first and the last of all members, by seq. */
  firstMember: 44,
  lastMember: 48,
  /** u48: its number among the groups of its queue, from 1. */
  number: 52,
  /** u8, u8: of those in order, the leased ones but dead letters, and those that wait. */
  leased: 58,
  waiting: 59,
  /** u8: what its ready messages are counted as being held up by (`hold`). */
  holds: 60,
} as const;

/** Length of what a group has beside its record that dead letters hold up, in bytes. */
export const holdBytes = 16;

/** Byte offsets of its fields. */
export const holdField = {
  /** u32, u32: the dead letters that hold it up: those that nobody leases, and the others. */
  dead: 0,
  deadLeased: 4,
  /** u32: the last message that was put back behind the front of its order, while it is in it. */
  returned: 8,
} as const;

/**
 * What holds a group up, as bits: one of its messages is leased; waits after a failure or a delayed
 * release; lies dead under `onDead: "block"`; or is such a dead letter, and leased.
 */
export const hold = { leased: 1, waiting: 2, dead: 4, deadLeased: 8 } as const;

/** All of these together. */
export const holdsMax = 15;
