import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { errorTextBytesMax, principalBytesMax } from "./limits.ts";
import { optional, readOptional } from "./wire.ts";

/** Who has paused something, when and why. */
export interface Pause {
  /** The principal, `iss` and `sub` as one string. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly reason: string | null;
}

/** What is paused of a queue; null: it is not. */
export interface Pauses {
  readonly send: Pause | null;
  readonly receive: Pause | null;
}

/** What can be paused, in the order of the wire. */
export const pausables = ["send", "receive"] as const;

/** Writes what is paused; its one spelling. */
export function writePauses(writer: ByteWriter, pauses: Pauses): void {
  for (const what of pausables) {
    optional(writer, pauses[what], ({ by, atMs, reason }) => {
      writer.string(by).u64(atMs);
      optional(writer, reason, (text) => writer.string(text));
    });
  }
}

/** Reads what writePauses wrote. Throws DecodeError. */
export function readPauses(reader: ByteReader): Pauses {
  return { send: readPause(reader), receive: readPause(reader) };
}

function readPause(reader: ByteReader): Pause | null {
  return readOptional(reader, () => ({
    by: reader.string(principalBytesMax),
    atMs: reader.u64(),
    reason: readOptional(reader, () => reader.string(errorTextBytesMax)),
  }));
}
