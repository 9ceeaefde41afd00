/** The queues of a real cluster in one object: the same state machine, fed one operation at a time. */
import { ApiError, type ErrorCode } from "@quorate/contract";
import { sha256 } from "@quorate/prelude/testing";
import { createQueueStateMachine } from "@quorate/queue";
import type { Conversation, Step, StepAnswer } from "@quorate/rest";

/** Queues whose hints are taken at once. */
const hintsMax = 1000;

/** A pulse comes at least this often, in ms. */
const pulseMs = 1000;

/** See the file's comment. Time is the test's. */
export class TestMachine {
  private readonly machine = createQueueStateMachine({ sha256 });
  private readonly watchers = new Map<string, Set<() => void>>();
  private op = 0;
  private timestampMicros: number;
  private failure: ErrorCode | null = null;

  /** @param startMs the time at which it begins, ms since 1970 */
  constructor(startMs: number) {
    this.timestampMicros = startMs * 1000;
  }

  /** The cluster's time, ms since 1970. */
  readonly nowMs = (): number => Math.floor(this.timestampMicros / 1000);

  /** Every call fails with this code until null is given; `outcome-unknown` acts before it fails. */
  failWith(failure: ErrorCode | null): void {
    this.failure = failure;
  }

  /** Moves time on, with a pulse wherever one is due. */
  advance(ms: number): void {
    for (let left = ms; left > 0; left -= pulseMs) {
      this.timestampMicros += Math.min(left, pulseMs) * 1000;
      while (this.machine.isPulseDue(this.timestampMicros)) this.machine.pulse(this.nextContext());
    }
    this.giveHints();
  }

  /** What the conversation comes to. Throws ApiError when it is refused, or told to fail. */
  hold<R>(conversation: Conversation<R>): R {
    let next = conversation.next();
    while (next.done !== true) next = conversation.next(this.perform(next.value));
    return next.value;
  }

  /** Calls back whenever there may be messages in the queue; answers the way out. */
  watch(queue: string, onReady: () => void): () => void {
    const watchers = this.watchers.get(queue) ?? new Set();
    this.watchers.set(queue, watchers.add(onReady));
    return () => void watchers.delete(onReady);
  }

  private perform(step: Step): StepAnswer {
    if (step.type === "ask") {
      this.refuse({});
      return { bytes: this.machine.query(step.bytes), coord: this.coord() };
    }
    if (this.failure !== "outcome-unknown") this.refuse({});
    const bytes = this.machine.execute(step.bytes, this.nextContext());
    const coord = this.coord();
    this.giveHints();
    this.refuse(step.how.isRepeatable ? {} : { retryable: false });
    return { bytes, coord };
  }

  private nextContext() {
    this.op += 1;
    this.timestampMicros += 1;
    const random = crypto.getRandomValues(new Uint8Array(16));
    return { op: this.op, requestIndex: 0, timestampMicros: this.timestampMicros, random };
  }

  private coord() {
    return { epoch: 0, view: 0, op: this.op };
  }

  private refuse(facts: { readonly retryable?: boolean }): void {
    if (this.failure !== null) throw new ApiError(this.failure, facts);
  }

  private giveHints(): void {
    for (const queue of this.machine.takeReadyHints(hintsMax)) {
      for (const onReady of this.watchers.get(queue) ?? []) onReady();
    }
  }
}
