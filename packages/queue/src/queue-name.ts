import { type ByteReader, DecodeError } from "@quorate/prelude";
import { queueNameBytesMax } from "./limits.ts";

const pattern = /^[a-z0-9][a-z0-9._-]{0,79}$/;

/** Whether this names a queue: a lower-case letter or digit, then up to 79 of those, `.`, `_`, `-`. */
export function isQueueName(text: string): boolean {
  return pattern.test(text);
}

/** Reads a queue name. Throws DecodeError when it is none. */
export function readQueueName(reader: ByteReader): string {
  const name = reader.string(queueNameBytesMax);
  if (!isQueueName(name)) throw new DecodeError("not a queue name");
  return name;
}
