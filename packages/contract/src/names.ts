/** The texts that name things: queues, messages, leases, ids chosen by callers. */
import * as z from "zod";
import { idCharsMax, queueNameCharsMax } from "./limits.ts";

/** What a queue can be called. */
export const queueNamePattern = new RegExp(`^[a-z0-9][a-z0-9._-]{0,${queueNameCharsMax - 1}}$`);

/** Whether a queue can have this name. */
export function isQueueName(text: string): boolean {
  return queueNamePattern.test(text);
}

/** A queue's name. */
export const QueueName = z
  .string()
  .regex(queueNamePattern)
  .meta({ id: "QueueName", description: "Name of a queue", examples: ["orders"] });

/** What an id of a message looks like. */
export const messageIdPattern = /^m_[0-9a-hjkmnp-tv-z]{20}$/;

/** `m_` and 20 digits of lower-case Crockford base32; ids sort by age. */
export const MessageId = z.string().regex(messageIdPattern).meta({ id: "MessageId" });

/** `l_` and lower-case Crockford base32 of the fence and a tag that cannot be guessed. */
export const LeaseId = z
  .string()
  .regex(/^l_[0-9a-hjkmnp-tv-z]{20}$/)
  .meta({ id: "LeaseId" });

/** `t_` and 20 digits of lower-case Crockford base32; ids sort by age. */
export const TaskId = z
  .string()
  .regex(/^t_[0-9a-hjkmnp-tv-z]{20}$/)
  .meta({ id: "TaskId" });

/** Characters of ids that callers choose (dedupId, dequeueId, groupId): `!` to `~`. */
export const callerIdPattern = new RegExp(`^[!-~]{1,${idCharsMax}}$`);

/** Characters of labels and header values: printable ASCII and the space. */
export const printablePattern = /^[ -~]*$/;

/** A time as the contract writes it. */
export const Time = z.iso
  .datetime({ precision: 3 })
  .meta({ id: "Time", description: "RFC 3339, UTC, three decimals" });

/** A whole number that JSON keeps exactly. */
export const Count = z.int().min(0);

/** Coordinate of an answer: the op that answered a mutation, or the newest op a read reflects. */
export const Coord = z
  .strictObject({ epoch: Count, view: Count, op: Count })
  .meta({ id: "Coord", description: "Coordinate of the answer in the replicated log" });
