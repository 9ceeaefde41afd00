import { type Command, formatDuration, runCommand } from "./run-command.ts";

/** One rule book and the program that reads it. */
export interface Check {
  readonly name: string;
  readonly command: Command;
}

/** All that a machine can say about the sources without running them, fastest first. */
export const checks: readonly Check[] = [
  { name: "format", command: { program: "oxfmt", args: ["--check"] } },
  { name: "lint", command: { program: "oxlint", args: ["--type-aware"] } },
  { name: "boundaries", command: { program: "turbo", args: ["boundaries"] } },
  {
    name: "types",
    command: { program: "turbo", args: ["run", "typecheck", "--output-logs=errors-only"] },
  },
  { name: "unused", command: { program: "knip", args: ["--no-config-hints"] } },
  { name: "tidy", command: { program: "vitest", args: ["run", "--project", "tidy"] } },
];

/** Whether the checks after a failed one still run. */
export type AfterFailure = "stop" | "go on";

/**
 * Runs checks in order, one line each, and the output of those that failed. Returns how many
 * passed, failed, and were not run.
 */
export async function runChecks(
  list: readonly Check[],
  afterFailure: AfterFailure,
): Promise<{ passed: number; failed: number; skipped: number }> {
  let passed = 0;
  let failed = 0;
  for (const { name, command } of list) {
    if (failed > 0 && afterFailure === "stop") break;
    const { code, output, tookMs } = await runCommand(command, "silent");
    const verdict = code === 0 ? "ok  " : "FAIL";
    console.log(`${verdict}  ${name.padEnd(12)} ${formatDuration(tookMs)}`);
    if (code === 0) passed += 1;
    else {
      failed += 1;
      console.log(output.trimEnd());
    }
  }
  return { passed, failed, skipped: list.length - passed - failed };
}
