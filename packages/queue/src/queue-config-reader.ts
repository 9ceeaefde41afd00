import { ByteReader, DecodeError, hexEncode } from "@quorate/prelude";
import { type QueueConfig, queueConfigOf } from "./queue-config.ts";
import { queueConfigFault, readQueueConfig } from "./queue-config-fields.ts";

/** Bytes of a configuration at most: more than all its fields take. */
const configBytesMax = 256;

/** Reads the configurations of many queues, most of which are equal: each is decoded once. */
export class QueueConfigReader {
  private readonly known = new Map<string, QueueConfig>();

  /** Reads a length and a configuration. Throws DecodeError. */
  read(reader: ByteReader): QueueConfig {
    const bytes = reader.lengthPrefixed(configBytesMax);
    const spelling = hexEncode(bytes);
    const known = this.known.get(spelling);
    if (known !== undefined) return known;
    const fields = new ByteReader(bytes);
    const config = queueConfigOf(readQueueConfig(fields));
    fields.end();
    if (queueConfigFault(config) !== null) throw new DecodeError("configuration out of range");
    this.known.set(spelling, config);
    return config;
  }
}
