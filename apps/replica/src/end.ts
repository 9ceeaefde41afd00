/** How a replica's process ends when it cannot go on: one line, one named exit code. */
import {
  ConfigError,
  KeyFileError,
  SecretFileError,
  VerifierVerdictError,
} from "@quorate/identity";
import { JournalError } from "@quorate/journal";
import type { JournalFatalReason } from "@quorate/ports";
import {
  type FatalReason,
  MovedFolderError,
  NotThisMemberError,
  WrongClockError,
} from "@quorate/runtime";
import { CertificateError } from "@quorate/transport";
import { NoQuorumOfOthersError } from "@quorate/vsr";
import { exitCodes } from "./exit-codes.ts";

const fatalCodes: Record<FatalReason | JournalFatalReason, number> = {
  assertion: exitCodes.assertion,
  "state-diverged": exitCodes.stateDiverged,
  "disk-superseded": exitCodes.diskSuperseded,
  "rolled-back": exitCodes.rolledBack,
  "write-failed": exitCodes.writeFailed,
  "fsync-failed": exitCodes.fsyncFailed,
  "disk-full": exitCodes.diskFull,
  "read-failed": exitCodes.readFailed,
  "superblock-too-long": exitCodes.assertion,
};

/** Ends the process at once: nothing that is still planned may be said or written. */
export function endNow(reason: FatalReason | JournalFatalReason, cause: unknown): never {
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`replica: fatal: ${reason}: ${detail}\n`);
  process.exit(fatalCodes[reason]);
}

/** What to say, and with which code to end, when a start fails. */
export function describeEnd(error: unknown): { readonly exitCode: number; readonly line: string } {
  const message = error instanceof Error ? error.message : String(error);
  const exitCode = exitCodeOf(error);
  const advice = exitCode === exitCodes.tooFewFiles ? "raise the limit of open files: " : "";
  return { exitCode, line: `replica: cannot start: ${advice}${message}` };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError || error instanceof CertificateError) {
    return exitCodes.configuration;
  }
  if (error instanceof KeyFileError || error instanceof SecretFileError) return exitCodes.key;
  if (error instanceof VerifierVerdictError) return exitCodes.verifier;
  if (error instanceof JournalError || error instanceof NotThisMemberError) {
    return exitCodes.dataFolder;
  }
  if (error instanceof MovedFolderError) return exitCodes.folderMoved;
  if (error instanceof NoQuorumOfOthersError) return exitCodes.diskLost;
  if (error instanceof WrongClockError) return exitCodes.wrongClock;
  return exitCodeOfSystem(systemErrorOf(error));
}

/** Calls that are about an address to listen at, and about no file. */
const addressCalls: readonly unknown[] = ["listen", "bind", "getaddrinfo"];

/** What the operating system refused. Files outside the data folder have errors of their own. */
function exitCodeOfSystem({ code, syscall }: SystemError): number {
  switch (code) {
    case undefined:
      return exitCodes.assertion;
    case "EMFILE":
    case "ENFILE":
      return exitCodes.tooFewFiles;
    case "EADDRINUSE":
      return exitCodes.addressInUse;
    case "ENOSPC":
    case "EDQUOT":
      return exitCodes.diskFull;
    case "EIO":
      return exitCodes.readFailed;
    default:
      return addressCalls.includes(syscall) ? exitCodes.configuration : exitCodes.dataFolder;
  }
}

interface SystemError {
  readonly code: unknown;
  readonly syscall: unknown;
}

/** Errors of the operating system name the call that was refused; those of a program do not. */
function systemErrorOf(error: unknown): SystemError {
  const isSystems = error instanceof Error && "code" in error && "syscall" in error;
  return isSystems
    ? { code: error.code, syscall: error.syscall }
    : { code: undefined, syscall: undefined };
}
