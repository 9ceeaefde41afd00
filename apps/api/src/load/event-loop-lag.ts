/** How late this process is: the surest sign that it has more to do than it can. */
import { lagSampledEveryMs } from "../limits.ts";

/** A measurement that goes on until it is stopped. */
export interface EventLoopLag {
  /** By how much the last timer came too late, in ms. */
  lagMs(): number;
  stop(): void;
}

/** Begins to measure; keeps no process alive. */
export function measureEventLoopLag(): EventLoopLag {
  let dueAtMs = performance.now() + lagSampledEveryMs;
  let lastMs = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    lastMs = Math.max(0, nowMs - dueAtMs);
    dueAtMs = nowMs + lagSampledEveryMs;
  }, lagSampledEveryMs).unref();
  return {
    // While a timer is overdue, its lateness is known already.
    lagMs: () => Math.max(lastMs, performance.now() - dueAtMs),
    stop: () => {
      clearInterval(timer);
    },
  };
}
