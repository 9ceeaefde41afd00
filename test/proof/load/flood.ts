/** Very many messages through one queue, in order to move on: sent, taken and acknowledged. */
import { fieldsIn, listIn, numberIn, textIn } from "../../integration/rig/answer.ts";
import type { Cluster } from "../../integration/rig/cluster.ts";
import type { RestClient } from "../../integration/rig/rest-client.ts";
import { untilDone } from "../../integration/rig/retry.ts";

const senders = 6;
const takers = 6;
const batch = 500;
/** The contract: messages in one dequeue. */
const messagesMax = 100;
const leaseMs = 60 * 60 * 1000;
const waitMs = 500;

/** See the file. Life: `run` once. */
export class Flood {
  /** Messages acknowledged to a sender. */
  acknowledged = 0;
  /** Messages whose ack was answered with 200. */
  settled = 0;
  /** How often each message, by its number, was settled. */
  readonly #settlements: Uint8Array;
  readonly #count: number;
  readonly #queue: string;
  readonly #producing: RestClient;
  readonly #consuming: RestClient;
  #next = 0;
  #calls = 0;

  constructor(cluster: Cluster, queue: string, count: number) {
    this.#queue = queue;
    this.#count = count;
    this.#settlements = new Uint8Array(count);
    this.#producing = cluster.client("producer", senders);
    this.#consuming = cluster.client("consumer", takers);
  }

  /** Messages that were acknowledged and not settled. */
  get lost(): number {
    return this.#settlements.filter((times) => times === 0).length;
  }

  /** Settlements beyond the first of each message. */
  get doubled(): number {
    return this.#settlements.reduce((sum, times) => sum + Math.max(0, times - 1), 0);
  }

  /** Returns when all messages are through. */
  async run(): Promise<void> {
    const sending = Promise.all(Array.from({ length: senders }, () => this.#send()));
    let isSent = false;
    const taking = Promise.all(Array.from({ length: takers }, () => this.#take(() => isSent)));
    await Promise.race([sending, taking]);
    await sending;
    isSent = true;
    await taking;
  }

  async #send(): Promise<void> {
    while (this.#next < this.#count) {
      const first = this.#next;
      this.#next = Math.min(this.#count, first + batch);
      const messages = Array.from({ length: this.#next - first }, (_, index) => {
        return { body: { number: first + index }, dedupId: `n-${first + index}` };
      });
      await this.#post(this.#producing, "enqueue/batch", { messages });
      this.acknowledged += messages.length;
    }
  }

  async #take(isSent: () => boolean): Promise<void> {
    for (;;) {
      const wasSent = isSent();
      const dequeueId = `flood-${this.#calls++}`;
      const call = { max: messagesMax, leaseMs, waitMs, dequeueId };
      const messages = listIn(await this.#post(this.#consuming, "dequeue", call), "messages");
      if (messages.length === 0 && wasSent) return;
      if (messages.length === 0) continue;
      const settlements = messages.map((message) => {
        return { leaseId: textIn(message, "leaseId"), action: "ack" };
      });
      const settled = await this.#post(this.#consuming, "settle", { settlements });
      for (const [index, result] of listIn(settled, "results").entries()) {
        if (numberIn(result, "status") !== 200) continue;
        const number = numberIn(fieldsIn(messages[index] ?? {}, "body"), "number");
        this.#settlements[number] = (this.#settlements[number] ?? 0) + 1;
        this.settled += 1;
      }
    }
  }

  async #post(client: RestClient, what: string, value: unknown) {
    const json = JSON.stringify(value);
    const path = `/v1/queues/${this.#queue}/${what}`;
    return (await untilDone(() => client.send("POST", path, json))).body;
  }
}
