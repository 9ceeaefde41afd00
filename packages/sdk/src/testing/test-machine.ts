/** The queues of a real cluster in one object: the same state machine, fed one operation at a time. */
import { ApiError, type ErrorCode } from "@quorate/contract";
import { sha256 } from "@quorate/prelude/testing";
import {
  type Answer,
  createQueueStateMachine,
  decodeAnswer,
  decodeOutcome,
  encodeOperation,
  encodeQuestion,
  type Operation,
  type Outcome,
  type Question,
} from "@quorate/queue";
import { refusalError } from "./refusal-error.ts";

/** Where an answer stands in the log. */
export interface TestCoord {
  readonly epoch: number;
  readonly view: number;
  readonly op: number;
}

type Done = Exclude<Outcome, { type: "refused" } | { type: "invalid" }>;

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

  /** The coordinate of an answer that is given now. */
  coord(): TestCoord {
    return { epoch: 0, view: 0, op: this.op };
  }

  /** Executes the operation. Throws an ApiError when it is refused. */
  execute<T extends Done["type"]>(operation: Operation, expects: T): Extract<Done, { type: T }> {
    if (this.failure !== "outcome-unknown") this.refuse();
    const bytes = this.machine.execute(encodeOperation(operation), this.nextContext());
    this.giveHints();
    this.refuse();
    const outcome = decodeOutcome(bytes);
    if (outcome.type === "refused") throw refusalError(outcome.refusal, outcome.index);
    if (isOf(outcome, expects)) return outcome;
    throw new Error(`${operation.type} had the outcome ${outcome.type}`);
  }

  /** Answers the question. */
  ask<T extends Answer["type"]>(question: Question, expects: T): Extract<Answer, { type: T }> {
    this.refuse();
    const answer = decodeAnswer(this.machine.query(encodeQuestion(question)));
    if (isOf(answer, expects)) return answer;
    throw new Error(`${question.type} had the answer ${answer.type}`);
  }

  /** Calls back whenever there may be messages in the queue; answers the way out. */
  watch(queue: string, onReady: () => void): () => void {
    const watchers = this.watchers.get(queue) ?? new Set();
    this.watchers.set(queue, watchers.add(onReady));
    return () => void watchers.delete(onReady);
  }

  private nextContext() {
    this.op += 1;
    this.timestampMicros += 1;
    const random = crypto.getRandomValues(new Uint8Array(16));
    return { op: this.op, requestIndex: 0, timestampMicros: this.timestampMicros, random };
  }

  private refuse(): void {
    if (this.failure !== null) throw new ApiError(this.failure);
  }

  private giveHints(): void {
    for (const queue of this.machine.takeReadyHints(hintsMax)) {
      for (const onReady of this.watchers.get(queue) ?? []) onReady();
    }
  }
}

function isOf<V extends { readonly type: string }, T extends V["type"]>(
  value: V,
  type: T,
): value is Extract<V, { type: T }> {
  return value.type === type;
}
