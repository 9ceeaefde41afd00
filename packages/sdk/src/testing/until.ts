/** Waiting for what comes about in a few turns of the event loop, on a busy machine too. */
import { vi } from "vitest";

/** Far above what any machine needs, in ms. */
const patientMs = 30_000;

/** Returns when the claim holds; it is looked at again and again. Rejects when it never does. */
export async function until(claim: () => boolean): Promise<void> {
  await vi.waitUntil(claim, { interval: 1, timeout: patientMs });
}
