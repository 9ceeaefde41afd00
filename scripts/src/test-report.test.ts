import { expect, test } from "vitest";
import {
  countsAtEnd,
  formatCounts,
  lineCounts,
  noReport,
  playwrightCounts,
  sumCounts,
  vitestCounts,
} from "./test-report.ts";

test("a Vitest report gives its passed, failed and skipped tests", () => {
  const report = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
  expect(vitestCounts(report)).toEqual({ passed: 7, failed: 2, skipped: 2 });
});

test("a test file that does not load counts as one failed test", () => {
  const testResults = [
    { status: "failed", assertionResults: [] },
    { status: "failed", assertionResults: [{ status: "failed" }] },
    { status: "passed", assertionResults: [{ status: "passed" }] },
  ];
  const report = { numPassedTests: 1, numFailedTests: 1, testResults };
  expect(vitestCounts(report)).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

test("a Playwright test that passed only when repeated has failed", () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
  expect(playwrightCounts({ stats, errors: [] })).toEqual({ passed: 3, failed: 2, skipped: 2 });
});

test("a Playwright run that broke before its first test has failed", () => {
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  expect(playwrightCounts({ stats, errors: [{ message: "no browser" }] }).failed).toBe(1);
  expect(playwrightCounts({})).toEqual(noReport);
});

test("the last line of the simulator counts, not one before it", () => {
  const output = "1 passed, 9 failed\nseed 4\n398 passed, 2 failed\n";
  expect(lineCounts(output)).toEqual({ passed: 398, failed: 2, skipped: 0 });
  expect(lineCounts("5 passed, 0 failed, 3 skipped")).toEqual({ passed: 5, failed: 0, skipped: 3 });
});

test("a runner that says nothing counts as one failed test", () => {
  expect(lineCounts("Segmentation fault")).toEqual(noReport);
  expect(countsAtEnd(null, 0)).toEqual(noReport);
});

test("a bad exit code is a failure even when every test passed", () => {
  const allPassed = { passed: 4, failed: 0, skipped: 0 };
  expect(countsAtEnd(allPassed, 1)).toEqual({ passed: 4, failed: 1, skipped: 0 });
  expect(countsAtEnd(allPassed, 0)).toEqual(allPassed);
  expect(countsAtEnd({ passed: 4, failed: 3, skipped: 0 }, 1).failed).toBe(3);
});

test("the sum ends in one plain line", () => {
  const sum = sumCounts([
    { passed: 2, failed: 1, skipped: 0 },
    { passed: 3, failed: 0, skipped: 4 },
  ]);
  expect(formatCounts(sum)).toBe("5 passed, 1 failed, 4 skipped");
  expect(formatCounts({ passed: 5, failed: 0, skipped: 0 })).toBe("5 passed, 0 failed");
});
