/** What the queue promises its users, by the name of what happens when a promise is broken. */
export const promises = {
  /** An acknowledged message was never settled, though the queue gives nothing more. */
  lost: "an acknowledged message is delivered until it is settled",
  /** One dedup id, two messages. */
  enqueuedTwice: "a message that is sent again is one message",
  /** Two leases of one message were both told that they settled it. */
  settledTwice: "a message is settled by one lease, once",
  /** A message came again after its settlement was answered. */
  deliveredAfterSettlement: "a settled message does not come again",
  /** A lease was accepted although its caller had seen a newer one of the same message. */
  staleAccepted: "a stale lease is refused",
  /** A message was leased to somebody else while its lease ran. */
  leaseBroken: "a lease is exclusive while it runs",
  /** A running lease could not be settled. */
  refused: "a running lease can be settled",
  /** A lease's fence is not above all that were seen before it was asked for. */
  fenceOrder: "fences only grow, and none is given twice",
  /** A message overtook an earlier one of its group. */
  groupOrder: "a group's messages come in order",
  /** A message that nobody sent, or an answer about a lease that nobody asked about. */
  invented: "nothing comes but what was sent",
} as const;

/** One kind of fault that users would notice. */
export type PromiseName = keyof typeof promises;

/** One promise that was seen broken. */
export interface BrokenPromise {
  readonly promise: PromiseName;
  /** Ids, fences and answers that show it. */
  readonly evidence: string;
}
