/** A producer that never gives up: every message has a dedup id and is sent until acknowledged. */
import { listIn, textIn } from "./answer.ts";
import type { RestClient } from "./rest-client.ts";
import { untilDone } from "./retry.ts";

/** What to send. */
export interface ProducerOptions {
  readonly client: RestClient;
  readonly queue: string;
  /** Messages in all. */
  readonly count: number;
  /** Messages in one call. */
  readonly batch: number;
  /** Calls in flight. */
  readonly connections: number;
  /** Bytes of each body. */
  readonly bodyBytes: number;
}

/** One call that was acknowledged: when, on the monotonic clock. */
export interface Acknowledgement {
  readonly atMs: number;
  readonly messages: number;
}

/** See the file. */
export class Producer {
  /** The message id that was answered for each dedup id. */
  readonly acknowledged = new Map<string, string>();
  /** In the order in which they came. */
  readonly acknowledgements: Acknowledgement[] = [];
  /** Messages whose answer said that they had been there before. */
  duplicates = 0;
  /** Calls that were sent again. */
  retries = 0;
  readonly #options: ProducerOptions;
  #next = 0;
  #allowed: number;
  #onAllowed: (() => void)[] = [];

  /** It sends `allowed` messages and waits for `allow`. */
  constructor(options: ProducerOptions, allowed = options.count) {
    this.#options = options;
    this.#allowed = allowed;
  }

  /** Lets it go on until it has sent so many messages in all. */
  allow(count: number): void {
    this.#allowed = count;
    const waiting = this.#onAllowed;
    this.#onAllowed = [];
    for (const go of waiting) go();
  }

  /** Returns when every message is acknowledged. */
  async run(): Promise<void> {
    const { connections } = this.#options;
    await Promise.all(Array.from({ length: connections }, () => this.#sendInTurn()));
  }

  async #sendInTurn(): Promise<void> {
    const { count, batch } = this.#options;
    for (;;) {
      while (this.#next >= this.#allowed && this.#next < count) {
        await new Promise<void>((resolve) => this.#onAllowed.push(resolve));
      }
      if (this.#next >= count) return;
      const first = this.#next;
      this.#next = Math.min(count, first + batch);
      await this.#send(first, this.#next);
    }
  }

  async #send(first: number, end: number): Promise<void> {
    const { client, queue } = this.#options;
    const ids = Array.from({ length: end - first }, (_, index) => `id-${first + index}`);
    const json = JSON.stringify({ messages: ids.map((id) => this.#message(id)) });
    const path = `/v1/queues/${queue}/enqueue/batch`;
    const answer = await untilDone(
      () => client.send("POST", path, json),
      () => {
        this.retries += 1;
      },
    );
    const results = listIn(answer.body, "results");
    for (const [index, result] of results.entries()) {
      const messageId = textIn(result, "messageId");
      this.acknowledged.set(ids[index] ?? "", messageId);
      if (result["duplicate"] === true) this.duplicates += 1;
    }
    this.acknowledgements.push({ atMs: performance.now(), messages: results.length });
  }

  #message(id: string): object {
    const padding = "x".repeat(Math.max(0, this.#options.bodyBytes - id.length - 17));
    return { body: { id, padding }, dedupId: id };
  }
}

/** The longest time without an acknowledgement in a span, in milliseconds; all on one clock. */
export function longestGapMs(
  acknowledgements: readonly Acknowledgement[],
  fromMs: number,
  toMs: number,
): number {
  let last = fromMs;
  let longest = 0;
  for (const { atMs } of acknowledgements) {
    if (atMs <= fromMs || atMs > toMs) continue;
    longest = Math.max(longest, atMs - last);
    last = atMs;
  }
  return Math.max(longest, toMs - last);
}
