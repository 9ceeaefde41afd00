/** Times of many calls of one kind. */

/** Times that are kept: more of them change no percentile that is printed. */
const timesMax = 1_000_000;

/** What is known at the end. All times in ms; 0 where nothing was measured. */
export interface Figures {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly failed: number;
}

/** Collects the times of one kind of call. */
export class Stopwatch {
  readonly #timesMs: number[] = [];
  #count = 0;
  #failed = 0;

  /** Runs the call and notes its time; `things` is how many it handled. */
  async time<T>(call: () => Promise<T>, things: (answer: T) => number): Promise<T> {
    const beganMs = performance.now();
    try {
      const answer = await call();
      this.#count += things(answer);
      if (this.#timesMs.length < timesMax) this.#timesMs.push(performance.now() - beganMs);
      return answer;
    } catch (error) {
      this.#failed += 1;
      throw error;
    }
  }

  /** How many things were handled so far. */
  get count(): number {
    return this.#count;
  }

  /** The figures after so much time. */
  figures(tookMs: number): Figures {
    const sorted = this.#timesMs.toSorted((left, right) => left - right);
    return {
      count: this.#count,
      perSecond: tookMs === 0 ? 0 : Math.round(this.#count / (tookMs / 1000)),
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      maxMs: percentile(sorted, 1),
      failed: this.#failed,
    };
  }
}

/** The smallest time that so large a share of all does not pass; two decimals. */
export function percentile(sorted: readonly number[], share: number): number {
  const index = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return Number((sorted[index] ?? 0).toFixed(2));
}
