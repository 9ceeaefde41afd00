import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base32Decode, base32Encode } from "./base32.ts";
import { bytesCompare } from "./digest.ts";

describe("base32", () => {
  it("spells known numbers", () => {
    expect(base32Encode(Uint8Array.of())).toBe("");
    expect(base32Encode(Uint8Array.of(0))).toBe("00");
    expect(base32Encode(Uint8Array.of(255))).toBe("7z");
    expect(base32Encode(Uint8Array.of(1, 0))).toBe("0080");
    expect(base32Encode(new Uint8Array(5).fill(255))).toBe("zzzzzzzz");
  });

  it("gives back the bytes that it spelt", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(base32Decode(base32Encode(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });

  it("has one spelling for each number: what decodes is spelt the same again", () => {
    const digit = fc.constantFrom(..."0123456789abcdefghijklmnopqrstuvwxyzABC-= ".split(""));
    fc.assert(
      fc.property(fc.string({ unit: digit, maxLength: 16 }), fc.nat(10), (text, length) => {
        const bytes = base32Decode(text, length);
        if (bytes !== null) expect(base32Encode(bytes)).toBe(text);
      }),
    );
  });

  it("sorts as the numbers do", () => {
    const pair = fc.nat(20).chain((length) => {
      const bytes = fc.uint8Array({ minLength: length, maxLength: length });
      return fc.tuple(bytes, bytes);
    });
    fc.assert(
      fc.property(pair, ([left, right]) => {
        const [a, b] = [base32Encode(left), base32Encode(right)];
        const order = a < b ? -1 : Number(a > b);
        expect(order).toBe(Math.sign(bytesCompare(left, right)));
      }),
    );
  });

  it("refuses other lengths, letters that look like digits, upper case and set padding bits", () => {
    expect(base32Decode("00", 2)).toBeNull();
    expect(base32Decode("000", 1)).toBeNull();
    for (const text of ["0i", "0l", "0o", "0u", "7Z", "0 "]) {
      expect(base32Decode(text, 1)).toBeNull();
    }
    expect(base32Decode("80", 1)).toBeNull();
  });
});
