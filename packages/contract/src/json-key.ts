/** Keys of JSON objects: read, decoded and compared without making a text of each. */
import { bytesEqual, utf8Decode, utf8Encode } from "@quorate/prelude";
import type { JsonScan } from "./json-scan.ts";
import { scanString } from "./json-token.ts";

/** A key: the UTF-8 bytes [start, end) of its decoded text, and a hash of them. */
export interface JsonKey {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

const backslash = 0x5c;

/** Reads a key, or leaves a fault and answers null. */
export function scanKey(scan: JsonScan): JsonKey | null {
  if (scan.bytes[scan.at] !== 0x22) {
    scan.fault = "syntax";
    return null;
  }
  const start = scan.at + 1;
  if (!scanString(scan)) return null;
  const key = keyOf(scan.bytes, start, scan.at - 1);
  if (isProto(key)) {
    scan.fault = "forbidden-key";
    return null;
  }
  return key;
}

/** FNV-1a, only to tell most keys apart at once: equality is decided by the bytes. */
function keyOf(bytes: Uint8Array, start: number, end: number): JsonKey {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    // Two spellings of one key are one key: an escaped one is decoded first.
    if (byte === backslash) return decodedKey(bytes.subarray(start, end));
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return { bytes, start, end, hash };
}

function decodedKey(raw: Uint8Array): JsonKey {
  const text: unknown = JSON.parse(`"${utf8Decode(raw) ?? ""}"`);
  const bytes = utf8Encode(String(text));
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return { bytes, start: 0, end: bytes.length, hash };
}

/** Whether two keys are the same text. */
export function keysEqual(left: JsonKey, right: JsonKey): boolean {
  return (
    left.hash === right.hash &&
    bytesEqual(
      left.bytes.subarray(left.start, left.end),
      right.bytes.subarray(right.start, right.end),
    )
  );
}

const proto = utf8Encode("__proto__");

function isProto(key: JsonKey): boolean {
  return (
    key.end - key.start === proto.length &&
    bytesEqual(key.bytes.subarray(key.start, key.end), proto)
  );
}
