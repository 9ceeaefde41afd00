/** Who administers the queues: does one thing after the other, and looks what came of it. */
import type {
  AdminOperation,
  Outcome,
  PurgedState,
  QueueConfigPatch,
  RedriveFilter,
} from "@quorate/queue";
import type { Client } from "./any-client.ts";

const everything: RedriveFilter = {
  ids: null,
  reason: null,
  groupHash: null,
  errorType: null,
  fromMs: null,
  toMs: null,
};
const purgedStates: readonly PurgedState[] = ["ready", "scheduled", "leased", "dead"];

/** Messages die soon, and wait for exactly as long as the contract says. */
const backoff = { baseMs: 200, factor: 2, maxMs: 1_000, jitter: 0 };
const configs: readonly QueueConfigPatch[] = [
  { backoff, maxFailures: 2, leaseMsDefault: 1_500 },
  { backoff, maxFailures: 1, leaseMsDefault: 1_000, onDead: "block", onExpire: "drop" },
  { backoff, maxDeliveries: 3, leaseMsDefault: 1_000, dedupMode: "untilSettled", maxInFlight: 9 },
];
const hashBytes = 16;
const looksMax = 4;

export class Administrator {
  private readonly client: Client;
  private readonly queues: readonly string[];

  constructor(client: Client, queues: readonly string[]) {
    this.client = client;
    this.queues = queues;
  }

  async work(): Promise<void> {
    const { calls, prng, isOver } = this.client;
    for (const queue of this.queues) await this.make(queue);
    while (!isOver()) {
      const queue = prng.pick(this.queues);
      const choice = prng.below(12);
      if (choice < 3) await this.pause(queue);
      else if (choice < 5) await this.purge(queue);
      else if (choice < 9) await this.redrive(queue);
      else if (choice < 10) await this.replace(queue);
      else await this.look(queue);
      await calls.rest(prng.between(20, 300));
    }
  }

  private async make(queue: string): Promise<void> {
    const config = this.client.prng.pick(configs);
    await this.administer({ type: "put-queue", queue, config, precondition: { kind: "none" } });
  }

  /** Whatever is paused goes on after a while, or nothing would happen any more. */
  private async pause(queue: string): Promise<void> {
    const { calls, prng } = this.client;
    const what = prng.pick(["send", "receive"] as const);
    const pause = { by: "administrator", reason: null };
    await this.administer({ type: "pause-queue", queue, what, pause });
    await calls.rest(prng.between(50, 600));
    await this.look(queue);
    await this.administer({ type: "pause-queue", queue, what, pause: null });
  }

  private async purge(queue: string): Promise<void> {
    const { prng } = this.client;
    const drawn = purgedStates.filter(() => prng.chance(0.4));
    const states = drawn.length > 0 ? drawn : [prng.pick(purgedStates)];
    await this.administer({ type: "purge", queue, states });
    await this.look(queue);
  }

  private async redrive(queue: string): Promise<void> {
    const { calls, prng } = this.client;
    const outcome = await this.administer({
      type: "redrive",
      queue,
      filter: prng.chance(0.3) ? { ...everything, reason: "max-failures" } : everything,
      rate: prng.pick([1, 2, 5, 1_000]),
      target: prng.chance(0.3) ? prng.pick(this.queues) : null,
    });
    const told = outcome.type === "repeated" ? outcome.outcome : outcome;
    if (told.type !== "task") return;
    const { number } = told.task;
    for (let looks = prng.below(looksMax); looks > 0; looks--) {
      await calls.rest(prng.between(100, 500));
      await calls.read(prng, { type: "get-task", number });
    }
    if (!prng.chance(0.3)) return;
    await this.administer({ type: "cancel-task", number });
    await calls.rest(prng.between(100, 500));
    await calls.read(prng, { type: "get-task", number });
  }

  private async replace(queue: string): Promise<void> {
    await this.administer({ type: "delete-queue", queue, force: this.client.prng.chance(0.8) });
    await this.make(queue);
  }

  /** How many there are, and which. */
  private async look(queue: string): Promise<void> {
    const { calls, prng } = this.client;
    await calls.read(prng, { type: "get-queue", queue });
    await calls.read(prng, {
      type: "list-messages",
      queue,
      state: null,
      groupHash: null,
      dedupHash: null,
      after: null,
      limit: 100,
      withContent: false,
    });
  }

  /** Under a key of its own: asked until it is answered, and now and then once more. */
  private async administer(operation: AdminOperation): Promise<Outcome> {
    const { calls, prng } = this.client;
    const key = { hash: prng.bytes(hashBytes), fingerprint: prng.bytes(hashBytes) };
    const once = { type: "once", key, operation } as const;
    const outcome = await calls.execute(prng, once);
    return prng.chance(0.3) ? calls.execute(prng, once) : outcome;
  }
}
