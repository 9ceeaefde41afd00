import type { ExitCode } from "./exit-codes.ts";

/** Why a command ends early: one line for a person, an exit code, and what to do about it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  /** A next step, a whole sentence; empty when there is none. */
  readonly hint: string;
  /** What is wrong in particular, a line for each. */
  readonly faults: readonly string[];

  constructor(exitCode: ExitCode, line: string, options: FailureOptions = {}) {
    super(line, options);
    this.exitCode = exitCode;
    this.hint = options.hint ?? "";
    this.faults = options.faults ?? [];
  }
}

interface FailureOptions extends ErrorOptions {
  readonly hint?: string;
  readonly faults?: readonly string[];
}
