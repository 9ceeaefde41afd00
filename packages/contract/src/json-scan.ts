/**
 * One pass over the bytes of a JSON text (RFC 8259), stricter than JSON.parse, before it is parsed.
 *
 * Refused: what is not JSON, invalid UTF-8, lone surrogates, duplicate keys, the key `__proto__`,
 * and nesting deeper than jsonDepthMax. Captured: the byte range of the values of one name, so that
 * message bodies are kept as the exact bytes that the client sent.
 */
import { utf8Decode } from "@quorate/prelude";
import { scanKey, type JsonKey, keysEqual } from "./json-key.ts";
import { jsonDepthMax } from "./limits.ts";
import { scanNumber, scanString, skipSpace, startsWith } from "./json-token.ts";

/** Why a text is refused. */
export type JsonFault =
  | "empty"
  | "syntax"
  | "invalid-utf8"
  | "lone-surrogate"
  | "duplicate-key"
  | "forbidden-key"
  | "too-deep"
  | "trailing-bytes";

/** Which values' ranges to note: those named `name` at the top, and in the objects of list `list`. */
export interface JsonCapture {
  readonly name: string;
  readonly list: string | null;
}

/** The bytes [start, end) of a captured value, without the white space around it. */
export interface CapturedRange {
  readonly start: number;
  readonly end: number;
}

/** What a scan found. `at` is the byte at which it gave up. */
export type JsonScanResult =
  | { readonly ok: true; readonly captured: readonly CapturedRange[] }
  | { readonly ok: false; readonly fault: JsonFault; readonly at: number };

/** The state of one pass. Invariant: `at` is the first byte that has not been read. */
export interface JsonScan {
  readonly bytes: Uint8Array;
  at: number;
  depth: number;
  /** The first fault, which ends the pass. */
  fault: JsonFault | null;
  readonly capture: JsonCapture | null;
  readonly captured: CapturedRange[];
}

/** Where a value stands, as far as capturing asks. */
type Place = "top" | "list" | "entry" | "elsewhere";

/** Scans the whole text; ranges come in the order of the text. Never throws. */
export function scanJson(bytes: Uint8Array, capture: JsonCapture | null = null): JsonScanResult {
  const scan: JsonScan = { bytes, at: 0, depth: 0, fault: null, capture, captured: [] };
  skipSpace(scan);
  if (scan.at === bytes.length) return { ok: false, fault: "empty", at: scan.at };
  if (scanValue(scan, "top")) {
    skipSpace(scan);
    if (scan.at === bytes.length) return { ok: true, captured: scan.captured };
    scan.fault = "trailing-bytes";
  }
  return { ok: false, fault: scan.fault ?? "syntax", at: scan.at };
}

/** Every scan function answers whether to go on; if not, it leaves the fault behind. */
function scanValue(scan: JsonScan, place: Place): boolean {
  switch (scan.bytes[scan.at] ?? 0) {
    case 0x7b:
      return scanNested(scan, place, scanObject);
    case 0x5b:
      return scanNested(scan, place, scanArray);
    case 0x22:
      return scanString(scan);
    case 0x74:
      return startsWith(scan, "true");
    case 0x66:
      return startsWith(scan, "false");
    case 0x6e:
      return startsWith(scan, "null");
    default:
      return scanNumber(scan);
  }
}

function scanNested(
  scan: JsonScan,
  place: Place,
  scanInside: (scan: JsonScan, place: Place) => boolean,
): boolean {
  if (scan.depth === jsonDepthMax) return refuse(scan, "too-deep");
  scan.depth += 1;
  scan.at += 1;
  skipSpace(scan);
  if (!scanInside(scan, place)) return false;
  scan.depth -= 1;
  return true;
}

function scanArray(scan: JsonScan, place: Place): boolean {
  const { bytes } = scan;
  if (bytes[scan.at] === 0x5d) return advance(scan);
  const inside = place === "list" ? "entry" : "elsewhere";
  for (;;) {
    if (!scanValue(scan, inside)) return false;
    skipSpace(scan);
    if (bytes[scan.at] === 0x5d) return advance(scan);
    if (bytes[scan.at] !== 0x2c) return refuse(scan, "syntax");
    scan.at += 1;
    skipSpace(scan);
  }
}

function scanObject(scan: JsonScan, place: Place): boolean {
  const { bytes } = scan;
  if (bytes[scan.at] === 0x7d) return advance(scan);
  const seen = new SeenKeys();
  for (;;) {
    const key = scanKey(scan);
    if (key === null) return false;
    if (seen.has(key)) return refuse(scan, "duplicate-key");
    skipSpace(scan);
    if (bytes[scan.at] !== 0x3a) return refuse(scan, "syntax");
    scan.at += 1;
    skipSpace(scan);
    if (!scanMember(scan, key, place)) return false;
    skipSpace(scan);
    if (bytes[scan.at] === 0x7d) return advance(scan);
    if (bytes[scan.at] !== 0x2c) return refuse(scan, "syntax");
    scan.at += 1;
    skipSpace(scan);
  }
}

function scanMember(scan: JsonScan, key: JsonKey, place: Place): boolean {
  const { capture } = scan;
  if (capture === null || (place !== "top" && place !== "entry")) {
    return scanValue(scan, "elsewhere");
  }
  if (isNamed(key, capture.name)) {
    const start = scan.at;
    if (!scanValue(scan, "elsewhere")) return false;
    scan.captured.push({ start, end: scan.at });
    return true;
  }
  const isList = place === "top" && capture.list !== null && isNamed(key, capture.list);
  return scanValue(scan, isList ? "list" : "elsewhere");
}

function isNamed(key: JsonKey, name: string): boolean {
  if (key.end - key.start !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    if (key.bytes[key.start + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** Keys compared one by one before a set of texts takes over: small objects need no set. */
const linearKeysMax = 12;

/** The keys of one object so far. */
class SeenKeys {
  private readonly few: JsonKey[] = [];
  private many: Set<string> | null = null;

  /** Whether the key was there already; it is from now on. */
  has(key: JsonKey): boolean {
    if (this.many === null && this.few.length < linearKeysMax) {
      if (this.few.some((other) => keysEqual(other, key))) return true;
      this.few.push(key);
      return false;
    }
    this.many ??= new Set(this.few.map(textOf));
    const text = textOf(key);
    if (this.many.has(text)) return true;
    this.many.add(text);
    return false;
  }
}

function textOf(key: JsonKey): string {
  return utf8Decode(key.bytes.subarray(key.start, key.end)) ?? "";
}

function advance(scan: JsonScan): true {
  scan.at += 1;
  return true;
}

function refuse(scan: JsonScan, fault: JsonFault): false {
  scan.fault = fault;
  return false;
}
