/** How a gateway's process ends when it cannot start or go on: one line, one named exit code. */
import {
  ConfigError,
  KeyFileError,
  SecretFileError,
  VerifierVerdictError,
} from "@quorate/identity";
import { CertificateError } from "@quorate/transport";
import { exitCodes } from "./exit-codes.ts";

/** What to say, and with which code to end. */
export function describeEnd(error: unknown): { readonly exitCode: number; readonly line: string } {
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: exitCodeOf(error), line: `api: ${message}` };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError || error instanceof CertificateError) {
    return exitCodes.configuration;
  }
  if (error instanceof KeyFileError || error instanceof SecretFileError) return exitCodes.key;
  if (error instanceof VerifierVerdictError) return exitCodes.verifier;
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return exitCodes.addressInUse;
  return code === "ENOENT" || code === "EACCES" ? exitCodes.configuration : exitCodes.assertion;
}
