import { ByteReader, ByteWriter, DecodeError, utf8Decode, utf8Encode } from "@quorate/prelude";
import { headerBytesMax, headersMax } from "./limits.ts";

/** One header: name and value, in the order in which they were sent. */
export type MessageHeader = readonly [name: string, value: string];

/**
 * The bytes in which headers travel and are stored: for each header the length of name and value
 * (two bytes each) and their UTF-8. No headers are no bytes.
 *
 * The state machine checks the lengths alone and keeps the bytes.
 */
export function encodeHeaders(headers: readonly MessageHeader[]): Uint8Array {
  const writer = new ByteWriter();
  for (const [name, value] of headers) {
    const nameBytes = utf8Encode(name);
    const valueBytes = utf8Encode(value);
    writer.u16(nameBytes.length).raw(nameBytes).u16(valueBytes.length).raw(valueBytes);
  }
  return writer.finish();
}

/** The headers in these bytes. Throws DecodeError when they are not what encodeHeaders makes. */
export function decodeHeaders(bytes: Uint8Array): readonly MessageHeader[] {
  const reader = new ByteReader(bytes);
  const headers: MessageHeader[] = [];
  while (reader.remaining > 0) headers.push([readText(reader), readText(reader)]);
  return headers;
}

/**
 * Bytes of names and values, which is what a queue's `bytes` counts, or null when the lengths do
 * not add up or a limit is passed.
 */
export function headerTextBytes(bytes: Uint8Array): number | null {
  let at = 0;
  let texts = 0;
  while (at < bytes.length) {
    const low = bytes[at];
    const high = bytes[at + 1];
    if (low === undefined || high === undefined) return null;
    at += 2 + low + high * 256;
    texts += 1;
  }
  const textBytes = bytes.length - 2 * texts;
  const isWhole = at === bytes.length && texts % 2 === 0;
  return isWhole && texts <= 2 * headersMax && textBytes <= headerBytesMax ? textBytes : null;
}

/** The most bytes that encodeHeaders makes of headers within the limits. */
export const headersEncodedMax = headerBytesMax + 4 * headersMax;

function readText(reader: ByteReader): string {
  const text = utf8Decode(reader.raw(reader.u16()));
  if (text === null) throw new DecodeError("header is not UTF-8");
  return text;
}
