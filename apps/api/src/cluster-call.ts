/** Asking the cluster: operations and questions out, outcomes and answers back, errors honest. */
import { ApiError } from "@quorate/contract";
import {
  type Answer,
  decodeAnswer,
  decodeOutcome,
  encodeOperation,
  encodeQuestion,
  type Operation,
  type Outcome,
  type Question,
} from "@quorate/queue";
import {
  type CallSignal,
  type ClusterClient,
  ClusterError,
  type Coord,
  operationBytesMax,
} from "@quorate/session";
import { clusterMsMax } from "./limits.ts";
import { refusalError } from "./refusal-error.ts";

/** An outcome that is no refusal. */
export type Done = Exclude<Outcome, { type: "refused" | "invalid" | "repeated" }>;

/** How an operation is sent. */
export interface Sending {
  /** Whether it carries an id by which a repetition is known: then a 504 may be retried. */
  readonly isRepeatable: boolean;
  readonly signal?: CallSignal;
  readonly answerBytesMax?: number;
}

/** Executes the operation. Rejects with ApiError: what was refused, or why there is no answer. */
export async function execute<T extends Done["type"]>(
  client: ClusterClient,
  operation: Operation,
  sending: Sending & { readonly expects: T },
): Promise<{
  readonly outcome: Extract<Done, { type: T }>;
  readonly coord: Coord;
  /** Whether it was done before, under the same Idempotency-Key, and not again. */
  readonly isRepeated: boolean;
}> {
  const { isRepeatable, expects, ...options } = sending;
  const encoded = encodeOperation(operation);
  refuseTooLong(encoded.length);
  const { bytes, coord } = await client
    .execute(encoded, { timeoutMs: clusterMsMax, ...options })
    .catch((error: unknown) => {
      throw withoutRetry(error, isRepeatable);
    });
  const decoded = decodeOutcome(bytes);
  const isRepeated = decoded.type === "repeated";
  const outcome = isRepeated ? decoded.outcome : decoded;
  if (outcome.type === "refused") throw refusalError(outcome.refusal, outcome.index);
  if (!isOf(outcome, expects)) throw new Error(`${operation.type} had the outcome ${outcome.type}`);
  return { outcome, coord, isRepeated };
}

/** Bodies are counted before; a batch may have headers and ids of as many bytes again. */
function refuseTooLong(bytes: number): void {
  if (bytes <= operationBytesMax) return;
  const detail = `Bodies, headers and ids of a call are together at most ${operationBytesMax} bytes.`;
  const limit = { limit: "operationBytesMax", max: operationBytesMax };
  throw new ApiError("payload-too-large", { detail, ...limit });
}

function isOf<T extends Outcome["type"]>(
  outcome: Outcome,
  type: T,
): outcome is Extract<Outcome, { type: T }> {
  return outcome.type === type;
}

function withoutRetry(error: unknown, isRepeatable: boolean): unknown {
  if (isRepeatable || !(error instanceof ClusterError) || error.code !== "outcome-unknown") {
    return error;
  }
  const facts = { retryable: false, retryAfterMs: error.retryAfterMs };
  return new ApiError("outcome-unknown", facts, { cause: error });
}

/** Asks the question. Rejects with ApiError or ClusterError; a read without an answer is a 503. */
export async function ask<T extends Exclude<Answer["type"], "invalid">>(
  client: ClusterClient,
  question: Question,
  options: {
    readonly expects: T;
    readonly consistency?: "linearizable" | "stale";
    readonly signal?: CallSignal;
    readonly timeoutMs?: number;
    readonly answerBytesMax?: number;
  },
): Promise<{ readonly answer: Extract<Answer, { type: T }>; readonly coord: Coord }> {
  const { expects, consistency = "linearizable", timeoutMs = clusterMsMax } = options;
  const { signal, answerBytesMax } = options;
  const { bytes, coord } = await client
    .query(encodeQuestion(question), {
      timeoutMs,
      consistency,
      ...(signal === undefined ? {} : { signal }),
      ...(answerBytesMax === undefined ? {} : { answerBytesMax }),
    })
    .catch((error: unknown) => {
      throw asReadError(error);
    });
  const answer = decodeAnswer(bytes);
  if (!isAnswerOf(answer, expects))
    throw new Error(`${question.type} had the answer ${answer.type}`);
  return { answer, coord };
}

function isAnswerOf<T extends Answer["type"]>(
  answer: Answer,
  type: T,
): answer is Extract<Answer, { type: T }> {
  return answer.type === type;
}

/** A read changes nothing, so that nobody can be in doubt about it: it is a 503, never a 504. */
function asReadError(error: unknown): unknown {
  if (!(error instanceof ClusterError) || error.code !== "outcome-unknown") return error;
  return new ApiError("no-quorum", { retryAfterMs: error.retryAfterMs }, { cause: error });
}
