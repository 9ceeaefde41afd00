/** Time as the host has it. The simulator's is virtual. */
export interface Clock {
  /** Wall clock, microseconds since 1970. May jump. */
  wallMicros(): number;
  /** Milliseconds that only go forward; their zero means nothing. */
  monotonicMs(): number;
  /** Calls back once when what has already arrived has been handled: gathers work into batches. */
  soon(callback: () => void): void;
  /** Calls back once after `delayMs`. Returns the way to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}
