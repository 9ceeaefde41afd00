import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AssertionError } from "./assert.ts";
import { ByteReader, DecodeError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { bytesCompare, bytesConcat, bytesEqual } from "./digest.ts";

const safe = fc.maxSafeNat();

describe("what a ByteWriter writes a ByteReader reads", () => {
  it("whatever the values, also beyond the first capacity", () => {
    const values = fc.record({
      u8: fc.nat(0xff),
      u16: fc.nat(0xffff),
      u32: fc.nat(0xffff_ffff),
      u64: safe,
      bool: fc.boolean(),
      raw: fc.uint8Array({ maxLength: 600 }),
      text: fc.string({ unit: "binary" }),
    });
    fc.assert(
      fc.property(values, fc.nat(16), ({ u8, u16, u32, u64, bool, raw, text }, capacity) => {
        const writer = new ByteWriter(capacity);
        writer.u8(u8).u16(u16).u32(u32).u64(u64).bool(bool).raw(raw).bytes(raw).string(text);
        const bytes = writer.finish();
        expect(writer.bytesWritten).toBe(bytes.length);
        const reader = new ByteReader(bytes);
        expect([reader.u8(), reader.u16(), reader.u32(), reader.u64(), reader.bool()]).toEqual([
          u8,
          u16,
          u32,
          u64,
          bool,
        ]);
        expect(reader.raw(raw.length)).toEqual(raw);
        expect(reader.lengthPrefixed(600)).toEqual(raw);
        expect(reader.string(10_000)).toBe(text);
        expect(reader.remaining).toBe(0);
        expect(() => reader.end()).not.toThrow();
      }),
    );
  });

  it("numbers are little-endian and as wide as their name", () => {
    const bytes = new ByteWriter().u16(0x0102).u32(0x01020304).u64(0x0102030405).finish();
    expect([...bytes]).toEqual([2, 1, 4, 3, 2, 1, 5, 4, 3, 2, 1, 0, 0, 0]);
  });

  it("writers that are used one after the other, or one inside the other, do not mix", () => {
    const outer = new ByteWriter().u8(1);
    const inner = new ByteWriter().u8(2).finish();
    const first = outer.raw(inner).finish();
    const second = new ByteWriter().u8(3).u8(4).finish();
    outer.u8(5);
    expect([[...first], [...second], [...outer.finish()]]).toEqual([
      [1, 2],
      [3, 4],
      [1, 2, 5],
    ]);
  });

  it("a digest is over what was written, and leaves an empty writer", () => {
    const writer = new ByteWriter().u8(7).u8(8);
    expect(writer.digest(bytesConcat, Uint8Array.of(6))).toEqual(Uint8Array.of(6, 7, 8));
    expect(writer.u8(9).finish()).toEqual(Uint8Array.of(9));
  });

  it("what was finished stays as it is, whatever is finished or joined after it", () => {
    const lengths = fc.array(fc.nat(2_000), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(lengths, (all) => {
        const runs = all.map((length, at) => {
          const content = new Uint8Array(length).fill(at + 1);
          const half = length >> 1;
          return at % 2 === 0
            ? new ByteWriter().raw(content).finish()
            : bytesConcat(content.subarray(0, half), content.subarray(half));
        });
        for (const [at, run] of runs.entries()) {
          expect(run.length).toBe(all[at]);
          expect(run.every((byte) => byte === at + 1)).toBe(true);
        }
      }),
    );
  });

  it("what was finished twice is not written to, of any length", () => {
    for (const length of [1_024, 8_192, 65_536]) {
      const writer = new ByteWriter().raw(new Uint8Array(length));
      const finished = [writer.finish(), writer.finish()];
      new ByteWriter().raw(new Uint8Array(length).fill(1)).finish();
      new ByteWriter().raw(new Uint8Array(length).fill(2)).finish();
      for (const bytes of finished) expect(bytes).toEqual(new Uint8Array(length));
    }
  });

  it("a double has one spelling", () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, (value) => {
        const plain = Object.is(value, -0) ? 0 : value;
        const reader = new ByteReader(new ByteWriter().u8(0).f64(plain).finish());
        reader.u8();
        expect(reader.f64()).toBe(plain);
        reader.end();
      }),
    );
    for (const odd of [Number.NaN, Infinity, -Infinity, -0]) {
      const reader = new ByteReader(new ByteWriter().f64(odd).finish());
      expect(() => reader.f64()).toThrow(DecodeError);
    }
  });

  it("what was finished does not change when the writer goes on", () => {
    const writer = new ByteWriter().u8(1);
    const bytes = writer.finish();
    writer.u8(2);
    expect([...bytes]).toEqual([1]);
  });
});

describe("a ByteWriter asserts that a number fits", () => {
  it("its field", () => {
    for (const value of [-1, 0.5, Number.NaN, 256]) {
      expect(() => new ByteWriter().u8(value)).toThrow(AssertionError);
    }
    expect(() => new ByteWriter().u16(0x10000)).toThrow(AssertionError);
    expect(() => new ByteWriter().u32(0x1_0000_0000)).toThrow(AssertionError);
    for (const value of [-1, 2 ** 53, 1.5, Number.POSITIVE_INFINITY]) {
      expect(() => new ByteWriter().u64(value)).toThrow(AssertionError);
    }
  });
});

describe("a ByteReader refuses", () => {
  const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

  it("to read beyond the end, and stays where it is", () => {
    const short = reader(1);
    expect(() => short.u16()).toThrow(DecodeError);
    expect(() => short.raw(2)).toThrow(DecodeError);
    expect(short.offset).toBe(0);
    expect(short.u8()).toBe(1);
  });

  it("numbers at or above 2^53, at their exact edge", () => {
    expect(reader(255, 255, 255, 255, 255, 255, 31, 0).u64()).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => reader(0, 0, 0, 0, 0, 0, 32, 0).u64()).toThrow(DecodeError);
    expect(() => reader(0, 0, 0, 0, 0, 0, 0, 128).u64()).toThrow(DecodeError);
  });

  it("booleans but 0 and 1, text but UTF-8, lengths and counts above their limit", () => {
    expect(() => reader(2).bool()).toThrow(DecodeError);
    expect(() => reader(1, 0, 0, 0, 0xff).string(9)).toThrow(DecodeError);
    expect(() => reader(3, 0, 0, 0, 1, 2, 3).lengthPrefixed(2)).toThrow(DecodeError);
    expect(() => reader(3, 0, 0, 0).count(2)).toThrow(DecodeError);
    expect(reader(2, 0, 0, 0).count(2)).toBe(2);
  });

  it("a length that is longer than the bytes, before anything is made of it", () => {
    expect(() => reader(255, 255, 255, 255).lengthPrefixed(0xffff_ffff)).toThrow(DecodeError);
  });

  it("trailing bytes", () => {
    expect(() => reader(0).end()).toThrow(DecodeError);
  });

  it("to look outside of a slice of a larger buffer", () => {
    const slice = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    const inside = new ByteReader(slice);
    expect([inside.u8(), inside.u8()]).toEqual([1, 2]);
    expect(() => inside.u8()).toThrow(DecodeError);
  });
});

describe("runs of bytes", () => {
  it("are equal, ordered and joined as their numbers are", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        const order = bytesCompare(left, right);
        expect(order === 0).toBe(bytesEqual(left, right));
        expect(Math.sign(bytesCompare(right, left))).toBe(-Math.sign(order) + 0);
        expect([...bytesConcat(left, right)]).toEqual([...left, ...right]);
      }),
    );
    expect(bytesCompare(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
    expect(bytesCompare(Uint8Array.of(2), Uint8Array.of(1, 9))).toBeGreaterThan(0);
  });
});
