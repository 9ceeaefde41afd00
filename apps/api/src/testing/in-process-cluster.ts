/** A cluster of one, inside the process, as a gateway sees it. Time is the test's own. */
import { nodeCrypto } from "@quorate/identity";
import { assert } from "@quorate/prelude";
import { ClusterOfOne } from "@quorate/queue/testing";
import {
  type CallOptions,
  type ClusterClient,
  ClusterError,
  type ClusterErrorCode,
  type ClusterHealth,
  type Executed,
  operationBytesMax,
} from "@quorate/session";

/** Starts at a fixed time, so that tests can name it. */
export const startMs = Date.UTC(2026, 10, 23, 4, 5, 6, 789);

/** A cluster that a test can hold in its hand. */
export class InProcessCluster implements ClusterClient {
  private readonly cluster = new ClusterOfOne({
    sha256: nodeCrypto.sha256,
    draw: () => nodeCrypto.randomBytes(16),
    startMs,
  });
  private readonly healthListeners = new Set<(health: ClusterHealth) => void>();
  private failure: ClusterErrorCode | Error | null = null;
  private changes: Partial<ClusterHealth> = {};
  private held: Promise<void> | null = null;

  /** Ms since 1970; the cluster's time and the gateway's. */
  readonly nowMs = this.cluster.nowMs;

  /** The newest op. */
  op(): number {
    return this.cluster.op;
  }

  /** Moves time on, in steps of at most a second, as a primary's pulses do. */
  advance(ms: number): void {
    this.cluster.advance(ms);
  }

  /**
   * Every call fails with this code until null is given; `outcome-unknown` executes before it. An
   * Error is a bug of ours, thrown as it is.
   */
  failWith(failure: ClusterErrorCode | Error | null): void {
    this.failure = failure;
  }

  /** Operations wait until the returned function is called; reads do not. */
  hold(): () => void {
    let release = (): void => {};
    this.held = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.held = null;
      release();
    };
  }

  /** Changes what the gateway knows of the cluster. */
  setHealth(changes: Partial<ClusterHealth>): void {
    this.changes = { ...this.changes, ...changes };
    for (const listener of this.healthListeners) listener(this.health());
  }

  async start(): Promise<void> {
    await Promise.resolve();
  }

  async stop(): Promise<void> {
    await Promise.resolve();
  }

  async execute(operation: Uint8Array, { signal }: Partial<CallOptions> = {}): Promise<Executed> {
    assert(operation.length <= operationBytesMax, "an operation fits a request");
    if (signal?.aborted === true) throw new ClusterError("overloaded", 1000);
    await (this.held ?? Promise.resolve());
    if (this.failure !== "outcome-unknown") this.refuse();
    const executed = this.cluster.execute(operation);
    this.refuse();
    return toldAt(executed);
  }

  async query(question: Uint8Array): Promise<Executed> {
    await Promise.resolve();
    this.refuse();
    return toldAt(this.cluster.query(question));
  }

  watch(queue: string, onReady: () => void): () => void {
    return this.cluster.watch(queue, onReady);
  }

  health(): ClusterHealth {
    return { ...healthOf(this.op()), ...this.changes };
  }

  onHealth(listener: (health: ClusterHealth) => void): () => void {
    this.healthListeners.add(listener);
    return () => void this.healthListeners.delete(listener);
  }

  private refuse(): void {
    if (this.failure instanceof Error) throw this.failure;
    if (this.failure !== null) throw new ClusterError(this.failure, 1500);
  }
}

function toldAt({ bytes, op }: { readonly bytes: Uint8Array; readonly op: number }): Executed {
  return { bytes, coord: { epoch: 0, view: 4, op } };
}

/** The id of every cluster in tests. */
export const clusterId = "c1".repeat(32);

function healthOf(commit: number): ClusterHealth {
  const member = (index: number): ClusterHealth["members"][number] => ({
    id: `r${index}`,
    index,
    role: "voter",
    status: "normal",
    view: 4,
    op: commit,
    commit,
    lagOps: 0,
    lagMs: 0.4,
    lastSeenMs: 12.5,
    keyId: `key-${index}`,
    keyAgeMs: 1000,
    version: "0.1.0",
    fsyncMsP99: 1.25,
    signatureRejects: 0,
    safeToStop: true,
  });
  return {
    clusterId,
    epoch: 0,
    view: 4,
    status: "normal",
    primary: "r1",
    commit,
    quorum: { needed: 2, reachable: 3, canLose: 1 },
    members: [member(0), member(1), member(2)],
    asOfMs: 12,
    inFlight: [],
  };
}
