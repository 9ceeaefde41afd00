/** A client that enqueues, until it is told to stop. */
import type { Prng } from "@quorate/prelude";
import { messageIdText } from "@quorate/queue";
import type { Deliveries } from "../histories/deliveries.ts";
import type { Calls } from "./calls.ts";
import { orderMessage, ordersQueue } from "./order-messages.ts";
import { unexpected } from "./unexpected.ts";

/** Longer than any run: whoever asks again for as long as an outage lasts is told of the first. */
const dedupWindowMs = 3_600_000;

export interface ProducerParts {
  readonly name: string;
  readonly calls: Calls;
  readonly deliveries: Deliveries;
  readonly prng: Prng;
  /** Calls that it makes at the same moment, at most: they travel in one request. */
  readonly burstMax: number;
}

export class Producer {
  private readonly parts: ProducerParts;

  constructor(parts: ProducerParts) {
    this.parts = parts;
  }

  async work(): Promise<void> {
    const { name, calls, prng, burstMax } = this.parts;
    await calls.execute(prng, {
      type: "put-queue",
      queue: ordersQueue,
      config: { dedupWindowMs },
      precondition: { kind: "none" },
    });
    for (let round = 0; !calls.isFinishing; round++) {
      const burst = Array.from({ length: prng.between(1, burstMax) }, (_, call) => {
        const id = `${name}-${round}-${call}`;
        return prng.chance(0.2) ? this.enqueueOnce(id) : this.enqueue(id);
      });
      await Promise.all(burst);
      await calls.rest(prng.between(50, 800));
    }
  }

  private async enqueue(call: string): Promise<void> {
    const { calls, deliveries, prng } = this.parts;
    const count = prng.chance(0.7) ? 1 : prng.between(2, 4);
    const ids = Array.from({ length: count }, (_, each) => `${call}-${each}`);
    for (const id of ids) deliveries.onSent(id);
    const outcome = await calls.execute(prng, {
      type: "enqueue",
      queue: ordersQueue,
      form: count === 1 ? "single" : "batch",
      idempotency: null,
      messages: ids.map((id) => orderMessage(id)),
    });
    if (outcome.type !== "enqueued") throw unexpected("enqueue", outcome);
    for (const [at, result] of outcome.results.entries()) {
      if (result.status === "refused") throw unexpected("enqueue", outcome);
      deliveries.onEnqueued(ids[at] ?? "", messageIdText(result.message));
    }
  }

  /** Without a dedup id, and so never asked again: the cluster alone keeps it from coming twice. */
  private async enqueueOnce(id: string): Promise<void> {
    const { calls, deliveries, prng } = this.parts;
    deliveries.onSent(id);
    const outcome = await calls.tryOnce(prng, {
      type: "enqueue",
      queue: ordersQueue,
      form: "single",
      idempotency: null,
      messages: [{ ...orderMessage(id), dedup: null }],
    });
    if (outcome === null) return;
    const result = outcome.type === "enqueued" ? outcome.results[0] : undefined;
    if (result === undefined || result.status === "refused") throw unexpected("enqueue", outcome);
    deliveries.onEnqueued(id, messageIdText(result.message));
  }
}
