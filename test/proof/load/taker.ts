/**
 * A consumer with one call in flight. Mostly it acknowledges what it gets; sometimes it forgets
 * its leases, gives them back, or comes with an ack when others have the message already.
 */
import type { Prng } from "@quorate/prelude";
import { type Fields, fieldsIn, listIn, numberIn, textIn } from "../../integration/rig/answer.ts";
import type { RestClient } from "../../integration/rig/rest-client.ts";
import { untilDone } from "../../integration/rig/retry.ts";
import type { Ledger } from "../audit/ledger.ts";

/** What becomes of the messages of one dequeue. */
type Manner = "ack" | "forget" | "nack" | "release";

/** Out of 100 dequeues; the rest is acknowledged. */
const forgetShare = 6;
const nackShare = 5;
const releaseShare = 5;

/** Longer than any run. */
const firmLeaseMs = 60 * 60 * 1000;
/** The shortest that the contract knows: others get the message soon. */
const forgottenLeaseMs = 1_000;
/** How long one dequeue waits for a message. */
const waitMs = 200;
const messagesMax = 60;
/** How often an answered ack is sent again. */
const ackAgainShare = 0.05;
/** How often leases that were given up are acknowledged after all, and how many at once. */
const lateAckShare = 0.1;
const lateAcks = 20;
/** Leases that were given up, of which late acks are made; the oldest are forgotten. */
const givenUpMax = 2_000;
/** The contract: settlements in one call. */
const settlementsMax = 1_000;

/** Who takes, from where, and who writes it down. */
export interface TakerOptions {
  readonly client: RestClient;
  readonly queue: string;
  readonly ledger: Ledger;
  readonly random: Prng;
  /** Part of its dequeue ids; different for each taker of a queue. */
  readonly name: string;
}

/** See the file. */
export class Taker {
  readonly #options: TakerOptions;
  #calls = 0;
  #givenUp: string[] = [];

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  /** One dequeue and what follows. `isOrderly`: everything is acknowledged. */
  async take(isOrderly: boolean): Promise<void> {
    const { random } = this.#options;
    const manner = isOrderly ? "ack" : this.#drawManner();
    const leaseIds = await this.#dequeue(manner);
    if (leaseIds.length > 0) await this.#finish(leaseIds, manner);
    if (random.chance(lateAckShare)) {
      await this.#ack(this.#takeGivenUp(random.shuffle(this.#givenUp).slice(0, lateAcks)));
    }
  }

  /** Acknowledges every lease that it gave up and that somebody else has meanwhile had. */
  async ackStale(): Promise<void> {
    const { ledger } = this.#options;
    const stale = this.#givenUp.filter((leaseId) => ledger.isStale(leaseId));
    await this.#ack(this.#takeGivenUp(stale.slice(0, settlementsMax)));
  }

  #drawManner(): Manner {
    const drawn = this.#options.random.below(100);
    if (drawn < forgetShare) return "forget";
    if (drawn < forgetShare + nackShare) return "nack";
    return drawn < forgetShare + nackShare + releaseShare ? "release" : "ack";
  }

  async #dequeue(manner: Manner): Promise<readonly string[]> {
    const { client, queue, ledger, random, name } = this.#options;
    const dequeueId = `${name}-${this.#calls++}`;
    const leaseMs = manner === "forget" ? forgottenLeaseMs : firmLeaseMs;
    const max = random.between(1, messagesMax);
    const json = JSON.stringify({ max, leaseMs, waitMs, dequeueId });
    const asked = ledger.asking();
    const { body } = await untilDone(() =>
      client.send("POST", `/v1/queues/${queue}/dequeue`, json),
    );
    const deliveries = listIn(body, "messages").map((message) => ({
      id: textIn(fieldsIn(message, "body"), "id"),
      messageId: textIn(message, "messageId"),
      leaseId: textIn(message, "leaseId"),
      fence: numberIn(message, "fence"),
    }));
    const strength = manner === "ack" ? "firm" : "weak";
    ledger.deliver(asked, deliveries, strength);
    const lost = listIn(body, "lost").map((each) => textIn(each, "leaseId"));
    ledger.reportLost(lost, strength);
    return deliveries.map(({ leaseId }) => leaseId);
  }

  async #finish(leaseIds: readonly string[], manner: Manner): Promise<void> {
    const { random } = this.#options;
    if (manner === "ack") {
      await this.#ack(leaseIds);
      if (random.chance(ackAgainShare)) await this.#ack(leaseIds);
      return;
    }
    this.#givenUp = [...this.#givenUp, ...leaseIds].slice(-givenUpMax);
    if (manner === "forget") return;
    const extra = manner === "nack" ? { delayMs: 0 } : {};
    await this.#settle(leaseIds.map((leaseId) => ({ leaseId, action: manner, ...extra })));
  }

  async #ack(leaseIds: readonly string[]): Promise<void> {
    if (leaseIds.length === 0) return;
    const { ledger } = this.#options;
    ledger.acking(leaseIds);
    const results = await this.#settle(
      leaseIds.map((leaseId) => ({ leaseId, action: "ack" as const })),
    );
    for (const result of results) {
      const isAlready = result["alreadySettled"] === true;
      ledger.acked(textIn(result, "leaseId"), numberIn(result, "status"), isAlready);
    }
  }

  async #settle(settlements: readonly object[]): Promise<readonly Fields[]> {
    const { client, queue } = this.#options;
    const json = JSON.stringify({ settlements });
    const answer = await untilDone(() => client.send("POST", `/v1/queues/${queue}/settle`, json));
    return listIn(answer.body, "results");
  }

  /** Leases that are about to be acknowledged after all are given up no more. */
  #takeGivenUp(leaseIds: readonly string[]): readonly string[] {
    const taken = new Set(leaseIds);
    this.#givenUp = this.#givenUp.filter((leaseId) => !taken.has(leaseId));
    return leaseIds;
  }
}
