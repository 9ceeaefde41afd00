import { setTimeout as delay } from "node:timers/promises";
import { NoAnswer, type RestAnswer } from "./rest-client.ts";

/** Between an answer that asks for a retry and the retry. */
const retryMs = 20;

/** A caller that gets no answer for this long has found a cluster that does not come back. */
const patienceMs = 90_000;

/**
 * Repeats a call that cannot act twice (it carries an id) until it is answered with 2xx. A lost
 * answer, 503 and 504 are repeated; `onRetry` hears of each. Throws for every other answer.
 */
export async function untilDone(
  call: () => Promise<RestAnswer>,
  onRetry: () => void = () => undefined,
): Promise<RestAnswer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await answerOf(call);
    if (answer !== null && answer.status < 300) return answer;
    if (answer !== null && answer.status !== 503 && answer.status !== 504) {
      throw new Error(`refused: ${answer.status} ${answer.text}`);
    }
    if (performance.now() > deadline) throw new Error("the cluster does not come back");
    onRetry();
    await delay(retryMs);
  }
}

async function answerOf(call: () => Promise<RestAnswer>): Promise<RestAnswer | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}
