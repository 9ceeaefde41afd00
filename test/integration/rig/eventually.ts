import { setTimeout as delay } from "node:timers/promises";

/** Between two looks; short against anything that a cluster does. */
const lookMs = 20;

/**
 * The first answer of `look` that is not null. Throws after `withinMs`, naming what did not come;
 * what `look` throws ends the waiting at once.
 */
export async function eventually<Found>(
  what: string,
  withinMs: number,
  look: () => Promise<Found | null> | Found | null,
): Promise<Found> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(lookMs);
  }
}
