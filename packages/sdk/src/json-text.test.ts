import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson, stringifyJson } from "./json-text.ts";

test("what JSON can say comes back as it was", () => {
  // Numbers beyond 2^53 without a fraction are the other test's.
  const isExact = (value: unknown) => !/\d{16}/.test(JSON.stringify(value));
  fc.assert(
    fc.property(fc.jsonValue().filter(isExact), (value) => {
      const text = JSON.stringify(value);
      expect(stringifyJson(value)).toBe(text);
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("whole numbers of any size come back exactly, wherever they stand", () => {
  const far = 2n ** 53n;
  const beyond = fc.oneof(fc.bigInt({ min: far }), fc.bigInt({ max: -far }));
  fc.assert(
    fc.property(beyond, fc.string(), (number, text) => {
      const value = { a: [number, text], b: { [text]: number }, c: `${number}`, d: 1.5 };
      expect(parseJson(stringifyJson(value))).toEqual(value);
      expect(stringifyJson(number)).toBe(String(number));
    }),
  );
});

test("a text that looks like a number stays a text", () => {
  const text =
    '{"id":"12345678901234567890","n":12345678901234567890,"s":"a\\"12345678901234567890"}';
  expect(parseJson(text)).toEqual({
    id: "12345678901234567890",
    n: 12345678901234567890n,
    s: 'a"12345678901234567890',
  });
});

test("a number with a fraction or an exponent stays a number", () => {
  const text = "[1234567890.1234567890123456,12345678901234567890e2]";
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test("what has no JSON is refused", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  expect(() => stringifyJson(undefined)).toThrow(TypeError);
  expect(() => stringifyJson(circle)).toThrow(TypeError);
});
