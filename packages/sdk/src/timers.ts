/** Time as the client has it; a test gives its own. */
export interface Timers {
  /** Milliseconds that only go forward; their zero means nothing. */
  nowMs(): number;
  /** Calls back once after `delayMs`. Returns the way to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The platform does not wait at all when it is asked to wait for longer, in ms. */
const delayMsMax = 2 ** 31 - 1;

/** The platform's. */
export const platformTimers: Timers = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, delayMsMax));
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

/** How long somebody waits for work that he cannot end. */
export interface Waiting {
  readonly timers: Timers;
  readonly delayMs: number;
  readonly signal: AbortSignal | null;
  /** Why nobody waits any more when the time is over. */
  readonly late: () => Error;
}

/** What the work comes to; rejects before with the signal's reason, or when the time is over. */
export function inTime<T>(work: Promise<T>, waiting: Waiting): Promise<T> {
  const { timers, delayMs, signal, late } = waiting;
  return new Promise((resolve, reject) => {
    const end = (finish: () => void) => {
      cancel();
      signal?.removeEventListener("abort", onAbort);
      finish();
    };
    const onAbort = () => end(() => reject(signal?.reason));
    const cancel = timers.after(delayMs, () => end(() => reject(late())));
    signal?.addEventListener("abort", onAbort, { once: true });
    work.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
    if (signal?.aborted === true) onAbort();
  });
}
