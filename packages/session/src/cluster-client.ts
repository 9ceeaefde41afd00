/**
 * What a gateway asks of the cluster: execute, query, watch, and what it knows of the members.
 *
 * Implementations coalesce concurrent calls, find the primary, retry with the same request number
 * and give up honestly: an error says whether the operation may have been executed.
 */
export interface ClusterClient {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Executes one operation of at most operationBytesMax through the log. Rejects with ClusterError.
   * Operations given at the same moment travel in one signed request, in the order of the calls.
   */
  execute(operation: Uint8Array, options: CallOptions): Promise<Executed>;
  /** Answers a read. Linearizable reads reject with ClusterError without a quorum. */
  query(
    question: Uint8Array,
    options: CallOptions & { consistency: Consistency },
  ): Promise<Executed>;
  /** Calls back whenever the primary hints that the queue has something to deliver. */
  watch(queue: string, onReady: () => void): () => void;
  /** What this gateway knows now; never waits. */
  health(): ClusterHealth;
  /** Calls back after each change of health, at most ten times a second. Returns the way out. */
  onHealth(listener: (health: ClusterHealth) => void): () => void;
}

export type Consistency = "linearizable" | "stale";

export interface CallOptions {
  /** How long the caller waits, in milliseconds from now. */
  readonly timeoutMs: number;
  /** When it fires before the operation was handed out, nothing is sent: `overloaded`. */
  readonly signal?: CallSignal;
  /**
   * The most bytes that the answer may have; calls whose answers would not fit one reply together
   * travel in different requests. Default 64 KiB.
   */
  readonly answerBytesMax?: number;
}

/** What a call needs of an AbortSignal. */
export interface CallSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Coordinate of an answer: the op that answered a mutation, or the newest op a read reflects. */
export interface Coord {
  readonly epoch: number;
  readonly view: number;
  readonly op: number;
}

export interface Executed {
  readonly bytes: Uint8Array;
  readonly coord: Coord;
}

/**
 * Why a call has no answer. All but `outcome-unknown` promise that nothing was executed and
 * nothing will be: no replica was given the request.
 */
export type ClusterErrorCode =
  | "starting"
  | "no-quorum"
  | "view-change"
  | "overloaded"
  | "outcome-unknown";

export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly code: ClusterErrorCode;
  /** When trying again makes sense, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(code: ClusterErrorCode, retryAfterMs: number, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export type ClusterStatus = "starting" | "normal" | "view-change" | "no-quorum" | "reconfiguring";

export type MemberStatus = "normal" | "view-change" | "recovering" | "transferring" | "unreachable";

/** What a gateway knows of the cluster, from the members' own status messages. */
export interface ClusterHealth {
  readonly clusterId: string;
  readonly epoch: number;
  readonly view: number;
  readonly status: ClusterStatus;
  /** Member id; null while no primary is known to be in charge. */
  readonly primary: string | null;
  readonly commit: number;
  /** needed = floor(voters / 2) + 1; reachable = voters normal in this view, heard within 2 s. */
  readonly quorum: {
    readonly needed: number;
    readonly reachable: number;
    readonly canLose: number;
  };
  readonly members: readonly MemberHealth[];
  /** Age of the newest status in milliseconds; null when none was ever heard. */
  readonly asOfMs: number | null;
  /** Of the primary's pipeline: for each op above commit (oldest first), who has acknowledged. */
  readonly inFlight: readonly { readonly op: number; readonly acks: readonly number[] }[];
}

export interface MemberHealth {
  readonly id: string;
  readonly index: number;
  readonly role: "voter" | "learner" | "retiring";
  readonly status: MemberStatus;
  readonly view: number;
  /** The member's head op. */
  readonly op: number;
  readonly commit: number;
  readonly lagOps: number;
  /** Estimated age of the oldest op that the member lacks, in milliseconds. */
  readonly lagMs: number;
  /** Time since this gateway last heard it; null when never. */
  readonly lastSeenMs: number | null;
  readonly keyId: string;
  readonly keyAgeMs: number;
  readonly version: string;
  readonly fsyncMsP99: number | null;
  readonly signatureRejects: number;
  readonly safeToStop: boolean;
}
