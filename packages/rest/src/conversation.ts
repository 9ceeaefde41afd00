/**
 * What a call asks of the cluster, step by step, and what is made of the cluster's answers.
 *
 * A conversation is a generator: it says what is to be asked and is told the answer. So it never
 * waits, and who drives it may: over a network, or with the state machine in his hand.
 */
import {
  type Answer as Told,
  decodeAnswer,
  decodeOutcome,
  encodeOperation,
  encodeQuestion,
  type Operation,
  type Outcome,
  type Question,
} from "@quorate/queue";
import { refusalError } from "./refusal-error.ts";

/** Coordinate of an answer: the op that answered a mutation, or the newest op a read reflects. */
export interface Coord {
  readonly epoch: number;
  readonly view: number;
  readonly op: number;
}

/** Whether a read waits for a quorum, or takes what any replica knows. */
export type Consistency = "linearizable" | "stale";

/** How an operation is sent. */
interface Sent {
  /** Whether it carries an id by which a repetition is known: then a 504 may be retried. */
  readonly isRepeatable: boolean;
  readonly answerBytesMax?: number;
}

/** How a question is asked. */
interface Asked {
  /** Linearizable when it is not said. */
  readonly consistency?: Consistency | undefined;
  readonly answerBytesMax?: number;
}

/** One step: the bytes of what the cluster is to do, or to tell. */
export type Step =
  | { readonly type: "execute"; readonly bytes: Uint8Array; readonly how: Sent }
  | { readonly type: "ask"; readonly bytes: Uint8Array; readonly how: Asked };

/** What the cluster has answered. */
export interface StepAnswer {
  readonly bytes: Uint8Array;
  readonly coord: Coord;
}

/** See the file's comment. Throws ApiError where the call is refused. */
export type Conversation<R> = Generator<Step, R, StepAnswer>;

/** An outcome that is no refusal. */
export type Done = Exclude<Outcome, { type: "refused" | "invalid" | "repeated" }>;

/** What was done. */
export interface Executed<T extends Done["type"]> {
  readonly outcome: Extract<Done, { type: T }>;
  readonly coord: Coord;
  /** Whether it was done before, under the same Idempotency-Key, and not again. */
  readonly isRepeated: boolean;
}

/** How an operation is sent, and which outcome it has. */
export interface Sending<T extends Done["type"]> extends Sent {
  readonly expects: T;
}

/** Executes the operation. Throws ApiError when it was refused. */
export function* execute<T extends Done["type"]>(
  operation: Operation,
  how: Sending<T>,
): Conversation<Executed<T>> {
  const { bytes, coord } = yield { type: "execute", bytes: encodeOperation(operation), how };
  const decoded = decodeOutcome(bytes);
  const isRepeated = decoded.type === "repeated";
  const outcome = isRepeated ? decoded.outcome : decoded;
  if (outcome.type === "refused") throw refusalError(outcome.refusal, outcome.index);
  if (!isOf(outcome, how.expects))
    throw new Error(`${operation.type} had the outcome ${outcome.type}`);
  return { outcome, coord, isRepeated };
}

/** Asks the question. */
export function* ask<T extends Exclude<Told["type"], "invalid">>(
  question: Question,
  how: Asked & { readonly expects: T },
): Conversation<{ readonly answer: Extract<Told, { type: T }>; readonly coord: Coord }> {
  const told = yield { type: "ask", bytes: encodeQuestion(question), how };
  const answer = decodeAnswer(told.bytes);
  if (!isOf(answer, how.expects)) throw new Error(`${question.type} had the answer ${answer.type}`);
  return { answer, coord: told.coord };
}

function isOf<V extends { readonly type: string }, T extends V["type"]>(
  value: V,
  type: T,
): value is Extract<V, { type: T }> {
  return value.type === type;
}
