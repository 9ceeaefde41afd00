/** How many tests a runner says have passed: read from its report, never from its colours. */
import { countIn, type Fields, isFields } from "./json-fields.ts";

/** Tests that passed, failed and were left out. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A runner that left no report, or a faulty one, counts as one failed test. */
export const noReport: TestCounts = { passed: 0, failed: 1, skipped: 0 };

/** The counts of several runners together. */
export function sumCounts(counts: readonly TestCounts[]): TestCounts {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** The last line of `npm test`: `12 passed, 0 failed`, and `, 1 skipped` when there is one. */
export function formatCounts({ passed, failed, skipped }: TestCounts): string {
  const tail = skipped > 0 ? `, ${skipped} skipped` : "";
  return `${passed} passed, ${failed} failed${tail}`;
}

/**
 * The counts in Vitest's JSON report. A file that fails before its first test has no failed test;
 * it counts as one.
 */
export function vitestCounts(report: Fields): TestCounts {
  const files = listIn(report, "testResults");
  const brokenFiles = files.filter((file) => {
    const tests = listIn(file, "assertionResults");
    return file["status"] === "failed" && !tests.some((each) => each["status"] === "failed");
  });
  return {
    passed: countIn(report, "numPassedTests"),
    failed: countIn(report, "numFailedTests") + brokenFiles.length,
    skipped: countIn(report, "numPendingTests") + countIn(report, "numTodoTests"),
  };
}

/** The counts in Playwright's JSON report. What passed only when repeated has failed. */
export function playwrightCounts(report: Fields): TestCounts {
  const stats = report["stats"];
  if (!isFields(stats)) return noReport;
  const failed = countIn(stats, "unexpected") + countIn(stats, "flaky");
  const errors = listIn(report, "errors").length;
  return {
    passed: countIn(stats, "expected"),
    failed: failed === 0 && errors > 0 ? 1 : failed,
    skipped: countIn(stats, "skipped"),
  };
}

/** The counts in the last line `N passed, N failed` of a program's output. */
export function lineCounts(output: string): TestCounts {
  const lines = output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm);
  const last = [...lines].at(-1);
  if (last === undefined) return noReport;
  const [, passed, failed, skipped] = last;
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
}

/** What a runner reported, corrected by how it ended: a bad end without a failed test is one. */
export function countsAtEnd(counts: TestCounts | null, exitCode: number): TestCounts {
  if (counts === null) return noReport;
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function listIn(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isFields) : [];
}
