import type { QuorateError } from "@quorate/sdk";
import type { ExitCode } from "./exit-codes.ts";

/** Why a command ends early: one line for a person, an exit code, and what to do about it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  /** A next step, a whole sentence; empty when there is none. */
  readonly hint: string;

  constructor(exitCode: ExitCode, line: string, options: FailureOptions = {}) {
    super(line, options);
    this.exitCode = exitCode;
    this.hint = options.hint ?? "";
  }
}

interface FailureOptions extends ErrorOptions {
  readonly hint?: string;
}

/** A call that failed, with what the exit code depends on beside the error. */
export class CallFailure extends Error {
  override readonly name = "CallFailure";
  readonly error: QuorateError;
  /** Whether the call only asked: then nothing can have been done, whatever became of it. */
  readonly isRead: boolean;

  constructor(error: QuorateError, isRead: boolean) {
    super(error.message, { cause: error });
    this.error = error;
    this.isRead = isRead;
  }
}
