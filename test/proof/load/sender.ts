/** A producer with one call in flight: sends until acknowledged, and some things twice. */
import type { Prng } from "@quorate/prelude";
import { type Fields, listIn, textIn } from "../../integration/rig/answer.ts";
import type { RestAnswer, RestClient } from "../../integration/rig/rest-client.ts";
import { untilDone } from "../../integration/rig/retry.ts";
import type { Ledger } from "../audit/ledger.ts";

/** Messages in one call, at most; a call with one of them is a single enqueue. */
const batchMax = 20;
/** How often a call that was acknowledged is sent again, as a client does that lost the answer. */
const againShare = 0.05;
const paddingBytesMax = 600;

/** Who sends, where to, and who writes it down. */
export interface SenderOptions {
  readonly client: RestClient;
  readonly queue: string;
  readonly ledger: Ledger;
  readonly random: Prng;
  /** Part of its ids; different for each sender of a queue. */
  readonly name: string;
  /** All its messages are in one group, whose name is its own; or in none. */
  readonly isGrouped: boolean;
}

/** See the file. */
export class Sender {
  readonly #options: SenderOptions;
  #sent = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Sends some new messages, and returns when they are acknowledged. */
  async send(count = this.#options.random.between(1, batchMax)): Promise<void> {
    const { ledger, random, name, isGrouped } = this.#options;
    const messages = Array.from({ length: count }, () => {
      const position = this.#sent++;
      const id = `${name}-${position}`;
      ledger.sending(id, isGrouped ? { group: name, position } : null);
      const padding = "x".repeat(random.below(paddingBytesMax));
      return { body: { id, padding }, dedupId: id, ...(isGrouped ? { groupId: name } : {}) };
    });
    const results = await this.#call(messages);
    for (const [index, { dedupId }] of messages.entries()) {
      ledger.acknowledge(dedupId, textIn(results[index] ?? {}, "messageId"));
    }
    if (!random.chance(againShare)) return;
    const again = await this.#call(messages);
    for (const [index, { dedupId }] of messages.entries()) {
      const result = again[index] ?? {};
      const isDuplicate = result["duplicate"] === true;
      ledger.acknowledgeAgain(dedupId, textIn(result, "messageId"), isDuplicate);
    }
  }

  async #call(messages: readonly object[]): Promise<readonly Fields[]> {
    if (messages.length > 1) {
      const answer = await this.#untilDone("enqueue/batch", { messages });
      return listIn(answer.body, "results");
    }
    return [(await this.#untilDone("enqueue", messages[0])).body];
  }

  #untilDone(what: string, value: unknown): Promise<RestAnswer> {
    const { client, queue } = this.#options;
    const json = JSON.stringify(value);
    return untilDone(() => client.send("POST", `/v1/queues/${queue}/${what}`, json));
  }
}
