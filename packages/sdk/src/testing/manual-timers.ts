/** Time that moves only when a test moves it. */
import type { Timers } from "../timers.ts";

interface Waiting {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Timers in a test's hand. Time begins at 0. */
export class ManualTimers implements Timers {
  private timeMs = 0;
  private waiting: readonly Waiting[] = [];

  readonly nowMs = (): number => this.timeMs;

  readonly after = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { atMs: this.timeMs + Math.max(0, delayMs), callback };
    this.waiting = [...this.waiting, timer];
    return () => {
      this.waiting = this.waiting.filter((each) => each !== timer);
    };
  };

  /** How many callbacks wait for their time. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Moves time on; whatever becomes due is called in its order, at its time. */
  advance(ms: number): void {
    const endMs = this.timeMs + ms;
    for (let next = this.next(endMs); next !== undefined; next = this.next(endMs)) {
      const due = next;
      this.waiting = this.waiting.filter((each) => each !== due);
      this.timeMs = due.atMs;
      due.callback();
    }
    this.timeMs = endMs;
  }

  private next(endMs: number): Waiting | undefined {
    const due = this.waiting.filter(({ atMs }) => atMs <= endMs);
    return due.toSorted((left, right) => left.atMs - right.atMs)[0];
  }
}
