/** What a check has found. */
import { type ExitCode, exitCodes } from "../exit-codes.ts";

/** `skipped`: it could not be looked at, because something before it is broken or not allowed. */
export type Verdict = "ok" | "warning" | "bad" | "skipped";

/** One line of the doctor's report. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What is so. */
  readonly found: string;
  /** What it means and what to do about it; empty where there is nothing to do. */
  readonly advice: string;
  /** How the command ends when this is the first that is bad. */
  readonly exitCode: ExitCode;
}

/** All is as it should be. */
export function fine(check: string, found: string): Finding {
  return { check, verdict: "ok", found, advice: "", exitCode: exitCodes.ok };
}

/** It works, and deserves a look. */
export function warned(check: string, found: string, advice: string): Finding {
  return { check, verdict: "warning", found, advice, exitCode: exitCodes.error };
}

/** It does not work. */
export function broken(
  check: string,
  exitCode: ExitCode,
  { found, advice }: { readonly found: string; readonly advice: string },
): Finding {
  return { check, verdict: "bad", found, advice, exitCode };
}

/** It was not looked at. */
export function skipped(check: string, found: string): Finding {
  return { check, verdict: "skipped", found, advice: "", exitCode: exitCodes.ok };
}

/** The worst of them; what was skipped was for a reason that is among the others. */
export function worstOf(findings: readonly Finding[]): Verdict {
  const order = ["bad", "warning"] as const;
  return order.find((each) => findings.some(({ verdict }) => verdict === each)) ?? "ok";
}

/** How the command ends: as the first thing that is broken says, 1 when something deserves a look. */
export function exitCodeOfAll(findings: readonly Finding[]): ExitCode {
  const worst = worstOf(findings);
  return findings.find(({ verdict }) => verdict === worst)?.exitCode ?? exitCodes.ok;
}
