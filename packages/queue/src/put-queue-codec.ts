import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import { matchTagsMax } from "./limits.ts";
import type { PutPrecondition, PutQueue } from "./operation.ts";
import { readQueueConfig, writeQueueConfig } from "./queue-config-fields.ts";

const preconditions = ["none", "match", "match-any", "absent"] as const;

/** Writes what follows the queue's name. */
export function writePutQueue(writer: ByteWriter, operation: Omit<PutQueue, "type">): void {
  const { precondition } = operation;
  writer.u8(preconditions.indexOf(precondition.kind));
  if (precondition.kind === "match") {
    writer.u8(precondition.tags.length);
    for (const { incarnation, version } of precondition.tags) writer.u32(incarnation).u32(version);
  }
  writeQueueConfig(writer, operation.config);
}

/** Reads what writePutQueue wrote. Throws DecodeError. */
export function readPutQueue(reader: ByteReader, queue: string): PutQueue {
  const precondition = readPrecondition(reader);
  return { type: "put-queue", queue, precondition, config: readQueueConfig(reader) };
}

function readPrecondition(reader: ByteReader): PutPrecondition {
  const kind = preconditions[reader.u8()];
  if (kind === undefined) throw new DecodeError("unknown precondition");
  if (kind !== "match") return { kind };
  const count = reader.u8();
  if (count < 1 || count > matchTagsMax) throw new DecodeError("tags of a precondition");
  const tags = Array.from({ length: count }, () => ({
    incarnation: reader.u32(),
    version: reader.u32(),
  }));
  return { kind, tags };
}
