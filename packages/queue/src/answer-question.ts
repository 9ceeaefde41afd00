import { unreachable } from "@quorate/prelude";
import { browse } from "./browse.ts";
import { countMeant, type DeadCount, spanOf } from "./dead-filter.ts";
import { roomInFlight } from "./dequeue.ts";
import { deadLettersExaminedMax } from "./limits.ts";
import { tryPut } from "./put-queue.ts";
import type { QueueView } from "./queue-view.ts";
import type { Answer, DeliverableFinding, Question } from "./question.ts";
import { listRevocations } from "./revoke.ts";
import { viewTask } from "./task.ts";
import type { QueueState } from "./state.ts";
import { viewOf } from "./view-queue.ts";

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
    case "try-put": {
      const trial = tryPut(state, { ...question, type: "put-queue" });
      return trial === null ? { type: "invalid" } : { type: "put-trial", trial };
    }
    case "get-task": {
      const task = state.tasks.find(question.number);
      return { type: "task", task: task === undefined ? null : viewTask(task) };
    }
    case "count-dead":
      return { type: "dead-count", count: countDead(state, question) };
    case "deliverable":
      return { type: "deliverable", finds: findDeliverable(state, question) };
    case "revocations":
      return listRevocations(state, question);
    default:
      return unreachable(question);
  }
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

function countDead(
  state: QueueState,
  { queue: name, filter, from }: Extract<Question, { type: "count-dead" }>,
): DeadCount | null {
  const queue = state.queue(name);
  if (queue === undefined) return null;
  const span = spanOf(state, queue, filter);
  const max = deadLettersExaminedMax;
  return countMeant(state, queue, filter, { span, from: Math.max(from, span.first), max });
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
  const waiting = question.from === "dead" ? queue.dead : queue.candidates;
  return waiting === 0 ? "nothing" : "messages";
}
