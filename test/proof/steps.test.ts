import { expect, test } from "vitest";
import { fullRunMinutes } from "./options.ts";
import { proofSteps } from "./steps.ts";

test("the steps share the minutes of a full run, and no more", () => {
  const minutes = proofSteps.reduce((sum, step) => sum + step.minutes, 0);
  expect(minutes).toBe(fullRunMinutes);
});
