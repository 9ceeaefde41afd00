/**
 * A cluster of one, inside the process: the real queue state machine, fed one operation at a time.
 *
 * Time is the test's own: it moves when the test says so, and a pulse is executed when one is due.
 */
import { nodeCrypto } from "@quorate/identity";
import { assert } from "@quorate/prelude";
import { createQueueStateMachine } from "@quorate/queue";
import {
  type ClusterClient,
  ClusterError,
  type ClusterErrorCode,
  type ClusterHealth,
  type Executed,
  operationBytesMax,
} from "@quorate/session";

/** Queues whose hints are taken at once. */
const hintsMax = 1000;

/** Starts at a fixed time, so that tests can name it. */
export const startMs = Date.UTC(2026, 10, 23, 4, 5, 6, 789);

/** A cluster that a test can hold in its hand. */
export class InProcessCluster implements ClusterClient {
  private readonly machine = createQueueStateMachine({ sha256: nodeCrypto.sha256 });
  private readonly watchers = new Map<string, Set<() => void>>();
  private readonly healthListeners = new Set<(health: ClusterHealth) => void>();
  private newestOp = 0;
  private timestampMicros = startMs * 1000;
  private failure: ClusterErrorCode | Error | null = null;
  private changes: Partial<ClusterHealth> = {};
  private held: Promise<void> | null = null;

  /** Ms since 1970; the cluster's time and the gateway's. */
  readonly nowMs = (): number => Math.floor(this.timestampMicros / 1000);

  /** The newest op. */
  op(): number {
    return this.newestOp;
  }

  /** Moves time on, in steps of at most a second, as a primary's pulses do. */
  advance(ms: number): void {
    for (let left = ms; left > 0; left -= 1000) {
      this.timestampMicros += Math.min(left, 1000) * 1000;
      while (this.machine.isPulseDue(this.timestampMicros)) this.machine.pulse(this.nextContext());
    }
    this.giveHints();
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

  async execute(operation: Uint8Array): Promise<Executed> {
    assert(operation.length <= operationBytesMax, "an operation fits a request");
    await (this.held ?? Promise.resolve());
    if (this.failure !== "outcome-unknown") this.refuse();
    const bytes = this.machine.execute(operation, this.nextContext());
    this.giveHints();
    this.refuse();
    return { bytes, coord: this.coord() };
  }

  async query(question: Uint8Array): Promise<Executed> {
    await Promise.resolve();
    this.refuse();
    return { bytes: this.machine.query(question), coord: this.coord() };
  }

  watch(queue: string, onReady: () => void): () => void {
    const onReadies = this.watchers.get(queue) ?? new Set();
    this.watchers.set(queue, onReadies.add(onReady));
    return () => void onReadies.delete(onReady);
  }

  health(): ClusterHealth {
    return { ...healthOf(this.newestOp), ...this.changes };
  }

  onHealth(listener: (health: ClusterHealth) => void): () => void {
    this.healthListeners.add(listener);
    return () => void this.healthListeners.delete(listener);
  }

  private nextContext() {
    this.newestOp += 1;
    this.timestampMicros += 1;
    const { newestOp: op, timestampMicros } = this;
    return { op, requestIndex: 0, timestampMicros, random: nodeCrypto.randomBytes(16) };
  }

  private coord() {
    return { epoch: 0, view: 4, op: this.newestOp };
  }

  private refuse(): void {
    if (this.failure instanceof Error) throw this.failure;
    if (this.failure !== null) throw new ClusterError(this.failure, 1500);
  }

  private giveHints(): void {
    for (const queue of this.machine.takeReadyHints(hintsMax)) {
      for (const onReady of this.watchers.get(queue) ?? []) onReady();
    }
  }
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
