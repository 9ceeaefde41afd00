import { expect, it } from "vitest";
import { assert, AssertionError, present } from "./assert.ts";

it("assert passes what holds and throws the claim that does not", () => {
  expect(() => assert(1 + 1 === 2)).not.toThrow();
  expect(() => assert(false, "the sky is green")).toThrow(new AssertionError("the sky is green"));
});

it("present returns whatever is there, also what is falsy, and throws for null and undefined", () => {
  expect([present(0), present(""), present(false)]).toEqual([0, "", false]);
  expect(() => present(null)).toThrow(AssertionError);
  expect(() => present(undefined, "a name")).toThrow(new AssertionError("a name"));
});
