/**
 * How fast refusals are told. Most of what one costs is reading the request and writing the answer,
 * and whoever comes back at once makes the next one necessary: hundreds who do so leave no time for
 * those who are served. They come no faster than they are answered.
 */
import { refusalsAtOnceMax, refusalsPerSecondMax, refusalWaitMsMax } from "../limits.ts";

/** Gives each refusal its turn. */
export interface RefusalPace {
  /** Takes the next turn, and says how far away it is, in ms; 0: now. */
  takeTurn(): number;
}

const betweenTurnsMs = 1000 / refusalsPerSecondMax;

/** A pace by a clock that never goes back. */
export function createRefusalPace(nowMs: () => number): RefusalPace {
  let nextTurnMs = Number.NEGATIVE_INFINITY;
  return {
    takeTurn() {
      const now = nowMs();
      // Turns that nobody took are kept, but not for ever.
      const earliestMs = now - refusalsAtOnceMax * betweenTurnsMs;
      const turnMs = Math.min(Math.max(nextTurnMs, earliestMs), now + refusalWaitMsMax);
      nextTurnMs = turnMs + betweenTurnsMs;
      return Math.max(0, turnMs - now);
    },
  };
}
