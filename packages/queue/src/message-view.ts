import type { ByteReader, ByteWriter } from "@quorate/prelude";
import type { MessageKey } from "./ids.ts";
import {
  bodyBytesCeiling,
  errorsKeptMax,
  errorTextBytesMax,
  labelBytesMax,
  principalBytesMax,
  progressBytesMax,
  workerBytesMax,
} from "./limits.ts";
import { type DeadReason, deadReasons } from "./message-record.ts";
import { optional, readChoice, readOptional, readRange } from "./wire.ts";

/** What a message is, as reads show it. `blocked`: ready, but its group's head is not available. */
export type MessageViewState = (typeof messageViewStates)[number];

/** In the order of their wire numbers. */
export const messageViewStates = ["ready", "blocked", "leased", "scheduled", "dead"] as const;

/** A message as reads show it. Times are in milliseconds since 1970; bytes are views. */
export interface MessageView {
  readonly message: MessageKey;
  readonly seq: number;
  readonly state: MessageViewState;
  readonly groupId: Uint8Array | null;
  readonly dedupId: Uint8Array | null;
  readonly contentType: Uint8Array;
  readonly priority: number;
  readonly enqueuedAtMs: number;
  /** Of a scheduled message: when it is ready. */
  readonly dueAtMs: number | null;
  /** When it ends, if no lease runs then; of a dead letter when it is gone. */
  readonly expiresAtMs: number;
  readonly deliveries: number;
  readonly failures: number;
  readonly redrives: number;
  readonly lease: LeaseView | null;
  readonly dead: { readonly reason: DeadReason; readonly atMs: number } | null;
  /** What only `peek` may see; null when it was not asked for. */
  readonly content: MessageContent | null;
}

/** A running lease, without the id that would be the right to settle it. */
export interface LeaseView {
  readonly worker: string | null;
  readonly principal: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly fence: number;
}

/** What a message carries, and what its workers have said of it. */
export interface MessageContent {
  readonly kind: "json" | "bytes";
  /** What encodeHeaders made. */
  readonly headers: Uint8Array;
  readonly body: Uint8Array;
  /** JSON that the present lease's holder has sent. */
  readonly progress: Uint8Array | null;
  /** Newest first. */
  readonly errors: readonly ErrorView[];
}

/** A failed delivery, as its worker has told it. */
export interface ErrorView {
  readonly atMs: number;
  readonly type: string;
  readonly message: string;
  readonly worker: string | null;
}

/** Writes the view; its one spelling. */
export function writeMessageView(writer: ByteWriter, view: MessageView): void {
  writer.u64(view.message.op).u32(view.message.index).u64(view.seq);
  writer.u8(messageViewStates.indexOf(view.state));
  writeLabel(writer, view.groupId);
  writeLabel(writer, view.dedupId);
  writeLabel(writer, view.contentType);
  writer.u8(view.priority).u64(view.enqueuedAtMs);
  optional(writer, view.dueAtMs, (atMs) => writer.u64(atMs));
  writer.u64(view.expiresAtMs);
  writer.u32(view.deliveries).u32(view.failures).u32(view.redrives);
  optional(writer, view.lease, (lease) => {
    optional(writer, lease.worker, (worker) => writer.string(worker));
    writer.string(lease.principal).u64(lease.sinceMs).u64(lease.untilMs).u64(lease.fence);
  });
  optional(writer, view.dead, ({ reason, atMs }) => {
    writer.u8(deadReasons.indexOf(reason)).u64(atMs);
  });
  optional(writer, view.content, (content) => writeContent(writer, content));
}

/** Reads what writeMessageView wrote. Throws DecodeError. */
export function readMessageView(reader: ByteReader): MessageView {
  return {
    message: { op: reader.u64(), index: reader.u32() },
    seq: reader.u64(),
    state: readChoice(reader, messageViewStates),
    groupId: readLabel(reader),
    dedupId: readLabel(reader),
    contentType: reader.raw(readRange(reader.u8(), 1, labelBytesMax)),
    priority: reader.u8(),
    enqueuedAtMs: reader.u64(),
    dueAtMs: readOptional(reader, () => reader.u64()),
    expiresAtMs: reader.u64(),
    deliveries: reader.u32(),
    failures: reader.u32(),
    redrives: reader.u32(),
    lease: readOptional(reader, () => ({
      worker: readOptional(reader, () => reader.string(workerBytesMax)),
      principal: reader.string(principalBytesMax),
      sinceMs: reader.u64(),
      untilMs: reader.u64(),
      fence: reader.u64(),
    })),
    dead: readOptional(reader, () => ({
      reason: readChoice(reader, deadReasons),
      atMs: reader.u64(),
    })),
    content: readOptional(reader, () => readContent(reader)),
  };
}

/** Writes a label of 1 to 128 bytes, or that there is none. */
export function writeLabel(writer: ByteWriter, label: Uint8Array | null): void {
  writer.u8(label?.length ?? 0);
  if (label !== null) writer.raw(label);
}

/** Reads what writeLabel wrote. Throws DecodeError. */
export function readLabel(reader: ByteReader): Uint8Array | null {
  const length = readRange(reader.u8(), 0, labelBytesMax);
  return length === 0 ? null : reader.raw(length);
}

function writeContent(writer: ByteWriter, content: MessageContent): void {
  writer
    .bool(content.kind === "json")
    .u16(content.headers.length)
    .raw(content.headers);
  writer.bytes(content.body);
  optional(writer, content.progress, (progress) => writer.bytes(progress));
  writer.u8(content.errors.length);
  for (const { atMs, type, message, worker } of content.errors) {
    writer.u64(atMs).string(type).string(message);
    optional(writer, worker, (label) => writer.string(label));
  }
}

function readContent(reader: ByteReader): MessageContent {
  const kind = reader.bool() ? "json" : "bytes";
  const headers = reader.raw(reader.u16());
  const body = reader.lengthPrefixed(bodyBytesCeiling);
  const progress = readOptional(reader, () => reader.lengthPrefixed(progressBytesMax));
  const count = readRange(reader.u8(), 0, errorsKeptMax);
  const errors: ErrorView[] = [];
  for (let index = 0; index < count; index++) {
    const atMs = reader.u64();
    const type = reader.string(errorTextBytesMax);
    const message = reader.string(errorTextBytesMax);
    const worker = readOptional(reader, () => reader.string(workerBytesMax));
    errors.push({ atMs, type, message, worker });
  }
  return { kind, headers, body, progress, errors };
}
