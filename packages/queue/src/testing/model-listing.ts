import type { ModelMessage } from "./model-message.ts";
import type { ModelQueue } from "./model-queue.ts";

/** What the model says of a message in a listing. */
export interface ModelView {
  readonly message: { readonly op: number; readonly index: number };
  readonly seq: number;
  readonly state: ModelMessage["state"] | "blocked";
  readonly group: string | null;
  readonly expiresAtMs: number;
  readonly deliveries: number;
  readonly failures: number;
}

/** Every message of the model's queue as a listing shows it, by seq. */
export function modelListing(queue: ModelQueue): readonly ModelView[] {
  return [...queue.messages.values()].map((message) => {
    const { key, seq, group, deliveries, failures } = message;
    const isBlocked = message.state === "ready" && !queue.isRunnable(group);
    const state = isBlocked ? "blocked" : message.state;
    const end = message.death > 0 ? queue.deadEndOf(message) : queue.endOf(message);
    const expiresAtMs = Math.floor(end / 1_000);
    return { message: key, seq, state, group, expiresAtMs, deliveries, failures };
  });
}
