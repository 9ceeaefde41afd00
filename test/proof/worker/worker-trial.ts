/**
 * Messages through the SDK, sent by `enqueueMany` and handled by workers, against real processes of
 * which now one and now another is killed. The ledger judges what went over the wire.
 */
import type { Prng } from "@quorate/prelude";
import {
  type EntryResult,
  type Message,
  type NewMessage,
  Quorate,
  Release,
  type Worker,
} from "@quorate/sdk";
import type { Cluster } from "../../integration/rig/cluster.ts";
import { eventually } from "../../integration/rig/eventually.ts";
import { Ledger } from "../audit/ledger.ts";
import { lastFor } from "../step.ts";
import { auditedFetch } from "./audited-fetch.ts";

/** How much is done. */
export interface WorkerTrialOptions {
  readonly cluster: Cluster;
  readonly queue: string;
  readonly messages: number;
  readonly random: Prng;
  /** Kills amid the messages, spread over them: two thirds at least, whatever the machine's speed. */
  readonly kills: number;
  /** Nothing is begun after it, on the clock of `performance.now`. */
  readonly lastMs: number;
}

/** What came of it. */
export interface WorkerTrialReport {
  readonly ledger: Ledger;
  /** Results of `enqueueMany` that are errors. */
  readonly notSent: readonly EntryResult[];
  readonly kills: { readonly primary: number; readonly gateway: number };
  /** Calls of handlers. */
  readonly handled: number;
  /** Calls of handlers for ungrouped messages beyond one and those whose handler failed before. */
  readonly surplus: number;
  readonly workersClosed: number;
  /** What workers said of themselves. */
  readonly errors: readonly unknown[];
  /** Messages that the queue still holds at the end. */
  readonly left: number;
}

/** A message's body. */
interface Job {
  readonly id: string;
  readonly number: number;
}

/** Messages that are sent and not yet settled, at most: the queue stays short, and the ledger too. */
const unsettledMax = 4000;

/** One in so many of the planned kills may fall out. */
const missedShare = 3;

/** So often it is looked whether there is room to send. */
const lookEvery = 100;

/** A third of the messages is in groups. */
const groupCount = 40;
const groupedShare = 3;

/** Every so many messages' handlers throw, or give the message back, when they see it first. */
const throwsEvery = 97;
const releasesEvery = 89;

/** Handlers of so many messages take up to so long, in ms; the others end at once. */
const slowEvery = 7;
const slowMsMax = 20;

const workerCount = 3;
const concurrency = 100;

/** An idle worker asks again after this: a short time, so that closing meets all its states. */
const waitMs = 2000;

/** Longer than any outage on a slow machine: a lease ends only when its worker lets it end. */
const leaseMs = 60_000;

/** Between two lines on the progress. */
const killsPerLine = 10;

/** How long a killed process stays away, at most, in ms. */
const outageMsMax = 1500;

/** Workers that are closed amid the work, and replaced. */
const closings = 6;

/** Until what was sent is settled, in ms, when nothing strikes any more. */
const settledMsMax = 120_000;

/** A call outlasts every outage: a process is back after `outageMsMax`. */
const timeoutMs = 120_000;

/** See the file. One trial for one queue. */
class WorkerTrial {
  private readonly options: WorkerTrialOptions;
  private readonly ledger = new Ledger();
  private readonly fetch = auditedFetch(this.ledger);
  private readonly timesHandled: Uint8Array;
  private readonly kills = { primary: 0, gateway: 0 };
  private readonly errors: unknown[] = [];
  /** Kills from which the cluster has come back. */
  private struck = 0;
  private sent = 0;
  private handled = 0;
  private surplus = 0;
  private workersClosed = 0;

  constructor(options: WorkerTrialOptions) {
    this.options = options;
    this.timesHandled = new Uint8Array(options.messages);
  }

  async run(): Promise<WorkerTrialReport> {
    const { queue } = this.options;
    const admin = this.client("admin").queue(queue);
    await admin.put({ backoff: { baseMs: 100 }, maxFailures: 10 });
    const workers = Array.from({ length: workerCount }, () => this.newWorker());
    const sending = this.client("producer").queue<Job>(queue).enqueueMany(this.jobs());
    const [results] = await Promise.all([sending, this.strike(), this.replaceWorkers(workers)]);
    await eventually("all messages settled", settledMsMax, () =>
      this.settled === this.sent ? true : null,
    );
    await Promise.all(workers.map((worker) => worker.close()));
    this.ledger.closeRound();
    const { ready, blocked, leased, scheduled, dead } = (await admin.get()).stats;
    const { ledger, kills, handled, surplus, workersClosed, errors } = this;
    return {
      ledger,
      notSent: results.filter(({ ok }) => !ok),
      kills,
      handled,
      surplus,
      workersClosed,
      errors,
      left: ready + blocked + leased + scheduled + dead,
    };
  }

  private client(role: "admin" | "producer" | "consumer"): Quorate {
    const { gateways, tokens } = this.options.cluster;
    const urls = gateways.map(({ url }) => url);
    const { fetch } = this;
    return new Quorate({ urls, token: tokens[role], timeoutMs, maxRetries: 1000, fetch });
  }

  private get settled(): number {
    return this.ledger.acknowledged - this.ledger.unsettled;
  }

  private get isOver(): boolean {
    return this.settled >= this.options.messages || performance.now() > this.options.lastMs;
  }

  /** What is sent, only so far ahead of the workers. */
  private async *jobs(): AsyncGenerator<NewMessage<Job>, void, undefined> {
    const { messages, lastMs } = this.options;
    const positions = new Map<string, number>();
    for (let number = 0; number < messages && performance.now() < lastMs; number++) {
      if (number % lookEvery === 0) await this.roomToSend();
      const id = `job-${number}`;
      const group =
        number % groupedShare === 0 ? `group-${(number / groupedShare) % groupCount}` : null;
      const position = group === null ? 0 : (positions.get(group) ?? 0);
      if (group !== null) positions.set(group, position + 1);
      this.ledger.sending(id, group === null ? null : { group, position });
      this.sent += 1;
      yield { body: { id, number }, ...(group === null ? {} : { groupId: group }) };
    }
  }

  /** Where kills take long, because the machine is slow, what is sent waits for them, too. */
  private roomToSend(): Promise<true> {
    const { messages, kills } = this.options;
    const killsMissed = Math.max(1, kills / missedShare);
    return eventually("room to send", settledMsMax, () => {
      const isRoom = this.sent - this.settled < unsettledMax;
      const isKilled = this.sent < (messages * (this.struck + killsMissed)) / kills;
      return (isRoom && isKilled) || this.isOver ? true : null;
    });
  }

  private newWorker(): Worker<Job> {
    const queue = this.client("consumer").queue<Job>(this.options.queue);
    const onError = (error: unknown) => void this.errors.push(error);
    const options = { concurrency, leaseMs, waitMs, onError };
    return queue.worker((message) => this.handle(message), options);
  }

  private async handle({ body: { number }, groupId }: Message<Job>): Promise<void> {
    const before = this.timesHandled[number] ?? 0;
    this.timesHandled[number] = before + 1;
    this.handled += 1;
    const fails = number % throwsEvery === 0;
    const isReleased = !fails && number % releasesEvery === 0;
    // In a group whoever stands behind a failure comes again, too.
    if (groupId === null && before > (fails || isReleased ? 1 : 0)) this.surplus += 1;
    if (number % slowEvery === 0) await lastFor(number % slowMsMax);
    if (before > 0) return;
    if (fails) throw new Error("the first time fails");
    if (isReleased) throw new Release("not this time");
  }

  /** Kills now the primary, now a gateway, until all is done. */
  private async strike(): Promise<void> {
    const { cluster, random, messages, kills } = this.options;
    for (let kill = 0; ; kill++) {
      const due = (messages * (kill + random.fraction())) / kills;
      await eventually(`${due} messages settled`, Infinity, () =>
        this.settled >= due || this.isOver ? true : null,
      );
      if (this.isOver) return;
      const isPrimary = random.below(5) < 3;
      const { process } = isPrimary ? await cluster.primary() : random.pick(cluster.gateways);
      this.kills[isPrimary ? "primary" : "gateway"] += 1;
      await process.kill();
      await lastFor(random.below(outageMsMax));
      process.start();
      await cluster.whole();
      this.struck += 1;
      if (this.struck % killsPerLine === 0) {
        console.log(`${this.struck} kills, ${this.settled} messages settled`);
      }
    }
  }

  /** Closes one worker after the other amid the work; a new one takes its place. */
  private async replaceWorkers(workers: Worker<Job>[]): Promise<void> {
    const { messages } = this.options;
    for (let closing = 1; closing <= closings && !this.isOver; closing++) {
      const share = (messages * closing) / (closings + 1);
      await eventually(`${share} messages settled`, Infinity, () =>
        this.settled >= share || this.isOver ? true : null,
      );
      const place = closing % workers.length;
      await workers[place]?.close();
      workers[place] = this.newWorker();
      this.workersClosed += 1;
    }
  }
}

/** Runs one trial to its end. */
export function runWorkerTrial(options: WorkerTrialOptions): Promise<WorkerTrialReport> {
  return new WorkerTrial(options).run();
}
