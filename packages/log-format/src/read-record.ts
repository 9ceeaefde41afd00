/** Takes one entry out of the bytes at which its record was said to lie. */
import { bytesEqual, DecodeError } from "@quorate/prelude";
import { decodeEntryHeader, type Entry, type LogPosition } from "@quorate/protocol";
import { frameBuffer, isPayloadIntact, readFrame, type RecordFormat } from "./frame.ts";
import { frameAt, frameBytes, recordKinds } from "./layout.ts";
import type { RecordLocation } from "./record-index.ts";

/**
 * The entry, when `bytes` begin with its record, whole and unharmed; otherwise null.
 *
 * The body is a view on `bytes`. It has passed its CRC-32, not its SHA-256: whoever gets it from
 * another replica checks `isBodyOf`.
 */
export function readRecord(
  bytes: Uint8Array,
  location: RecordLocation,
  wanted: LogPosition,
  format: RecordFormat,
): Entry | null {
  const buffer = frameBuffer(bytes);
  const place = readFrame(buffer, 0, format);
  if (place === null || place.kind !== recordKinds.entry) return null;
  if (place.segment !== location.segment || place.offset !== location.offset) return null;
  const hash = bytes.slice(frameAt.hash, frameBytes);
  if (!bytesEqual(hash, wanted.hash)) return null;
  if (!isPayloadIntact(buffer, 0, place.payloadBytes, format.crc32)) return null;
  try {
    const header = decodeEntryHeader(bytes.slice(frameAt.header, frameAt.hash));
    const body = bytes.subarray(frameBytes, frameBytes + place.payloadBytes);
    return header.op === wanted.op ? { header, hash, body } : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
