import { type ByteReader, type ByteWriter, unreachable } from "@quorate/prelude";
import type { DeadCount } from "./dead-filter.ts";
import { readQueueName } from "./queue-name.ts";
import { readRedriveFilter, type RedriveFilter, writeRedriveFilter } from "./redrive-filter.ts";
import { readTaskView, type TaskView, writeTaskView } from "./task.ts";
import { optional, readOptional } from "./wire.ts";

/** A question about redrives. */
export type TaskQuestion =
  | { readonly type: "get-task"; readonly number: number }
  | {
      /** What a redrive would bring back; asked part by part. */
      readonly type: "count-dead";
      readonly queue: string;
      readonly filter: RedriveFilter;
      /** Number of the death to count from; 0 from the beginning. */
      readonly from: number;
    };

export type TaskAnswer =
  /** Null: no such task, or one that ended more than 24 h ago. */
  | { readonly type: "task"; readonly task: TaskView | null }
  /** Null: no such queue. */
  | { readonly type: "dead-count"; readonly count: DeadCount | null };

/** Writes what follows the question's type. */
export function writeTaskQuestion(writer: ByteWriter, question: TaskQuestion): void {
  switch (question.type) {
    case "get-task":
      writer.u64(question.number);
      break;
    case "count-dead":
      writeRedriveFilter(writer.string(question.queue), question.filter);
      writer.u64(question.from);
      break;
    default:
      unreachable(question);
  }
}

/** Reads what writeTaskQuestion wrote. Throws DecodeError. */
export function readTaskQuestion(reader: ByteReader, type: TaskQuestion["type"]): TaskQuestion {
  if (type === "get-task") return { type, number: reader.u64() };
  const queue = readQueueName(reader);
  return { type, queue, filter: readRedriveFilter(reader), from: reader.u64() };
}

/** Writes what follows the answer's type. */
export function writeTaskAnswer(writer: ByteWriter, answer: TaskAnswer): void {
  switch (answer.type) {
    case "task":
      optional(writer, answer.task, (task) => writeTaskView(writer, task));
      break;
    case "dead-count":
      optional(writer, answer.count, ({ matched, next }) => {
        writer.u64(matched);
        optional(writer, next, (death) => writer.u64(death));
      });
      break;
    default:
      unreachable(answer);
  }
}

/** Reads what writeTaskAnswer wrote. Throws DecodeError. */
export function readTaskAnswer(reader: ByteReader, type: TaskAnswer["type"]): TaskAnswer {
  if (type === "task") return { type, task: readOptional(reader, () => readTaskView(reader)) };
  const count = readOptional(reader, () => ({
    matched: reader.u64(),
    next: readOptional(reader, () => reader.u64()),
  }));
  return { type, count };
}
