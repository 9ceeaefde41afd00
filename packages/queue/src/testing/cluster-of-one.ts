import type { Sha256 } from "@quorate/prelude";
import { createQueueStateMachine } from "../queue-state-machine.ts";

/** Queues whose hints are taken at once. */
const hintsMax = 1000;

/** A pulse comes at least this often, in ms. */
const pulseMs = 1000;

/** What it is made with. */
export interface ClusterOfOneOptions {
  readonly sha256: Sha256;
  /** The 16 bytes that a primary would draw for an operation. */
  readonly draw: () => Uint8Array;
  /** The time at which it begins, ms since 1970. */
  readonly startMs: number;
}

/**
 * A cluster in a test's hand: the replicas' state machine, fed one operation at a time. Its time
 * moves when the test says so, and by a microsecond with each operation.
 */
export class ClusterOfOne {
  private readonly machine;
  private readonly draw: () => Uint8Array;
  private readonly watchers = new Map<string, Set<() => void>>();
  private timestampMicros: number;
  private newestOp = 0;

  constructor({ sha256, draw, startMs }: ClusterOfOneOptions) {
    this.machine = createQueueStateMachine({ sha256 });
    this.draw = draw;
    this.timestampMicros = startMs * 1000;
  }

  /** Its time, ms since 1970. */
  readonly nowMs = (): number => Math.floor(this.timestampMicros / 1000);

  /** The newest op. */
  get op(): number {
    return this.newestOp;
  }

  /** Moves time on, with a pulse wherever one is due. */
  advance(ms: number): void {
    for (let left = ms; left > 0; left -= pulseMs) {
      this.timestampMicros += Math.min(left, pulseMs) * 1000;
      while (this.machine.isPulseDue(this.timestampMicros)) this.machine.pulse(this.nextContext());
    }
    this.giveHints();
  }

  /** Executes an operation. Its op is the newest until a watcher, who hears of it, does more. */
  execute(operation: Uint8Array): { readonly bytes: Uint8Array; readonly op: number } {
    const bytes = this.machine.execute(operation, this.nextContext());
    const { op } = this;
    this.giveHints();
    return { bytes, op };
  }

  /** Answers a question. */
  query(question: Uint8Array): { readonly bytes: Uint8Array; readonly op: number } {
    return { bytes: this.machine.query(question), op: this.op };
  }

  /** Calls back whenever there may be messages in the queue; answers the way out. */
  watch(queue: string, onReady: () => void): () => void {
    const watchers = this.watchers.get(queue) ?? new Set();
    this.watchers.set(queue, watchers.add(onReady));
    return () => void watchers.delete(onReady);
  }

  private nextContext() {
    this.newestOp += 1;
    this.timestampMicros += 1;
    const { op, timestampMicros } = this;
    return { op, requestIndex: 0, timestampMicros, random: this.draw() };
  }

  private giveHints(): void {
    for (const queue of this.machine.takeReadyHints(hintsMax)) {
      for (const onReady of this.watchers.get(queue) ?? []) onReady();
    }
  }
}
