import { expect, test } from "vitest";
import { selectedSteps } from "./test-options.ts";

const names = ["check", "unit", "integration"];

test("without options every step is selected", () => {
  expect([...selectedSteps([], names)]).toEqual(names);
});

test("--only selects the steps it names", () => {
  expect([...selectedSteps(["--only", "unit,integration"], names)]).toEqual(names.slice(1));
  expect([...selectedSteps(["--only=check"], names)]).toEqual(["check"]);
});

test("a step that does not exist is refused with the names that do", () => {
  expect(() => selectedSteps(["--only", "units"], names)).toThrow(/check, unit, integration/);
  expect(() => selectedSteps(["--only", ""], names)).toThrow(/--only takes/);
});

test("an unknown option is refused with the usage", () => {
  expect(() => selectedSteps(["--fast"], names)).toThrow(/usage: npm test/);
  expect(() => selectedSteps(["unit"], names)).toThrow(/usage: npm test/);
});
