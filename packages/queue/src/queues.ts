import { unreachable } from "@quorate/prelude";
import { browse } from "./browse.ts";
import { roomInFlight } from "./dequeue.ts";
import { oldestReadyScanMax, queuesMax } from "./limits.ts";
import { messageField } from "./message-record.ts";
import type { PutQueue } from "./operation.ts";
import { encodeOutcome } from "./outcome-codec.ts";
import type { Queue } from "./queue.ts";
import {
  type QueueConfig,
  queueConfigFault,
  queueConfigHas,
  queueConfigOf,
} from "./queue-config.ts";
import type { QueueView } from "./queue-view.ts";
import type { Answer, DeliverableFinding, Question } from "./question.ts";
import type { Refusal } from "./refusal.ts";
import { listRevocations } from "./revoke.ts";
import type { QueueState } from "./state.ts";

/** `PUT /queues/{q}`: create, find unchanged, or replace (contract, "Queue configuration"). */
export function putQueue(state: QueueState, operation: PutQueue): Uint8Array {
  const config = queueConfigOf(operation.config);
  if (queueConfigFault(config) !== null) return encodeOutcome({ type: "invalid" });
  const queue = state.queue(operation.queue);
  const { precondition } = operation;
  switch (precondition.kind) {
    case "none":
      if (queue === undefined) return create(state, operation.queue, config);
      if (!queueConfigHas(queue.config, operation.config)) {
        return refuse({ code: "precondition-required" });
      }
      return answerPut(state, queue, false);
    case "absent":
      if (queue !== undefined) return refuse({ code: "queue-exists" });
      return create(state, operation.queue, config);
    case "match-any":
      if (queue === undefined) return refuse({ code: "etag-mismatch" });
      return replace(state, queue, config);
    case "match":
      if (
        queue === undefined ||
        queue.incarnation !== precondition.incarnation ||
        queue.version !== precondition.version
      ) {
        return refuse({ code: "etag-mismatch" });
      }
      return replace(state, queue, config);
    default:
      return unreachable(precondition);
  }
}

function create(state: QueueState, name: string, config: QueueConfig): Uint8Array {
  if (state.queueCount >= queuesMax) {
    return refuse({ code: "limit-exceeded", limit: "queuesMax", max: queuesMax });
  }
  return answerPut(state, state.createQueue(name, config), true);
}

function replace(state: QueueState, queue: Queue, config: QueueConfig): Uint8Array {
  if (!queueConfigHas(queue.config, config)) {
    queue.configure(config);
    state.queuesIdleUntil = 0;
  }
  return answerPut(state, queue, false);
}

function answerPut(state: QueueState, queue: Queue, created: boolean): Uint8Array {
  return encodeOutcome({ type: "queue-put", created, view: viewOf(state, queue) });
}

/** Answers a read. Changes nothing. */
export function answerQuestion(state: QueueState, question: Question): Answer {
  switch (question.type) {
    case "get-queue": {
      const queue = state.queue(question.queue);
      return { type: "queue", view: queue === undefined ? null : viewOf(state, queue) };
    }
    case "list-queues":
      return listQueues(state, question);
    case "list-messages":
    case "get-message":
    case "list-groups":
      return browse(state, question);
    case "deliverable":
      return { type: "deliverable", finds: findDeliverable(state, question) };
    case "revocations":
      return listRevocations(state, question);
    default:
      return unreachable(question);
  }
}

/** The queue as reads show it. */
export function viewOf(state: QueueState, queue: Queue): QueueView {
  const { name, incarnation, version, config, paused } = queue;
  const { ready, blocked, leased, scheduled, dead, bytes } = queue;
  const oldestReadyAtMs = oldestReadyAt(state, queue);
  const stats = { ready, blocked, leased, scheduled, dead, bytes, oldestReadyAtMs };
  return { name, incarnation, version, config, stats, paused };
}

function listQueues(
  state: QueueState,
  question: Extract<Question, { type: "list-queues" }>,
): Answer {
  const { prefix, after, limit } = question;
  const names = state.names().filter((name) => name.startsWith(prefix) && name > after);
  const views: QueueView[] = [];
  for (const name of names.slice(0, limit)) {
    const queue = state.queue(name);
    if (queue !== undefined) views.push(viewOf(state, queue));
  }
  return { type: "queues", views, more: names.length > limit };
}

function findDeliverable(
  state: QueueState,
  question: Extract<Question, { type: "deliverable" }>,
): DeliverableFinding {
  const queue = state.queue(question.queue);
  if (queue === undefined) return "queue-not-found";
  const { dequeueHash } = question;
  const isReplay = dequeueHash !== null && state.calls.find(queue.incarnation, dequeueHash) !== 0;
  if (isReplay) return "replay";
  if (question.mode === "lease" && roomInFlight(queue) <= 0) return "in-flight-limit";
  if (queue.paused.receive !== null) return "paused";
  return queue.candidates === 0 ? "nothing" : "messages";
}

// By seq the first of a priority has usually waited longest; a delayed one has waited from its due
// time only, so the first few are compared.
function oldestReadyAt(state: QueueState, queue: Queue): number | null {
  let oldest = Infinity;
  for (const bits of queue.order) {
    for (const seq of bits.lowestOf(oldestReadyScanMax)) {
      const since = state.messages.f64(queue.messages.get(seq), messageField.since);
      oldest = Math.min(oldest, since);
    }
  }
  return oldest === Infinity ? null : Math.floor(oldest / 1_000);
}

function refuse(refusal: Refusal): Uint8Array {
  return encodeOutcome({ type: "refused", refusal, index: null });
}
