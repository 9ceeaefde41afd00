import { utf8Decode, utf8Encode } from "@quorate/prelude";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonCapture, scanJson } from "./json-scan.ts";

const bodies: JsonCapture = { name: "body", list: "messages" };

function faultOf(text: string): string | null {
  const result = scanJson(utf8Encode(text));
  return result.ok ? null : result.fault;
}

function captured(text: string): string[] {
  const bytes = utf8Encode(text);
  const result = scanJson(bytes, bodies);
  if (!result.ok) throw new Error(result.fault);
  return result.captured.map(({ start, end }) => utf8Decode(bytes.subarray(start, end)) ?? "");
}

describe("scanJson", () => {
  it("refuses a key twice, however it is spelt", () => {
    expect(faultOf('{"a":1,"a":2}')).toBe("duplicate-key");
    expect(faultOf('{"a":1,"\\u0061":2}')).toBe("duplicate-key");
    expect(faultOf('{"é":1,"\\u00e9":2}')).toBe("duplicate-key");
    expect(faultOf('{"x":{"a":1},"y":{"a":1}}')).toBeNull();
  });

  it("refuses a key twice among many", () => {
    const keys = Array.from({ length: 40 }, (_, index) => `"k${index}":${index}`);
    expect(faultOf(`{${keys.join(",")}}`)).toBeNull();
    expect(faultOf(`{${keys.join(",")},"k7":0}`)).toBe("duplicate-key");
    expect(faultOf(`{${keys.join(",")},"k39":0}`)).toBe("duplicate-key");
  });

  it("refuses __proto__, also spelt with escapes and deep inside", () => {
    expect(faultOf('{"__proto__":{}}')).toBe("forbidden-key");
    expect(faultOf('[{"a":{"\\u005f_proto__":1}}]')).toBe("forbidden-key");
    expect(faultOf('{"a":"__proto__"}')).toBeNull();
  });

  it("takes 32 levels and not one more", () => {
    expect(faultOf("[".repeat(32) + "]".repeat(32))).toBeNull();
    expect(faultOf("[".repeat(33) + "]".repeat(33))).toBe("too-deep");
    expect(faultOf("[".repeat(100_000))).toBe("too-deep");
  });

  it("refuses lone surrogates and takes pairs", () => {
    expect(faultOf('"\\ud83d\\ude00"')).toBeNull();
    expect(faultOf('"\\ud83d"')).toBe("lone-surrogate");
    expect(faultOf('"\\ude00"')).toBe("lone-surrogate");
    expect(faultOf('"\\ud83d\\u0041"')).toBe("lone-surrogate");
  });

  it("names an empty text and bytes after the value", () => {
    expect(faultOf("  ")).toBe("empty");
    expect(faultOf("{} {}")).toBe("trailing-bytes");
  });

  it("captures bodies at the top and in the list, without the space around them", () => {
    expect(captured('{"body":  {"a" : 1}  , "x":{"body":2}}')).toEqual(['{"a" : 1}']);
    expect(captured('{"messages":[{"body": 1},{"x":[{"body":7}]},{"\\u0062ody":"b"}]}')).toEqual([
      "1",
      '"b"',
    ]);
    expect(captured('{"other":[{"body":1}]}')).toEqual([]);
    expect(captured('[{"body":1}]')).toEqual([]);
  });

  it("accepts exactly what JSON.parse accepts, of texts without our own refusals", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const fault = faultOf(text);
        return fault === null || fault === "duplicate-key" || fault === "forbidden-key";
      }),
    );
    const characters = '{ } [ ] : , " \\ u e 0 1 2 3 - + . E t r u l f a s n'.split(" ");
    fc.assert(
      fc.property(
        fc
          .array(fc.constantFrom(" ", "\t", "\n", ...characters), { maxLength: 12 })
          .map((all) => all.join("")),
        (text) => {
          const fault = faultOf(text);
          if (fault === "duplicate-key") return true;
          return (fault === null) === isParsed(text);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("never throws on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        scanJson(bytes, bodies);
      }),
      { numRuns: 5000 },
    );
  });
});

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
