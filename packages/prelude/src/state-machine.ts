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

/** A state machine whose state can be cut into leaves, stored elsewhere, and put together again. */
export interface CheckpointableStateMachine extends StateMachine {
  /**
   * Freezes the present state: what is executed afterwards does not show in it. Takes a few
   * milliseconds at most; the leaves are made one by one. At most one frozen state at a time.
   */
  freeze(): FrozenState;
  /** Begins to put a state together. The present one stays and goes on until `finish`. */
  load(): StateLoading;
}

/** Bytes of one leaf of a state at most: a page of memory. */
export const stateLeafBytesMax = 65_536;

/** One piece of a frozen state, named by its content. */
export interface StateLeaf {
  /** SHA-256 of the bytes. */
  readonly digest: Uint8Array;
  /**
   * 1 to `stateLeafBytesMax` bytes, not to be changed by either side; null when a leaf with this
   * digest was part of the last state that was kept or loaded, so that whoever stores leaves has
   * it already.
   */
  readonly bytes: Uint8Array | null;
}

/**
 * The state at one op. Equal logs give equal leaves in equal order on every replica, whatever was
 * frozen, loaded or restarted before.
 */
export interface FrozenState {
  /** The next leaf, null after the last. Hashes at most one leaf in each call. */
  next(): StateLeaf | null;
  /** All leaves are stored: the next frozen state may name unchanged ones without their bytes. */
  keep(): void;
  /** The leaves are not needed, and may not have been stored. */
  drop(): void;
}

/** A state that is being put together from its leaves, beside the present one. */
export interface StateLoading {
  /** Takes the next leaf, in the order in which `next` gave it. The bytes now belong to the machine. */
  add(leaf: StateLeaf & { readonly bytes: Uint8Array }): void;
  /**
   * Replaces the machine's state; its leaves count as kept. Returns false, and changes nothing,
   * when the leaves are not a state of this machine. No bytes make it throw.
   */
  finish(): boolean;
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
