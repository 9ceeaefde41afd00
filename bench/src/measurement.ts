/** What a measurement is, and what it says. */
import type { Cluster } from "@quorate/test-workspace/integration/rig/cluster.ts";

/** How long and how much to measure. */
export interface Effort {
  /** Time for each throughput measurement. */
  readonly seconds: number;
  /** SIGKILLs of the primary, for the failover and for the main job. */
  readonly kills: number;
  readonly mainJobKills: number;
  readonly mainJobMessages: number;
}

/** One figure: its words, and the number with its unit. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "/s" | "ms" | "µs" | "";
}

/** What came of one measurement. */
export interface Outcome {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** CPU time per message in microseconds, by process. */
  readonly cpuMicros: Readonly<Record<string, number>>;
}

/** One thing to measure. */
export interface Measurement {
  readonly name: string;
  /** What is done, in a few words. */
  readonly what: string;
  measure(cluster: Cluster, effort: Effort): Promise<Omit<Outcome, "name">>;
}
