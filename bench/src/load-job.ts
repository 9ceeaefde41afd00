/** What the bench asks of its load process, and what comes back: plain JSON both ways. */

/** Calls to make. */
export interface LoadJob {
  readonly apiUrl: string;
  readonly token: string;
  readonly queue: string;
  /** `enqueue` one by one, `batch` with dedup ids, `dequeue` and acknowledge until empty. */
  readonly work: "enqueue" | "batch" | "dequeue";
  /** Calls in flight, each on a connection of its own. */
  readonly connections: number;
  /** Messages in one call. */
  readonly batch: number;
  readonly bodyBytes: number;
  /** Messages after which it ends. */
  readonly messagesMax: number;
  /**
   * Work before what counts, in milliseconds: connections and sessions are made, and the code on
   * both sides is compiled, which takes V8 several seconds.
   */
  readonly warmUpMs: number;
  /** Time after which it ends, in milliseconds. */
  readonly lastsMs: number;
  /** Processes whose CPU time is told. */
  readonly watchedPids: readonly number[];
  /** Part of every dedup id and dequeue id: different for each job. */
  readonly name: string;
}

/** What was done. */
export interface LoadResult {
  readonly messages: number;
  readonly calls: number;
  /** From the first call to the last answer. */
  readonly tookMs: number;
  /** Time from sending a call to its whole answer, in milliseconds. */
  readonly callMsP50: number;
  readonly callMsP99: number;
  readonly callMsMax: number;
  /** CPU time of the load process itself while it worked, in microseconds. */
  readonly cpuMicros: number;
  /** The same for each of `watchedPids`; null when not known. */
  readonly watchedCpuMicros: readonly (number | null)[];
}
