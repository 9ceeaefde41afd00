/** What is known of a lease. */
export interface FenceEntry {
  /** The queue's incarnation. */
  readonly queue: number;
  readonly seq: number;
  readonly tag: number;
  /** 0 while it is not known; else outcomeSuperseded, outcomePurged, outcomeDead or settledOutcome. */
  readonly outcome: number;
}
