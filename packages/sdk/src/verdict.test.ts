import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Reject, Release, verdictOf } from "./verdict.ts";

test("an error nacks, with its name and what it says", () => {
  expect(verdictOf(new RangeError("too much"))).toEqual({
    action: "nack",
    error: { type: "RangeError", message: "too much" },
  });
  expect(verdictOf("no error")).toEqual({
    action: "nack",
    error: { type: "string", message: "no error" },
  });
});

test("an error of another realm is told apart by what it has", () => {
  expect(verdictOf(runInNewContext("new SyntaxError('?')"))).toMatchObject({
    error: { type: "SyntaxError", message: "?" },
  });
});

test("whatever is thrown nacks, also what has no text and fails when it is looked at", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const odd = Object.assign(new Error("?"), { name: undefined, message: { code: 1 } });
  const thrown = [undefined, null, Symbol("s"), 1n, Object.create(null), proxy, odd];
  for (const each of thrown) expect(verdictOf(each)).toMatchObject({ action: "nack" });
});

test("Reject rejects, under the name of what it was caused by", () => {
  expect(verdictOf(new Reject("never"))).toEqual({
    action: "reject",
    error: { type: "Reject", message: "never" },
  });
  expect(verdictOf(new Reject("never", { cause: new SyntaxError("?") }))).toMatchObject({
    error: { type: "SyntaxError", message: "never" },
  });
});

test("Release releases, with its delay", () => {
  expect(verdictOf(new Release())).toEqual({ action: "release", delayMs: undefined });
  expect(verdictOf(new Release("later", { delayMs: 5000 }))).toMatchObject({ delayMs: 5000 });
});

test("a handler's own kinds of Reject and Release are what they extend", () => {
  class Unpaid extends Reject {}
  class Busy extends Release {}
  expect(verdictOf(new Unpaid("never"))).toMatchObject({ action: "reject" });
  expect(verdictOf(new Busy("later", { delayMs: 7 }))).toEqual({ action: "release", delayMs: 7 });
  expect(new Reject("never") instanceof Unpaid).toBe(false);
  expect(new Unpaid("never") instanceof Unpaid).toBe(true);
});

test("texts are cut, and never to half a character", () => {
  const long = new Error(`${"x".repeat(1023)}\u{1f600}`);
  long.name = "N".repeat(200);
  const verdict = verdictOf(long);
  if (verdict.action !== "nack") throw new Error("an error nacks");
  expect(verdict.error.message).toBe(`${"x".repeat(1023)}\ufffd`);
  expect(verdict.error.type).toHaveLength(128);
});
