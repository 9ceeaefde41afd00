import type { Clock } from "@quorate/ports";

/** The platform's clocks. Wall time has the resolution of a millisecond. */
export const systemClock: Clock = {
  wallMicros: () => Date.now() * 1_000,
  monotonicMs: () => performance.now(),
  soon: (callback) => void setImmediate(callback),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
