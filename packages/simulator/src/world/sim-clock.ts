/** Virtual clocks: one for each process, skewed as the seed wants, dead with its process. */
import type { Clock } from "@quorate/ports";
import type { World } from "./world.ts";

/** Wall clock at the start of every run: 2026-01-01. */
const startMicros = 1_767_225_600_000_000;
/** A stopped process looks this often whether it may go on, in microseconds. */
const pauseLookMicros = 5_000;

export interface SimClockOptions {
  readonly skewMicros: () => number;
  /** False once the process is gone: nothing that it planned happens any more. */
  readonly isAlive: () => boolean;
  /** True while the process is stopped: what it planned happens when it goes on. */
  readonly isPaused: () => boolean;
  /** Whether what is planned may settle promises that somebody waits for. */
  readonly hasPromises: boolean;
}

export function createSimClock(world: World, options: SimClockOptions): Clock {
  const run = (callback: () => void): void => {
    if (!options.isAlive()) return;
    if (options.isPaused()) return world.after(pauseLookMicros, () => run(callback));
    if (options.hasPromises) world.expectPromises();
    callback();
  };
  return {
    wallMicros: () => startMicros + world.nowMicros + options.skewMicros(),
    monotonicMs: () => world.nowMicros / 1_000,
    soon: (callback) => world.after(1, () => run(callback)),
    after: (delayMs, callback) => {
      let isCancelled = false;
      world.after(delayMs * 1_000, () => {
        if (!isCancelled) run(callback);
      });
      return () => {
        isCancelled = true;
      };
    },
  };
}
