import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AssertionError } from "./assert.ts";
import { utf8Decode, utf8Encode } from "./utf8.ts";

/** What the platform has and a pure package may not name. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function platformDecode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes that are almost UTF-8: texts with some bytes changed, dropped or added. */
const almostUtf8 = fc
  .tuple(
    fc.string({ unit: "binary" }),
    fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }),
  )
  .map(([text, changes]) => {
    const bytes = encoder.encode(text);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes.subarray(0, bytes.length - (changes.length % 2));
  });

describe("UTF-8", () => {
  it("encodes as the platform does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Encode(text)).toEqual(encoder.encode(text));
      }),
    );
  });

  it("decodes as the platform does, and refuses what it refuses", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 12 }), almostUtf8), (bytes) => {
        expect(utf8Decode(bytes)).toBe(platformDecode(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  it("agrees with the platform at the edges of every length", () => {
    for (const point of [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
      const text = String.fromCodePoint(point);
      expect(utf8Encode(text)).toEqual(encoder.encode(text));
      expect(utf8Decode(utf8Encode(text))).toBe(text);
    }
  });

  it("refuses overlong forms, surrogates, points above 10FFFF and sequences that are cut off", () => {
    const refused = [
      [0xc0, 0x80],
      [0xc1, 0xbf],
      [0xe0, 0x9f, 0xbf],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
      [0x80],
      [0xff],
    ];
    for (const bytes of refused) expect(utf8Decode(Uint8Array.from(bytes))).toBeNull();
  });

  it("never encodes a lone surrogate: two texts cannot have the same bytes", () => {
    for (const text of ["\ud800", "a\udc00", "\udc00\ud800"]) {
      expect(() => utf8Encode(text)).toThrow(AssertionError);
    }
  });
});
