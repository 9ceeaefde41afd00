import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexDecode, hexEncode } from "./hex.ts";

describe("hexadecimal", () => {
  it("gives back the bytes that it spelt, in lower case", () => {
    expect(hexEncode(Uint8Array.of(0, 10, 255))).toBe("000aff");
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(hexDecode(hexEncode(bytes))).toEqual(bytes);
      }),
    );
  });

  it("refuses everything else", () => {
    for (const text of ["0", "0A", "0g", " 0", "0x", "00\n", "0٠"]) {
      expect(hexDecode(text)).toBeNull();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = hexDecode(text);
        if (bytes !== null) expect(hexEncode(bytes)).toBe(text);
      }),
    );
  });
});
