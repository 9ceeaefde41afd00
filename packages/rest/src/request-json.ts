/** From the bytes of a body to a checked value, with captured values kept as they came. */
import {
  ApiError,
  type CapturedRange,
  type ErrorFacts,
  type JsonCapture,
  type JsonFault,
  scanJson,
  type ShapeFault,
} from "@quorate/contract";
import type { TextCodec } from "./host.ts";

/** A parsed body. Where the text had a captured value, `value` has its ordinal in `captured`. */
export interface ParsedBody {
  readonly value: unknown;
  readonly captured: readonly CapturedRange[];
}

const emptyObject: ParsedBody = { value: {}, captured: [] };

const faultDetails = {
  empty: "The body is empty.",
  syntax: "The body is not JSON.",
  "invalid-utf8": "The body is not UTF-8.",
  "lone-surrogate": "A string has half of a surrogate pair.",
  "duplicate-key": "An object has a key twice.",
  "forbidden-key": "An object has the key __proto__.",
  "too-deep": "The body is nested too deep.",
  "trailing-bytes": "Something follows the JSON value.",
} as const satisfies Record<JsonFault, string>;

/** Parses the body; an empty one is `{}`. Throws `request-invalid`. */
export function parseBody(
  bytes: Uint8Array,
  capture: JsonCapture | null,
  text: TextCodec,
): ParsedBody {
  if (bytes.length === 0) return emptyObject;
  const scanned = scanJson(bytes, capture);
  if (!scanned.ok) {
    const detail = `${faultDetails[scanned.fault]} (at byte ${scanned.at})`;
    throw new ApiError("request-invalid", { detail, errors: [{ pointer: "", detail }] });
  }
  const { captured } = scanned;
  const value: unknown = JSON.parse(
    captured.length === 0
      ? text.decode(bytes, 0, bytes.length)
      : withOrdinals(bytes, captured, text),
  );
  return { value, captured };
}

/** The text with each captured value replaced by its ordinal: what is left to parse is short. */
function withOrdinals(
  bytes: Uint8Array,
  captured: readonly CapturedRange[],
  { decode }: TextCodec,
): string {
  let text = "";
  let from = 0;
  for (const [ordinal, { start, end }] of captured.entries()) {
    text += decode(bytes, from, start) + ordinal;
    from = end;
  }
  return text + decode(bytes, from, bytes.length);
}

function textOf({ pointer, detail }: ShapeFault): string {
  if (pointer !== "") return `${pointer}: ${detail}.`;
  return `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}.`;
}

/** The error that names these faults. One wrong type makes the whole `request-invalid`. */
export function faultsError(faults: readonly ShapeFault[]): ApiError {
  const beyond = faults.find(({ code }) => code === "limit-exceeded");
  const isInvalid = beyond === undefined || faults.some(({ code }) => code === "request-invalid");
  const [first] = faults;
  const facts: ErrorFacts = {
    detail: first === undefined ? "The value is not accepted." : textOf(first),
    errors: faults.map(({ pointer, detail }) => ({ pointer, detail })),
  };
  if (isInvalid) return new ApiError("request-invalid", facts);
  const { limit, max } = beyond;
  return new ApiError("limit-exceeded", {
    ...facts,
    ...(limit === null ? {} : { limit }),
    ...(max === null ? {} : { max }),
  });
}
