/** Recent flushes remembered: enough for a 99th percentile. */
const timesMax = 1_000;

/** The last 1,000 flush times. */
export class FlushTimes {
  private readonly micros = new Float64Array(timesMax);
  private count = 0;
  /** Answer for `count` flushes, because many ask between two of them. */
  private known: { readonly count: number; readonly p99: number } | null = null;

  add(micros: number): void {
    this.micros[this.count % timesMax] = micros;
    this.count += 1;
  }

  /** 99th percentile in microseconds; null before the first flush. */
  p99(): number | null {
    if (this.count === 0) return null;
    if (this.known?.count !== this.count) {
      const sorted = this.micros.slice(0, Math.min(this.count, timesMax)).toSorted();
      const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
      this.known = { count: this.count, p99 };
    }
    return this.known.p99;
  }
}
