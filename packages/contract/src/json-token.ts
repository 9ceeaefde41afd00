/** The tokens of JSON: space, literals, numbers, strings (RFC 8259 §2, §3, §6, §7). */
import type { JsonScan } from "./json-scan.ts";

/** Moves over white space. */
export function skipSpace(scan: JsonScan): void {
  const { bytes } = scan;
  for (;;) {
    const byte = bytes[scan.at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
    scan.at += 1;
  }
}

/** Reads the literal, or leaves a fault. */
export function startsWith(scan: JsonScan, literal: string): boolean {
  for (let index = 0; index < literal.length; index++) {
    if (scan.bytes[scan.at + index] !== literal.charCodeAt(index)) return syntax(scan);
  }
  scan.at += literal.length;
  return true;
}

/** Reads a number, or leaves a fault. */
export function scanNumber(scan: JsonScan): boolean {
  const { bytes } = scan;
  if (bytes[scan.at] === 0x2d) scan.at += 1;
  if (bytes[scan.at] === 0x30) scan.at += 1;
  else if (!scanDigits(scan)) return false;
  if (bytes[scan.at] === 0x2e) {
    scan.at += 1;
    if (!scanDigits(scan)) return false;
  }
  const exponent = bytes[scan.at];
  if (exponent !== 0x65 && exponent !== 0x45) return true;
  scan.at += 1;
  const sign = bytes[scan.at];
  if (sign === 0x2b || sign === 0x2d) scan.at += 1;
  return scanDigits(scan);
}

function scanDigits(scan: JsonScan): boolean {
  const start = scan.at;
  for (;;) {
    const byte = scan.bytes[scan.at] ?? 0;
    if (byte < 0x30 || byte > 0x39) break;
    scan.at += 1;
  }
  return scan.at > start || syntax(scan);
}

/** Reads a string that begins at its opening quote, or leaves a fault. */
export function scanString(scan: JsonScan): boolean {
  const { bytes } = scan;
  let at = scan.at + 1;
  for (;;) {
    // Past the end reads as zero, a control character, which ends the loop as a fault.
    const byte = bytes[at] ?? 0;
    if (byte === 0x22) {
      scan.at = at + 1;
      return true;
    }
    if (byte >= 0x20 && byte < 0x80 && byte !== 0x5c) {
      at += 1;
      continue;
    }
    scan.at = at;
    if (byte < 0x20) return syntax(scan);
    if (!(byte === 0x5c ? scanEscape(scan) : scanMultibyte(scan, byte))) return false;
    at = scan.at;
  }
}

function scanEscape(scan: JsonScan): boolean {
  const kind = scan.bytes[scan.at + 1];
  if (kind === 0x75) return scanUnicodeEscape(scan);
  // The eight short escapes: " \ / b f n r t
  const known =
    kind === 0x22 ||
    kind === 0x5c ||
    kind === 0x2f ||
    kind === 0x62 ||
    kind === 0x66 ||
    kind === 0x6e ||
    kind === 0x72 ||
    kind === 0x74;
  if (!known) return syntax(scan);
  scan.at += 2;
  return true;
}

function scanUnicodeEscape(scan: JsonScan): boolean {
  const unit = hexUnit(scan.bytes, scan.at + 2);
  if (unit < 0) return syntax(scan);
  scan.at += 6;
  if (unit < 0xd800 || unit > 0xdfff) return true;
  const isPaired =
    unit < 0xdc00 && scan.bytes[scan.at] === 0x5c && scan.bytes[scan.at + 1] === 0x75;
  const low = isPaired ? hexUnit(scan.bytes, scan.at + 2) : -1;
  if (low < 0xdc00 || low > 0xdfff) {
    scan.fault = "lone-surrogate";
    return false;
  }
  scan.at += 6;
  return true;
}

/** The value of four hexadecimal digits, or -1. */
function hexUnit(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let index = 0; index < 4; index++) {
    const digit = hexDigit(bytes[at + index] ?? 0);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : -1;
}

/** One UTF-8 sequence of two to four bytes (RFC 3629 §4): no overlong form, no surrogate. */
function scanMultibyte(scan: JsonScan, first: number): boolean {
  const second = scan.bytes[scan.at + 1] ?? 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const secondMin = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const secondMax = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const isWellFormed =
    first >= 0xc2 &&
    first <= 0xf4 &&
    second >= secondMin &&
    second <= secondMax &&
    areContinuations(scan.bytes, scan.at + 2, scan.at + length);
  if (!isWellFormed) {
    scan.fault = "invalid-utf8";
    return false;
  }
  scan.at += length;
  return true;
}

function areContinuations(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return false;
  }
  return true;
}

function syntax(scan: JsonScan): false {
  scan.fault = "syntax";
  return false;
}
