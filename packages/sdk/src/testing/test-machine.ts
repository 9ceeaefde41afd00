/** The queues of a real cluster in one object, which fails when a test says so. */
import { ApiError, type ErrorCode } from "@quorate/contract";
import { sha256 } from "@quorate/prelude/testing";
import { ClusterOfOne } from "@quorate/queue/testing";
import type { Conversation, Step, StepAnswer } from "@quorate/rest";

/** See the file's comment. Time is the test's. */
export class TestMachine {
  private readonly cluster: ClusterOfOne;
  private failure: ErrorCode | null = null;

  /** @param startMs the time at which it begins, ms since 1970 */
  constructor(startMs: number) {
    const draw = () => crypto.getRandomValues(new Uint8Array(16));
    this.cluster = new ClusterOfOne({ sha256, draw, startMs });
  }

  /** The cluster's time, ms since 1970. */
  nowMs(): number {
    return this.cluster.nowMs();
  }

  /** Every call fails with this code until null is given; `outcome-unknown` acts before it fails. */
  failWith(failure: ErrorCode | null): void {
    this.failure = failure;
  }

  /** Moves time on. */
  advance(ms: number): void {
    this.cluster.advance(ms);
  }

  /** Calls back whenever there may be messages in the queue; answers the way out. */
  watch(queue: string, onReady: () => void): () => void {
    return this.cluster.watch(queue, onReady);
  }

  /** What the conversation comes to. Throws ApiError when it is refused, or told to fail. */
  hold<R>(conversation: Conversation<R>): R {
    let next = conversation.next();
    while (next.done !== true) next = conversation.next(this.perform(next.value));
    return next.value;
  }

  private perform(step: Step): StepAnswer {
    const isKnown = step.type === "ask" || this.failure !== "outcome-unknown";
    if (isKnown) this.refuse({});
    const { bytes, op } =
      step.type === "ask" ? this.cluster.query(step.bytes) : this.cluster.execute(step.bytes);
    const mayRepeat = step.type === "ask" || step.how.isRepeatable;
    this.refuse(mayRepeat ? {} : { retryable: false });
    return { bytes, coord: { epoch: 0, view: 0, op } };
  }

  private refuse(facts: { readonly retryable?: boolean }): void {
    if (this.failure !== null) throw new ApiError(this.failure, facts);
  }
}
