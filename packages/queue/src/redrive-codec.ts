import type { ByteReader, ByteWriter } from "@quorate/prelude";
import { redriveRateMax } from "./limits.ts";
import type { Redrive } from "./operation.ts";
import { readQueueName } from "./queue-name.ts";
import { readRedriveFilter, writeRedriveFilter } from "./redrive-filter.ts";
import { optional, readOptional, readRange } from "./wire.ts";

/** Writes what follows the queue's name. */
export function writeRedrive(writer: ByteWriter, { filter, rate, target }: Redrive): void {
  writeRedriveFilter(writer, filter);
  writer.u32(rate);
  optional(writer, target, (name) => writer.string(name));
}

/** Reads what writeRedrive wrote. Throws DecodeError. */
export function readRedrive(reader: ByteReader, queue: string): Redrive {
  return {
    type: "redrive",
    queue,
    filter: readRedriveFilter(reader),
    rate: readRange(reader.u32(), 1, redriveRateMax),
    target: readOptional(reader, () => readQueueName(reader)),
  };
}
