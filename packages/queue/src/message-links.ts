/** Length of a message's links in bytes. */
export const linkBytes = 16;

/** Byte offsets of a message's links; all are 0 of a message that has none. */
export const linkField = {
  /** u32, u32: its neighbours among the messages of its group, by seq. */
  nextMember: 0,
  previousMember: 4,
  /** u48: its number in the order of death, from 1, also while it is leased as a dead letter. */
  death: 8,
  /** u16: how often it was redriven; stays at the highest number. */
  redrives: 14,
} as const;

/** Length of what `state.ends` has of a message: the time at which its own ttl is over (f64). */
export const endBytes = 8;
