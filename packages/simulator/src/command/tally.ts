/** What many runs came to. */
import type { SeedReport } from "../jobs/seed-job.ts";
import type { RunResult, Verdict } from "../run/run-seed.ts";
import { Trace } from "../world/trace.ts";

const exitCodesByVerdict: Readonly<Record<Verdict, number>> = {
  passed: 0,
  crash: 127,
  liveness: 128,
  safety: 129,
};

export class Tally {
  /** The first run that failed, by the order of the seeds. */
  firstFailure: RunResult | null = null;
  private runs = 0;
  private failures = 0;
  private undecided = 0;
  private virtualMicros = 0;
  private cpuMicros = 0;
  private operations = 0;
  /** Takes the digest of each run, so that two programs can be compared by one. */
  private readonly digests = new Trace(null);

  add({ result, cpuMicros }: SeedReport): void {
    this.runs += 1;
    this.virtualMicros += result.virtualMicros;
    this.cpuMicros += cpuMicros;
    this.operations += result.operations;
    this.digests.event(result.seed, "", result.verdict, result.traceDigest);
    if (result.isUndecided) this.undecided += 1;
    if (result.verdict === "passed") return;
    this.failures += 1;
    this.firstFailure ??= result;
  }

  /** That of the first run that failed; 0 when none did. */
  get exitCode(): number {
    return exitCodesByVerdict[this.firstFailure?.verdict ?? "passed"];
  }

  /** How far it has come, for whoever waits. */
  progressOf(count: number): string {
    return `${this.runs} of ${count} seeds, ${this.timeLine()}`;
  }

  /** The last lines; the very last is `N passed, N failed`. */
  summary(): readonly string[] {
    const rate = ((this.operations * 1_000_000) / Math.max(1, this.virtualMicros)).toFixed(0);
    const lines = [
      `${this.runs} seeds, ${this.timeLine()}`,
      `${rate} acknowledged operations per simulated second, digest ${this.digests.digest}`,
    ];
    if (this.undecided > 0) lines.push(`${this.undecided} histories undecided: the search gave up`);
    if (this.firstFailure !== null) lines.push(`first failing seed: ${this.firstFailure.seed}`);
    return [...lines, `${this.runs - this.failures} passed, ${this.failures} failed`];
  }

  private timeLine(): string {
    const hours = (this.virtualMicros / 3_600_000_000).toFixed(2);
    const speed = (this.virtualMicros / Math.max(1, this.cpuMicros)).toFixed(0);
    return `${hours} simulated hours at ${speed} x real time per core`;
  }
}
