/** A client that dequeues and settles, until the producers have gone and the queue is drained. */
import { nodeCrypto } from "@quorate/identity";
import { type Prng, utf8Decode } from "@quorate/prelude";
import { type DequeuedMessage, dequeueIdHash, messageIdText } from "@quorate/queue";
import type { Deliveries } from "../histories/deliveries.ts";
import { settlementKeptMicros } from "../histories/forgetting.ts";
import { Violation } from "../checkers/violation.ts";
import type { World } from "../world/world.ts";
import type { Calls } from "./calls.ts";
import { ordersQueue } from "./order-messages.ts";
import { unexpected } from "./unexpected.ts";

const leaseMs = 4_000;
const principal = "simulator worker";

export interface ConsumerParts {
  readonly number: number;
  readonly world: World;
  readonly calls: Calls;
  readonly deliveries: Deliveries;
  readonly prng: Prng;
  /** Whether nobody sends any more. */
  readonly hasSeenAll: () => boolean;
}

export class Consumer {
  private readonly parts: ConsumerParts;

  constructor(parts: ConsumerParts) {
    this.parts = parts;
  }

  async work(): Promise<void> {
    const { number, calls, prng, hasSeenAll } = this.parts;
    for (let round = 0; ; round++) {
      if (hasSeenAll() && (await this.isDrained())) return;
      const outcome = await calls.execute(prng, {
        type: "dequeue",
        queue: ordersQueue,
        principal,
        worker: null,
        dequeueHash: dequeueIdHash(nodeCrypto.sha256, principal, `d${number}-${round}`),
        from: "ready",
        max: prng.between(1, 20),
        maxPerGroup: null,
        mode: "lease",
        leaseMs,
      });
      if (outcome.type === "refused") {
        await calls.pause(50);
        continue;
      }
      if (outcome.type !== "dequeued") throw unexpected("dequeue", outcome);
      await Promise.all(outcome.messages.map((message) => this.settle(message)));
      const isEmpty = outcome.messages.length === 0;
      const rest = isEmpty ? prng.between(100, 400) : prng.between(1, 100);
      await calls.rest(rest);
    }
  }

  private async settle(message: DequeuedMessage): Promise<void> {
    const { world, calls, deliveries, prng } = this.parts;
    const { lease } = message;
    if (lease === null) throw new Violation("leases", "a lease was asked for");
    const id = utf8Decode(message.body) ?? "";
    deliveries.onDelivered(id, messageIdText(message.message), lease.fence);
    const fate = prng.below(20);
    if (fate === 0) return;
    const action = fate === 1 ? "release" : "ack";
    const settlement =
      action === "ack" ? ({ action, lease } as const) : ({ action, lease, delayMs: null } as const);
    const begunMicros = world.nowMicros;
    const outcome = await calls.execute(prng, {
      type: "settle",
      queue: ordersQueue,
      atomic: false,
      settlements: [settlement],
    });
    if (outcome.type !== "settled") throw unexpected("settle", outcome);
    const [result] = outcome.results;
    if (action !== "ack") return;
    if (result?.status === "settled") return deliveries.onAcked(id, lease.fence);
    const tookMicros = world.nowMicros - begunMicros;
    if (tookMicros > settlementKeptMicros) deliveries.onAckForgotten(id);
  }

  private async isDrained(): Promise<boolean> {
    const { calls, prng } = this.parts;
    for (;;) {
      const answer = await calls.read(prng, { type: "get-queue", queue: ordersQueue });
      if (answer === null) {
        await calls.pause(100);
        continue;
      }
      if (answer.type !== "queue") throw new Violation("reads", `answer ${answer.type}`);
      if (answer.view === null) return true;
      const { ready, blocked, leased, scheduled, dead } = answer.view.stats;
      if (dead > 0) throw new Violation("deliveries", `${dead} dead letters`);
      return ready + blocked + leased + scheduled === 0;
    }
  }
}
