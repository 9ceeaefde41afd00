/**
 * Receiving. Whether a call waits, and in which line, is its gateway's; each time it tries, it holds
 * one of these conversations.
 */
import {
  ApiError,
  type dequeue,
  type Held,
  storedBodyBytesMax,
  waitMsMax,
} from "@quorate/contract";
import { unreachable } from "@quorate/prelude";
import { type Dequeue, dequeueIdHash } from "@quorate/queue";
import type { Answer } from "./answer.ts";
import { type Call, headerOf, type RequestHead } from "./call.ts";
import { ask, type Conversation, type Coord, execute } from "./conversation.ts";
import { type Delivered, deliveredText } from "./delivery-text.ts";
import { faultAt } from "./fault-at.ts";
import type { Host } from "./host.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";
import { aroundBodyBytesMax, deliveryAnswerBytesMax } from "./limits.ts";

type DequeueCall = Call<Held<typeof dequeue.body & object>>;

/** What a dequeue asks for. */
export interface Receiving {
  readonly operation: Dequeue;
  /** How long it waits for messages, in ms. */
  readonly waitMs: number;
  /** The part of it that was a preference, which the answer says was applied; else null. */
  readonly preferredMs: number | null;
}

/** What the call asks for. Throws `request-invalid` when it has two ids. */
export function receivingOf({ sha256 }: Host, call: DequeueCall): Receiving {
  const { body, principal, queue, request } = call;
  // A preference yields to what the body says.
  const preferredMs = body.waitMs === undefined ? preferredWaitMs(request) : null;
  const id = dequeueIdOf(call);
  const operation: Dequeue = {
    type: "dequeue",
    queue,
    principal: principal.id,
    worker: body.worker ?? null,
    dequeueHash: id === null ? null : dequeueIdHash(sha256, principal.id, id),
    from: body.from ?? "ready",
    max: body.max ?? 1,
    maxPerGroup: body.maxPerGroup ?? null,
    mode: body.mode ?? "lease",
    leaseMs: body.leaseMs ?? null,
  };
  return { operation, waitMs: body.waitMs ?? preferredMs ?? 0, preferredMs };
}

function dequeueIdOf({ body, request }: DequeueCall): string | null {
  const key = idempotencyKeyOf(request);
  if (key !== null && body.dequeueId !== undefined && key !== body.dequeueId) {
    const detail = "expected the same as the Idempotency-Key, or only one of them";
    throw faultAt("/dequeueId", detail);
  }
  return body.dequeueId ?? key;
}

/** `Prefer: wait=20` (RFC 7240 §4.3) in ms, or null. */
function preferredWaitMs(request: RequestHead): number | null {
  const pattern = /(?:^|,)\s*wait\s*=\s*("?)(\d{1,9})\1\s*(?:$|[,;])/i;
  const [, , seconds] = pattern.exec(headerOf(request, "Prefer") ?? "") ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds) * 1000, waitMsMax);
}

/** Asks, and takes if there is something: an answer without messages makes no log entry. */
export function* takeOrAsk(operation: Dequeue): Conversation<Delivered> {
  const { coord, isThere, paused } = yield* askFor(operation);
  const taken = isThere ? yield* take(operation) : null;
  return taken ?? { messages: [], lost: [], replayed: false, paused, coord };
}

function* askFor({ queue, from, mode, dequeueHash }: Dequeue): Conversation<{
  readonly coord: Coord;
  readonly isThere: boolean;
  readonly paused: boolean;
}> {
  const question = { type: "deliverable", queue, from, mode, dequeueHash } as const;
  const { answer, coord } = yield* ask(question, { expects: "deliverable" });
  switch (answer.finds) {
    case "queue-not-found":
      throw new ApiError("queue-not-found");
    case "in-flight-limit": {
      const view = yield* ask({ type: "get-queue", queue }, { expects: "queue" });
      const max = view.answer.view?.config.maxInFlight;
      const limit = { limit: "maxInFlight", ...(max === undefined ? {} : { max }) };
      throw new ApiError("in-flight-limit", limit);
    }
    case "messages":
    case "replay":
      return { coord, isThere: true, paused: false };
    case "nothing":
      return { coord, isThere: false, paused: false };
    case "paused":
      return { coord, isThere: false, paused: true };
    default:
      return unreachable(answer.finds);
  }
}

/** Takes through the log; null when another call was faster and nothing is left. */
export function* take(operation: Dequeue): Conversation<Delivered | null> {
  const { outcome, coord } = yield* execute(operation, {
    expects: "dequeued",
    isRepeatable: operation.dequeueHash !== null,
    answerBytesMax: Math.min(
      operation.max * (storedBodyBytesMax + aroundBodyBytesMax),
      deliveryAnswerBytesMax,
    ),
  });
  const { messages, lost, replayed, paused } = outcome;
  const delivered = { messages, lost, replayed, paused, coord };
  return isFull(delivered) ? delivered : null;
}

/** Whether a call that waits need wait no longer. */
export function isFull({ messages, replayed }: Delivered): boolean {
  return messages.length > 0 || replayed;
}

/** The answer to a call that comes to this. */
export function deliveredAnswer(
  { text }: Host,
  delivered: Delivered,
  { preferredMs }: Receiving,
): Answer {
  return {
    status: 200,
    body: deliveredText(delivered, text),
    counts: countsOf(delivered),
    ...(preferredMs === null
      ? {}
      : { headers: { "Preference-Applied": `wait=${preferredMs / 1000}` } }),
  };
}

function countsOf({ messages, replayed }: Delivered) {
  if (replayed) return {};
  const again = messages.filter(({ deliveries }) => deliveries > 1).length;
  return { dequeued: messages.length, redelivered: again };
}
