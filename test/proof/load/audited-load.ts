/**
 * Producers and consumers at work on one queue, and the ledger of what they were told. Work goes
 * in rounds: `begin`, then whatever is done to the cluster, then `drain`, which empties the queue
 * and judges.
 */
import type { Prng } from "@quorate/prelude";
import { type Fields, fieldsIn, numberIn } from "../../integration/rig/answer.ts";
import type { Cluster } from "../../integration/rig/cluster.ts";
import { eventually } from "../../integration/rig/eventually.ts";
import { untilDone } from "../../integration/rig/retry.ts";
import { Ledger } from "../audit/ledger.ts";
import { Bell } from "./bell.ts";
import { Sender } from "./sender.ts";
import { Taker } from "./taker.ts";

/** Half of the senders work in a group of their own. */
const senderCount = 4;
const takerCount = 3;
/** Messages that wait to be settled before senders pause: a drain must not take long. */
const backlogMax = 1_500;
/** Until a busy machine has acknowledged what a round waits for, outages included. */
const progressMsMax = 60_000;
/** When nothing more was settled for so long, nothing more comes; leases that were forgotten end sooner. */
const idleMsMax = 60_000;

/** Failures are normal here: nothing may go to the dead letters because of them. */
const queueConfig = { maxFailures: 1_000, maxDeliveries: 10_000 };

/** The counts of a queue that add up to all its messages. */
const places = ["ready", "blocked", "leased", "scheduled", "dead"] as const;

/** See the file. Life: `startLoad`, rounds, then `end` once. */
export class AuditedLoad {
  readonly ledger = new Ledger();
  readonly #cluster: Cluster;
  readonly #queue: string;
  readonly #probe: Sender;
  readonly #takers: readonly Taker[];
  readonly #bell = new Bell();
  #isSending = false;
  #isOver = false;
  #sendsUnderWay = 0;
  #failure: Error | null = null;
  readonly #work: Promise<unknown>;

  constructor(cluster: Cluster, queue: string, random: Prng) {
    this.#cluster = cluster;
    this.#queue = queue;
    const { ledger } = this;
    // Connections: one for each sender, and one for the probe.
    const producing = cluster.client("producer", senderCount + 1);
    const consuming = cluster.client("consumer", takerCount);
    const senderNamed = (name: string, isGrouped: boolean): Sender =>
      new Sender({ client: producing, queue, ledger, random: random.fork(), name, isGrouped });
    this.#probe = senderNamed("probe", false);
    const senders = Array.from({ length: senderCount }, (_, index) =>
      senderNamed(`sender-${index}`, index % 2 === 0),
    );
    this.#takers = Array.from({ length: takerCount }, (_, index) => {
      const name = `taker-${index}`;
      return new Taker({ client: consuming, queue, ledger, random: random.fork(), name });
    });
    this.#work = Promise.all([
      ...senders.map((sender) => this.#keepSending(sender)),
      ...this.#takers.map((taker) => this.#keepTaking(taker)),
    ]).catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Calls of producers that have no answer yet. */
  get sendsUnderWay(): number {
    return this.#sendsUnderWay;
  }

  /** Producers begin. */
  begin(): void {
    this.#isSending = true;
    this.#bell.ring();
  }

  /** Returns when this many more messages are acknowledged. */
  async untilAcknowledged(more: number): Promise<void> {
    const enough = this.ledger.acknowledged + more;
    await this.#eventually(
      `${more} more messages acknowledged`,
      progressMsMax,
      () => this.ledger.acknowledged >= enough,
    );
  }

  /** Sends one message now; the time to its acknowledgement, in milliseconds. */
  async timeToAcknowledgement(): Promise<number> {
    const begin = performance.now();
    await this.#probe.send(1);
    return performance.now() - begin;
  }

  /** Producers pause, everything is settled, stale leases are tried, and the round is judged. */
  async drain(): Promise<void> {
    this.#isSending = false;
    await this.#eventually("senders pause", progressMsMax, () => this.#sendsUnderWay === 0);
    await this.#untilSettled();
    this.ledger.closeRound();
    for (const taker of this.#takers) await taker.ackStale();
    const left = await this.#messagesLeft();
    if (left > 0) this.ledger.foundLeft(left);
  }

  /** Ends all work. Rejects with what ended a part of it early. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#bell.ring();
    await this.#work;
    if (this.#failure !== null) throw this.#failure;
  }

  async #keepSending(sender: Sender): Promise<void> {
    while (!this.#isOver) {
      if (!this.#isSending || this.ledger.unsettled > backlogMax) {
        await this.#bell.rung();
        continue;
      }
      this.#sendsUnderWay += 1;
      await sender.send();
      this.#sendsUnderWay -= 1;
    }
  }

  async #keepTaking(taker: Taker): Promise<void> {
    while (!this.#isOver) {
      await taker.take(!this.#isSending);
      this.#bell.ring();
    }
  }

  /** However slow the machine is: as long as messages come, they are waited for. */
  async #untilSettled(): Promise<void> {
    let { unsettled } = this.ledger;
    let changedAtMs = performance.now();
    await this.#eventually("everything is settled", Infinity, () => {
      if (this.ledger.unsettled !== unsettled) changedAtMs = performance.now();
      ({ unsettled } = this.ledger);
      return unsettled === 0 || performance.now() - changedAtMs > idleMsMax;
    });
  }

  async #messagesLeft(): Promise<number> {
    const viewer = this.#cluster.client("viewer", 1);
    const { body } = await untilDone(() => viewer.get(`/v1/queues/${this.#queue}`));
    viewer.close();
    return sumOf(fieldsIn(body, "stats"));
  }

  #eventually(what: string, withinMs: number, holds: () => boolean): Promise<true> {
    return eventually(what, withinMs, () => {
      if (this.#failure !== null) throw this.#failure;
      return holds() ? true : null;
    });
  }
}

/** A load on a new queue of the cluster; it waits for `begin`. */
export async function startLoad(
  cluster: Cluster,
  queue: string,
  random: Prng,
): Promise<AuditedLoad> {
  const admin = cluster.client("admin", 1);
  await untilDone(() => admin.put(`/v1/queues/${queue}`, queueConfig));
  admin.close();
  return new AuditedLoad(cluster, queue, random);
}

function sumOf(stats: Fields): number {
  return places.reduce((sum, place) => sum + numberIn(stats, place), 0);
}
