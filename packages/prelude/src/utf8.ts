import { assert } from "./assert.ts";

/**
 * UTF-8 without the platform (RFC 3629), for packages that may not name TextEncoder.
 *
 * Throws AssertionError on a lone surrogate: two different strings must never give equal bytes.
 */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) as number;
    assert(point < 0xd800 || point > 0xdfff, "text has no lone surrogate");
    if (point < 0x80) {
      bytes[length++] = point;
    } else if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      bytes[length++] = 0xe0 | (point >> 12);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else {
      bytes[length++] = 0xf0 | (point >> 18);
      bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
      index++;
    }
  }
  return bytes.slice(0, length);
}

/** The text, or null when the bytes are not well-formed UTF-8 (overlong, surrogate, cut off). */
export function utf8Decode(bytes: Uint8Array): string | null {
  let text = "";
  let index = 0;
  while (index < bytes.length) {
    const first = bytes[index] as number;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      index += 1;
      continue;
    }
    const length = sequenceLength(first);
    if (length === 0 || index + length > bytes.length) return null;
    const point = sequencePoint(bytes, index, length);
    if (point === null) return null;
    text += String.fromCodePoint(point);
    index += length;
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

const pointMin = [0, 0, 0x80, 0x800, 0x10000] as const;

function sequencePoint(bytes: Uint8Array, at: number, length: number): number | null {
  let point = (bytes[at] as number) & (0xff >> (length + 1));
  for (let next = 1; next < length; next++) {
    const byte = bytes[at + next] as number;
    if ((byte & 0xc0) !== 0x80) return null;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  if (isSurrogate || point > 0x10ffff || point < (pointMin[length] as number)) return null;
  return point;
}
