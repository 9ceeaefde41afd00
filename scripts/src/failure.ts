import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { complain } from "./say.ts";

/** Why a program of this folder ends early: one line for a person, and its exit code. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  /** What explains the line, e.g. the end of a log; empty when the line says all. */
  readonly detail: string;

  constructor(exitCode: ExitCode, line: string, options: FailureOptions = {}) {
    super(line, options);
    this.exitCode = exitCode;
    this.detail = options.detail ?? "";
  }
}

interface FailureOptions extends ErrorOptions {
  readonly detail?: string;
}

/** System errors that mean "you may not, or cannot, write here". */
const writeErrors = new Set([
  "EACCES",
  "EDQUOT",
  "EEXIST",
  "EISDIR",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);

/** The Failure that an error is, or stands for; null when it is a bug of ours. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error) || !("code" in error)) return null;
  const { code } = error;
  if (typeof code !== "string" || !writeErrors.has(code)) return null;
  const path = "path" in error ? String(error.path) : "a file";
  return new Failure(exitCodes.cannotWrite, `cannot write ${path} (${code})`, { cause: error });
}

/**
 * Runs a program to its end and sets the exit code. The only place where an error becomes a line
 * on the terminal; what is not a Failure is a bug and keeps its stack.
 */
export async function runToExit(program: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await program();
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    complain(`quorate: ${failure.message}`);
    if (failure.detail !== "") complain(failure.detail);
    process.exitCode = failure.exitCode;
  }
}
