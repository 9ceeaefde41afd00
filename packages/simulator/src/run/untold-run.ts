import type { RunResult } from "./run-seed.ts";

/** What is counted in a run of which nothing is known but how it ended. */
export const untoldRun: Omit<RunResult, "seed" | "verdict" | "checker" | "message"> = {
  traceDigest: "",
  virtualMicros: 0,
  events: 0,
  operations: 0,
  acknowledged: 0,
  isUndecided: false,
  convictions: [],
  faults: new Map(),
  happened: [],
};
