import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { type Pauses, readPauses, writePauses } from "./pause-view.ts";
import { type QueueConfig, queueConfigOf } from "./queue-config.ts";
import { readQueueConfig, writeQueueConfig } from "./queue-config-fields.ts";
import { readQueueName } from "./queue-name.ts";
import { optional, readOptional } from "./wire.ts";

/** Disjoint counts of a queue's messages, which add up to all of them. */
export interface QueueStats {
  /** Could be delivered now. */
  readonly ready: number;
  /** Ready, but the head of their group is not available. */
  readonly blocked: number;
  readonly leased: number;
  readonly scheduled: number;
  readonly dead: number;
  /** Body, header, content type, group and dedup id bytes of all of them and of popped bodies. */
  readonly bytes: number;
  /**
   * When the oldest ready message was enqueued or due, in milliseconds since 1970; null without
   * one. Who shows `oldestReadyAgeMs` subtracts it from the time of the read.
   */
  readonly oldestReadyAtMs: number | null;
}

/** One queue as reads and `PUT` answer it. */
export interface QueueView {
  readonly name: string;
  /** The two parts of the ETag `"<incarnation>.<version>"`. */
  readonly incarnation: number;
  readonly version: number;
  readonly config: QueueConfig;
  readonly stats: QueueStats;
  readonly paused: Pauses;
  /** Leases that ended by themselves in the minute before this time, in milliseconds since 1970. */
  readonly expirations: { readonly count: number; readonly atMs: number };
}

/** Writes the view; its one spelling. */
export function writeQueueView(writer: ByteWriter, view: QueueView): void {
  writer.string(view.name).u32(view.incarnation).u32(view.version);
  writeQueueConfig(writer, view.config);
  const { stats } = view;
  writer.u64(stats.ready).u64(stats.blocked).u64(stats.leased).u64(stats.scheduled);
  writer.u64(stats.dead).u64(stats.bytes);
  optional(writer, stats.oldestReadyAtMs, (atMs) => writer.u64(atMs));
  writePauses(writer, view.paused);
  writer.u64(view.expirations.count).u64(view.expirations.atMs);
}

/** Reads what writeQueueView wrote. Throws DecodeError. */
export function readQueueView(reader: ByteReader): QueueView {
  return {
    name: readQueueName(reader),
    incarnation: reader.u32(),
    version: reader.u32(),
    config: queueConfigOf(readQueueConfig(reader)),
    stats: {
      ready: reader.u64(),
      blocked: reader.u64(),
      leased: reader.u64(),
      scheduled: reader.u64(),
      dead: reader.u64(),
      bytes: reader.u64(),
      oldestReadyAtMs: readOptional(reader, () => reader.u64()),
    },
    paused: readPauses(reader),
    expirations: { count: reader.u64(), atMs: reader.u64() },
  };
}
