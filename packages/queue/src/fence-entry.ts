/** What is known of a lease. */
export interface FenceEntry {
  /** The queue's incarnation. */
  readonly queue: number;
  readonly seq: number;
  readonly tag: number;
  /** 0 while not settled; else outcomeSuperseded or what settledOutcome made. */
  readonly outcome: number;
}
