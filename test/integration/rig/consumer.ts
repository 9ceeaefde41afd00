/** A consumer that takes and acknowledges everything, and remembers each delivery. */
import { fieldsIn, listIn, numberIn, textIn } from "./answer.ts";
import type { RestClient } from "./rest-client.ts";
import { untilDone } from "./retry.ts";

/** Longer than any story: a message that comes twice came because of a fault. */
const leaseMs = 10 * 60 * 1000;
/** How long one call waits for a message. */
const waitMs = 500;
const messagesMax = 100;

/** From where to take, and on how many connections. */
export interface ConsumerOptions {
  readonly client: RestClient;
  readonly queue: string;
  readonly connections: number;
  /** Parts of dequeue ids; different for each consumer of a queue. */
  readonly name: string;
}

/** See the file. */
export class Consumer {
  /** How often each message was delivered under a lease of its own, by the id in its body. */
  readonly received = new Map<string, number>();
  /** Leases whose ack was answered with 200. */
  acked = 0;
  /** Acks that were refused. */
  readonly refused: string[] = [];
  readonly #options: ConsumerOptions;
  #calls = 0;
  #isDone = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Returns once `finish` was called and the queue gave nothing more. */
  async run(): Promise<void> {
    const { connections } = this.#options;
    await Promise.all(Array.from({ length: connections }, () => this.#takeInTurn()));
  }

  /** From now on an empty answer is the end. */
  finish(): void {
    this.#isDone = true;
  }

  /** Deliveries beyond the first of each message. */
  get duplicated(): number {
    return [...this.received.values()].reduce((sum, count) => sum + count - 1, 0);
  }

  async #takeInTurn(): Promise<void> {
    for (;;) {
      const wasDone = this.#isDone;
      const leases = await this.#dequeue();
      if (leases.length > 0) await this.#ack(leases);
      else if (wasDone) return;
    }
  }

  async #dequeue(): Promise<readonly string[]> {
    const { client, queue, name } = this.#options;
    const dequeueId = `${name}-${this.#calls++}`;
    const json = JSON.stringify({ max: messagesMax, leaseMs, waitMs, dequeueId });
    const answer = await untilDone(() => client.send("POST", `/v1/queues/${queue}/dequeue`, json));
    return listIn(answer.body, "messages").map((message) => {
      const id = textIn(fieldsIn(message, "body"), "id");
      this.received.set(id, (this.received.get(id) ?? 0) + 1);
      return textIn(message, "leaseId");
    });
  }

  async #ack(leases: readonly string[]): Promise<void> {
    const { client, queue } = this.#options;
    const settlements = leases.map((leaseId) => ({ leaseId, action: "ack" }));
    const json = JSON.stringify({ settlements });
    const answer = await untilDone(() => client.send("POST", `/v1/queues/${queue}/settle`, json));
    for (const result of listIn(answer.body, "results")) {
      if (numberIn(result, "status") === 200) this.acked += 1;
      else this.refused.push(JSON.stringify(result));
    }
  }
}
