import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readFields } from "./json-fields.ts";
import { stateFolder } from "./places.ts";
import { runCommand } from "./run-command.ts";
import { countsAtEnd, type TestCounts, vitestCounts } from "./test-report.ts";

const reportFolder = join(stateFolder, "test");

/** What the projects' tests came to, and what they printed. */
export interface VitestEnd extends TestCounts {
  readonly output: string;
}

/** Runs projects of vitest.config.ts at once, shows their output, and counts their tests. */
export async function runVitest(
  projects: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<VitestEnd> {
  const report = freshReport(projects[0]);
  const selection = projects.map((project) => `--project=${project}`);
  const args = ["run", ...selection, "--reporter=default", "--reporter=json"];
  const end = await runCommand(
    { program: "vitest", args: [...args, `--outputFile.json=${report}`], environment },
    "echo",
  );
  const fields = readFields(report);
  const counts = countsAtEnd(fields === null ? null : vitestCounts(fields), end.code);
  return { ...counts, output: end.output };
}

/** A path for a runner's report at which no older report lies. */
export function freshReport(name: string): string {
  mkdirSync(reportFolder, { recursive: true });
  const path = join(reportFolder, `${name}.json`);
  rmSync(path, { force: true });
  return path;
}
