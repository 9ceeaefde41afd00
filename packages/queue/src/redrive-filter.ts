import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import { hashBytes } from "./fingerprint.ts";
import type { MessageKey } from "./ids.ts";
import { errorTextBytesMax, redriveIdsMax } from "./limits.ts";
import { type DeadReason, deadReasons } from "./message-record.ts";
import { optional, readChoice, readOptional } from "./wire.ts";

/** Which dead letters are meant: those that all given fields hold of. Null is not given. */
export interface RedriveFilter {
  /** 1 to 1,000, each once. */
  readonly ids: readonly MessageKey[] | null;
  readonly reason: DeadReason | null;
  /** groupIdHash. */
  readonly groupHash: Uint8Array | null;
  /** Type of the newest error. */
  readonly errorType: string | null;
  /** First and last millisecond of the death, both included. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** Writes the filter; its one spelling. */
export function writeRedriveFilter(writer: ByteWriter, filter: RedriveFilter): void {
  optional(writer, filter.ids, (ids) => {
    writer.u32(ids.length);
    for (const { op, index } of ids) writer.u64(op).u32(index);
  });
  optional(writer, filter.reason, (reason) => writer.u8(deadReasons.indexOf(reason)));
  optional(writer, filter.groupHash, (hash) => writer.raw(hash));
  optional(writer, filter.errorType, (type) => writer.string(type));
  optional(writer, filter.fromMs, (fromMs) => writer.u64(fromMs));
  optional(writer, filter.toMs, (toMs) => writer.u64(toMs));
}

/** Reads what writeRedriveFilter wrote. Throws DecodeError. */
export function readRedriveFilter(reader: ByteReader): RedriveFilter {
  return {
    ids: readOptional(reader, () => readIds(reader)),
    reason: readOptional(reader, () => readChoice(reader, deadReasons)),
    groupHash: readOptional(reader, () => reader.raw(hashBytes)),
    errorType: readOptional(reader, () => reader.string(errorTextBytesMax)),
    fromMs: readOptional(reader, () => reader.u64()),
    toMs: readOptional(reader, () => reader.u64()),
  };
}

function readIds(reader: ByteReader): readonly MessageKey[] {
  const count = reader.count(redriveIdsMax);
  if (count === 0) throw new DecodeError("no ids");
  const ids: MessageKey[] = [];
  for (let index = 0; index < count; index++) ids.push({ op: reader.u64(), index: reader.u32() });
  return ids;
}
