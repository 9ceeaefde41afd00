/** Time as the client has it; a test gives its own. */
export interface Timers {
  /** Milliseconds that only go forward; their zero means nothing. */
  nowMs(): number;
  /** Calls back once after `delayMs`. Returns the way to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The platform's. */
export const platformTimers: Timers = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted before. */
export function pause(timers: Timers, delayMs: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = timers.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
