/**
 * The replicated state machine, as replication sees it: bytes in, bytes out, deterministic.
 *
 * Equal sequences of calls give equal answers and equal state on every replica and in every
 * version of the platform. No method waits, reads a clock or draws a random number.
 */
export interface StateMachine {
  /**
   * Executes one committed operation and returns the outcome's bytes.
   * Throws nothing for bad bytes: an operation that cannot be decoded has an outcome that says so.
   */
  execute(operation: Uint8Array, context: ExecutionContext): Uint8Array;
  /** Acts on what is due at the context's time, as a bounded amount of work. */
  pulse(context: ExecutionContext): void;
  /** Whether a pulse ordered at this time would do anything. Asked by the primary alone. */
  isPulseDue(timestampMicros: number): boolean;
  /** Answers a read at the current state, without any effect. */
  query(question: Uint8Array): Uint8Array;
  /**
   * The names that have become worth asking for since the last call (queues with deliverable
   * messages); at most `countMax`. Volatile: not part of the replicated state.
   */
  takeReadyHints(countMax: number): readonly string[];
}

/** What the log says about an operation beside its bytes. */
export interface ExecutionContext {
  /** The op that carries the operation; the first is 1. */
  readonly op: number;
  /** Position of the operation within the op's requests, from 0. */
  readonly requestIndex: number;
  /** The primary's replicated time in microseconds since 1970; strictly increases with op. */
  readonly timestampMicros: number;
  /** Sixteen bytes that the primary drew for this op; unpredictable to clients. */
  readonly random: Uint8Array;
}
