import { expect, test } from "vitest";
import { jsonText, parseExactly, valueAt } from "./exact-json.ts";

test("numbers keep their spelling where a double would lose it", () => {
  const text = '{"a":12345678901234567890,"b":[1.0,1e400,-0,0.1],"c":9007199254740993}';
  expect(jsonText(parseExactly(text), "line")).toBe(text);
});

test("ordinary numbers are numbers", () => {
  expect(valueAt(parseExactly('{"a":{"b":7}}'), "a.b")).toBe(7);
});

test("what a terminal could obey is written as an escape that means the same", () => {
  const value = { a: "\u001b[2J \u009b2J \u202egpj.exe \u2028" };
  const text = jsonText(value, "line");
  expect(text).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
  expect(JSON.parse(text)).toEqual(value);
});
