/** A client that does whatever is drawn, and what was not answered now and then again. */
import type { Prng } from "@quorate/prelude";
import type { Outcome } from "@quorate/queue";
import type { RandomOperations } from "@quorate/queue/testing";
import type { Calls } from "./calls.ts";

/** Calls of one operation, at most: whoever has no answer may ask again, whatever it was. */
const callsMax = 3;
/** Operations that a client asks for at the same moment, at most: they travel in one request. */
const burstMax = 4;

/** What each of these clients has. */
export interface Client {
  readonly calls: Calls;
  readonly prng: Prng;
  readonly isOver: () => boolean;
}

export class AnyClient {
  private readonly client: Client;
  /** Of all these clients: each settles what any of them has taken. */
  private readonly operations: RandomOperations;

  constructor(client: Client, operations: RandomOperations) {
    this.client = client;
    this.operations = operations;
  }

  async work(): Promise<void> {
    const { calls, prng, isOver } = this.client;
    while (!isOver()) {
      await Promise.all(Array.from({ length: prng.between(1, burstMax) }, () => this.call()));
      const rest = prng.between(2, 120);
      // Whoever has just taken something, or seen who did, goes on at once half of the time.
      await (prng.chance(0.5) ? calls.pause(rest) : calls.rest(rest));
    }
  }

  private async call(): Promise<void> {
    const { calls, prng } = this.client;
    const operation = this.operations.next();
    for (let count = 0; count < callsMax; count++) {
      const outcome = await calls.tryOnce(prng, operation);
      if (outcome !== null) this.remember(outcome);
      // An answer may be asked for again, too: as by somebody whose connection broke.
      if (prng.chance(outcome === null ? 0.4 : 0.9)) return;
    }
  }

  private remember(outcome: Outcome): void {
    if (outcome.type === "dequeued") {
      for (const { lease } of outcome.messages) {
        if (lease !== null) this.operations.remember({ fence: lease.fence, tag: lease.tag });
      }
    }
    if (outcome.type !== "enqueued") return;
    for (const result of outcome.results) {
      if (result.status === "accepted") this.operations.rememberMessage(result.message);
    }
  }
}
