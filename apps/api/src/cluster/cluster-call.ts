/** Holding conversations with the cluster: steps out, answers back, errors honest. */
import { ApiError } from "@quorate/contract";
import type { Conversation, Step, StepAnswer } from "@quorate/rest";
import {
  type CallOptions,
  type CallSignal,
  type ClusterClient,
  ClusterError,
  operationBytesMax,
} from "@quorate/session";
import { clusterMsMax, overloadedRetryMsMin } from "../limits.ts";

/** How a conversation is held. */
export interface Holding {
  /** Fires when nobody waits for its end. */
  readonly signal?: CallSignal;
  /** How long each step may take, in ms. */
  readonly timeoutMs?: number;
}

/**
 * What the conversation comes to. Rejects with ApiError or ClusterError: why it comes to nothing.
 *
 * A conversation of many steps must be over as soon as one of a single step. Only its last step may
 * change something, so that nothing was done when it is broken off.
 */
export async function hold<R>(
  client: ClusterClient,
  conversation: Conversation<R>,
  holding: Holding = {},
): Promise<R> {
  const endMs = performance.now() + clusterMsMax;
  let next = conversation.next();
  while (next.done !== true) {
    next = conversation.next(await perform(client, next.value, holding));
    if (next.done !== true && performance.now() >= endMs) {
      throw new ApiError("overloaded", { retryAfterMs: overloadedRetryMsMin });
    }
  }
  return next.value;
}

function perform(client: ClusterClient, step: Step, holding: Holding): Promise<StepAnswer> {
  const { type, bytes, how } = step;
  const options = optionsOf(how, holding);
  if (type === "execute") {
    refuseTooLong(bytes.length);
    return client.execute(bytes, options).catch((error: unknown) => {
      throw withoutRetry(error, how.isRepeatable);
    });
  }
  const { consistency = "linearizable" } = how;
  return client.query(bytes, { ...options, consistency }).catch((error: unknown) => {
    throw asReadError(error);
  });
}

/** Bodies are counted before; a batch may have headers and ids of as many bytes again. */
function refuseTooLong(bytes: number): void {
  if (bytes <= operationBytesMax) return;
  const detail = `Bodies, headers and ids of a call are together at most ${operationBytesMax} bytes.`;
  const limit = { limit: "operationBytesMax", max: operationBytesMax };
  throw new ApiError("payload-too-large", { detail, ...limit });
}

function optionsOf(
  { answerBytesMax }: Step["how"],
  { signal, timeoutMs = clusterMsMax }: Holding,
): CallOptions {
  // Most calls have nothing but their time.
  if (signal === undefined && answerBytesMax === undefined) return { timeoutMs };
  return {
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    ...(answerBytesMax === undefined ? {} : { answerBytesMax }),
  };
}

function withoutRetry(error: unknown, isRepeatable: boolean): unknown {
  if (isRepeatable || !(error instanceof ClusterError) || error.code !== "outcome-unknown") {
    return error;
  }
  const facts = { retryable: false, retryAfterMs: error.retryAfterMs };
  return new ApiError("outcome-unknown", facts, { cause: error });
}

/** A read changes nothing, so that nobody can be in doubt about it: it is a 503, never a 504. */
function asReadError(error: unknown): unknown {
  if (!(error instanceof ClusterError) || error.code !== "outcome-unknown") return error;
  return new ApiError("no-quorum", { retryAfterMs: error.retryAfterMs }, { cause: error });
}
