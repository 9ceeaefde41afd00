import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { type QueueConfig, queueConfigOf } from "./queue-config.ts";
import { readQueueConfig, writeQueueConfig } from "./queue-config-fields.ts";
import { type QueueView, readQueueView, writeQueueView } from "./queue-view.ts";
import { readRefusal, type Refusal, writeRefusal } from "./refusal.ts";
import { readChoice } from "./wire.ts";

/** What a `PUT` would do; `view` is the queue as the answer would show it. */
export type PutTrial =
  | { readonly would: "refuse"; readonly refusal: Refusal }
  | { readonly would: "create"; readonly view: QueueView }
  | { readonly would: "replace"; readonly view: QueueView; readonly before: QueueConfig };

const kinds = ["refuse", "create", "replace"] as const;

/** Writes the trial; its one spelling. */
export function writePutTrial(writer: ByteWriter, trial: PutTrial): void {
  writer.u8(kinds.indexOf(trial.would));
  if (trial.would === "refuse") return writeRefusal(writer, trial.refusal);
  writeQueueView(writer, trial.view);
  if (trial.would === "replace") writeQueueConfig(writer, trial.before);
}

/** Reads what writePutTrial wrote. Throws DecodeError. */
export function readPutTrial(reader: ByteReader): PutTrial {
  const would = readChoice(reader, kinds);
  if (would === "refuse") return { would, refusal: readRefusal(reader) };
  const view = readQueueView(reader);
  if (would === "create") return { would, view };
  return { would, view, before: queueConfigOf(readQueueConfig(reader)) };
}
