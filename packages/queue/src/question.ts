import { ByteReader, ByteWriter, DecodeError, unreachable } from "@quorate/prelude";
import {
  type BrowseAnswer,
  type BrowseQuestion,
  readBrowseAnswer,
  readBrowseQuestion,
  writeBrowseAnswer,
  writeBrowseQuestion,
} from "./browse-question.ts";
import { hashBytes } from "./fingerprint.ts";
import { listQueuesMax, listRevocationsMax, queueNameBytesMax } from "./limits.ts";
import type { PutQueue } from "./operation.ts";
import { readPutQueue, writePutQueue } from "./put-queue-codec.ts";
import { type PutTrial, readPutTrial, writePutTrial } from "./put-trial.ts";
import {
  readTaskAnswer,
  readTaskQuestion,
  type TaskAnswer,
  type TaskQuestion,
  writeTaskAnswer,
  writeTaskQuestion,
} from "./task-question.ts";
import { readQueueName } from "./queue-name.ts";
import { type QueueView, readQueueView, writeQueueView } from "./queue-view.ts";
import { readRevocation, type Revocation, writeRevocation } from "./revocation.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

/** A read: answered at the current state, never in the log. */
export type Question =
  /** `PUT /queues/{q}?dryRun=true`. */
  | (Omit<PutQueue, "type"> & { readonly type: "try-put" })
  | BrowseQuestion
  | TaskQuestion
  | { readonly type: "get-queue"; readonly queue: string }
  | {
      readonly type: "list-queues";
      /** Names that begin so; empty is all. */
      readonly prefix: string;
      /** Only names after this one; empty is from the beginning. */
      readonly after: string;
      /** 1 to 1,000. */
      readonly limit: number;
    }
  | {
      /** What a dequeue would find; asked so that one without messages makes no log entry. */
      readonly type: "deliverable";
      readonly queue: string;
      readonly from: "ready" | "dead";
      readonly mode: "lease" | "delete";
      /** dequeueIdHash, if the call has an id. */
      readonly dequeueHash: Uint8Array | null;
    }
  | {
      /** Revocations that are newer than those that the asker has. */
      readonly type: "revocations";
      /** Number of the newest one that he has; 0 is none. */
      readonly after: number;
      /** 1 to 1,000. */
      readonly limit: number;
    };

export type Answer =
  | { readonly type: "put-trial"; readonly trial: PutTrial }
  | BrowseAnswer
  | TaskAnswer
  | { readonly type: "invalid" }
  /** Null: no such queue. */
  | { readonly type: "queue"; readonly view: QueueView | null }
  /** By name, ascending; `more` when names follow. */
  | { readonly type: "queues"; readonly views: readonly QueueView[]; readonly more: boolean }
  | { readonly type: "deliverable"; readonly finds: DeliverableFinding }
  /** In the order of their numbers; `more` when others follow. */
  | {
      readonly type: "revocations";
      readonly revocations: readonly Revocation[];
      readonly more: boolean;
    };

/**
 * `messages` and `replay`: the dequeue has to go through the log. `in-flight-limit`: it would be
 * refused. `nothing`: it would answer no messages, and may wait. `paused`: the same, because
 * receiving is paused.
 */
export type DeliverableFinding =
  | "messages"
  | "replay"
  | "nothing"
  | "in-flight-limit"
  | "queue-not-found"
  | "paused";

const findings: readonly DeliverableFinding[] = [
  "messages",
  "replay",
  "nothing",
  "in-flight-limit",
  "queue-not-found",
  "paused",
];
const questionTypes = [
  "get-queue",
  "list-queues",
  "deliverable",
  "revocations",
  "list-messages",
  "get-message",
  "list-groups",
  "try-put",
  "get-task",
  "count-dead",
] as const;
const answerTypes = [
  "invalid",
  "queue",
  "queues",
  "deliverable",
  "revocations",
  "messages",
  "message",
  "groups",
  "put-trial",
  "task",
  "dead-count",
] as const;

/** The one spelling of the question. */
export function encodeQuestion(question: Question): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(questionTypes.indexOf(question.type));
  switch (question.type) {
    case "get-queue":
      writer.string(question.queue);
      break;
    case "list-queues":
      writer.string(question.prefix).string(question.after).u32(question.limit);
      break;
    case "deliverable":
      writer.string(question.queue).bool(question.from === "dead");
      writer.bool(question.mode === "delete");
      optional(writer, question.dequeueHash, (hash) => writer.raw(hash));
      break;
    case "revocations":
      writer.u64(question.after).u32(question.limit);
      break;
    case "list-messages":
    case "get-message":
    case "list-groups":
      writeBrowseQuestion(writer, question);
      break;
    case "try-put":
      writePutQueue(writer.string(question.queue), question);
      break;
    case "get-task":
    case "count-dead":
      writeTaskQuestion(writer, question);
      break;
    default:
      unreachable(question);
  }
  return writer.finish();
}

/** The question in these bytes. Throws DecodeError. */
export function decodeQuestion(bytes: Uint8Array): Question {
  const reader = new ByteReader(bytes);
  const question = readQuestion(reader);
  reader.end();
  return question;
}

function readQuestion(reader: ByteReader): Question {
  const type = readChoice(reader, questionTypes);
  switch (type) {
    case "get-queue":
      return { type, queue: readQueueName(reader) };
    case "list-queues":
      return {
        type,
        prefix: reader.string(queueNameBytesMax),
        after: reader.string(queueNameBytesMax),
        limit: readRange(reader.u32(), 1, listQueuesMax),
      };
    case "deliverable":
      return {
        type,
        queue: readQueueName(reader),
        from: reader.bool() ? "dead" : "ready",
        mode: reader.bool() ? "delete" : "lease",
        dequeueHash: readOptional(reader, () => reader.raw(hashBytes)),
      };
    case "revocations":
      return {
        type,
        after: reader.u64(),
        limit: readRange(reader.u32(), 1, listRevocationsMax),
      };
    case "list-messages":
    case "get-message":
    case "list-groups":
      return readBrowseQuestion(reader, type);
    case "try-put":
      return { ...readPutQueue(reader, readQueueName(reader)), type };
    case "get-task":
    case "count-dead":
      return readTaskQuestion(reader, type);
    default:
      return unreachable(type);
  }
}

/** The one spelling of the answer. */
export function encodeAnswer(answer: Answer): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(answerTypes.indexOf(answer.type));
  switch (answer.type) {
    case "invalid":
      break;
    case "queue":
      optional(writer, answer.view, (view) => writeQueueView(writer, view));
      break;
    case "queues":
      writer.u32(answer.views.length);
      for (const view of answer.views) writeQueueView(writer, view);
      writer.bool(answer.more);
      break;
    case "deliverable":
      writer.u8(findings.indexOf(answer.finds));
      break;
    case "revocations":
      writer.u32(answer.revocations.length);
      for (const revocation of answer.revocations) writeRevocation(writer, revocation);
      writer.bool(answer.more);
      break;
    case "messages":
    case "message":
    case "groups":
      writeBrowseAnswer(writer, answer);
      break;
    case "put-trial":
      writePutTrial(writer, answer.trial);
      break;
    case "task":
    case "dead-count":
      writeTaskAnswer(writer, answer);
      break;
    default:
      unreachable(answer);
  }
  return writer.finish();
}

/** The answer in these bytes. Throws DecodeError. */
export function decodeAnswer(bytes: Uint8Array): Answer {
  const reader = new ByteReader(bytes);
  const answer = readAnswer(reader);
  reader.end();
  return answer;
}

function readAnswer(reader: ByteReader): Answer {
  const type = answerTypes[reader.u8()];
  switch (type) {
    case "invalid":
      return { type };
    case "queue":
      return { type, view: readOptional(reader, () => readQueueView(reader)) };
    case "queues": {
      const count = reader.count(listQueuesMax);
      const views: QueueView[] = [];
      for (let index = 0; index < count; index++) views.push(readQueueView(reader));
      return { type, views, more: reader.bool() };
    }
    case "deliverable":
      return { type, finds: readChoice(reader, findings) };
    case "revocations": {
      const count = reader.count(listRevocationsMax);
      const revocations: Revocation[] = [];
      for (let index = 0; index < count; index++) revocations.push(readRevocation(reader));
      return { type, revocations, more: reader.bool() };
    }
    case "messages":
    case "message":
    case "groups":
      return readBrowseAnswer(reader, type);
    case "put-trial":
      return { type, trial: readPutTrial(reader) };
    case "task":
    case "dead-count":
      return readTaskAnswer(reader, type);
    case undefined:
      throw new DecodeError("answer of unknown type");
    default:
      return unreachable(type);
  }
}
