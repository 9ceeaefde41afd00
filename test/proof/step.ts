import { setTimeout as delay } from "node:timers/promises";
import type { Prng } from "@quorate/prelude";
import type { Figure } from "./figures.ts";

/** How much one step may and must do. */
export interface Effort {
  /** 1 in a full run; required amounts are multiplied by it. */
  readonly share: number;
  readonly random: Prng;
  /** When the step should be over, on the clock of `performance.now`. */
  readonly deadlineMs: number;
  /** Until then a step that has not done its minimum goes on; nothing is begun after it. */
  readonly lastMs: number;
}

/** One part of the proof, with figures of its own. */
export interface ProofStep {
  readonly name: string;
  /** What it does, for the person who waits. */
  readonly what: string;
  /** Its time in a full run. What a step leaves of it goes to the next. */
  readonly minutes: number;
  run(effort: Effort): Promise<readonly Figure[]>;
}

/** The part of an amount that this run must reach; at least one. */
export function shareOf(amount: number, { share }: Effort): number {
  return Math.max(1, Math.ceil(amount * share));
}

/** Lets a fault last this long: an outage has a length, and it is drawn. */
export function lastFor(ms: number): Promise<void> {
  return delay(ms);
}
