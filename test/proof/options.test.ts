import { expect, test } from "vitest";
import { parseProofOptions } from "./options.ts";

const names = ["kills", "simulate"];

test("a run is a full one with a fresh seed unless told otherwise", () => {
  const first = parseProofOptions([], names);
  expect(first).toMatchObject({ minutes: 50, only: null });
  expect(first.seed).not.toBe(parseProofOptions([], names).seed);
});

test("minutes, seed and steps are taken from the command line", () => {
  const args = ["--minutes", "15", "--seed", "7", "--only", "kills, simulate"];
  expect(parseProofOptions(args, names)).toEqual({ minutes: 15, seed: 7, only: names });
});

test("what cannot be meant is refused with what could", () => {
  expect(() => parseProofOptions(["--minutes", "0"], names)).toThrow(/from 1 to/);
  expect(() => parseProofOptions(["--seed", "x"], names)).toThrow(/--seed takes/);
  expect(() => parseProofOptions(["--only", "kill"], names)).toThrow(/kills, simulate/);
  expect(() => parseProofOptions(["--fast"], names)).toThrow(/usage: npm run proof/);
});
