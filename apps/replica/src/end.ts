/** How a replica's process ends when it cannot go on: one line, one named exit code. */
import { KeyFileError, VerifierVerdictError } from "@quorate/identity";
import { JournalError } from "@quorate/journal";
import type { JournalFatalReason } from "@quorate/ports";
import { type FatalReason, MovedFolderError, NotThisMemberError } from "@quorate/runtime";
import { NoQuorumOfOthersError } from "@quorate/vsr";
import { ConfigError } from "./config.ts";
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
  return { exitCode: exitCodeOf(error), line: `replica: cannot start: ${message}` };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) return exitCodes.configuration;
  if (error instanceof KeyFileError) return exitCodes.key;
  if (error instanceof VerifierVerdictError) return exitCodes.verifier;
  if (error instanceof JournalError || error instanceof NotThisMemberError) {
    return exitCodes.dataFolder;
  }
  if (error instanceof MovedFolderError) return exitCodes.folderMoved;
  if (error instanceof NoQuorumOfOthersError) return exitCodes.diskLost;
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return exitCodes.addressInUse;
    case "EACCES":
    case "EROFS":
    case "ENOSPC":
      return exitCodes.dataFolder;
    case "ENOENT":
      return exitCodes.configuration;
    default:
      return exitCodes.assertion;
  }
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
