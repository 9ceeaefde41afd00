/** Seeds that failed once, each with the reason: they are run again for ever. */
import { readFileSync } from "node:fs";

/** A seed that failed once. */
export interface Regression {
  readonly seed: number;
  /** What was wrong: one sentence. */
  readonly why: string;
}

/** Reads `regression-seeds.json`. */
export function readRegressions(): readonly Regression[] {
  const file = new URL("./regression-seeds.json", import.meta.url);
  const regressions: readonly Regression[] = JSON.parse(readFileSync(file, "utf8"));
  return regressions;
}
