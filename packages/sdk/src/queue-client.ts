/** One queue as programs use it: sending, receiving, settling. */
import { batchEntriesMax } from "@quorate/contract";
import { type AddBatch, enqueueThrough } from "./enqueue-call.ts";
import type { EnqueueResult, EntryResult } from "./enqueue-result.ts";
import { type Message, type MessageOptions, messageOf, type NewMessage } from "./message.ts";
import type { Dequeued, Extended, Operations, Settled, SettledMany } from "./operations.ts";
import { QueueAdmin } from "./queue-admin.ts";
import { isQuorateError, UsageError } from "./quorate-error.ts";
import { randomId } from "./random-id.ts";
import type { CallOptions, Send } from "./request.ts";
import type { Settlement } from "./settler.ts";
import type { Timers } from "./timers.ts";
import { untilAborted } from "./until-aborted.ts";
import { Worker } from "./worker.ts";
import { type Handler, type WorkerOptions, workerSettingsOf } from "./worker-options.ts";

/** What a dequeue may say; the words and ranges are those of the API. */
export type DequeueOptions = Operations["dequeue"]["body"] & CallOptions;

/** What a dequeue brought. */
export interface Received<T> extends Omit<Dequeued, "messages"> {
  readonly messages: readonly Message<T>[];
  /** The id of this dequeue: who asks again with it gets the same messages and leases. */
  readonly dequeueId: string;
}

/** A lease: its id, or the message that came with it. */
export type Lease = string | { readonly leaseId: string | null };

type SettleVerb = "ackLease" | "nackLease" | "releaseLease" | "rejectLease" | "extendLease";

/** What settling with a verb may say. */
type Said<V extends SettleVerb> = Operations[V]["body"] & CallOptions;

/** Messages of `enqueueMany` on their way; the rest is not yet asked for. */
const manyOnTheWayMax = 4 * batchEntriesMax;

/** What a queue's client is made of. */
export interface QueueParts {
  readonly send: Send;
  readonly add: AddBatch;
  readonly timers: Timers;
}

/** A queue whose bodies are of type T. Making one asks nothing. */
export class QueueClient<T = unknown> extends QueueAdmin<T> {
  private readonly add: AddBatch;
  private readonly timers: Timers;

  /** Made by `Quorate.queue`. */
  constructor(name: string, { send, add, timers }: QueueParts) {
    super(name, send);
    this.add = add;
    this.timers = timers;
  }

  /**
   * Stores a message: when the promise resolves, a quorum has it on disk. Calls at the same time
   * share requests, in the order of the calls. Throws a `QuorateError`.
   */
  async enqueue(
    body: T,
    options: MessageOptions & Pick<CallOptions, "signal"> = {},
  ): Promise<EnqueueResult> {
    const { signal = null, ...rest } = options;
    const messages = [{ body, ...rest }];
    const [result] = await enqueueThrough(this.add, { messages, isAtomic: false, signal });
    if (result === undefined) throw new RangeError("a message has no result");
    return result;
  }

  /**
   * Stores any number of messages, in as many requests as it takes, and answers what became of
   * each, in their order. Takes from the iterable only as fast as the cluster stores, and nothing
   * after an abort: of what was taken before every message has its result.
   */
  async enqueueMany(
    messages: Iterable<NewMessage<T>> | AsyncIterable<NewMessage<T>>,
    options: Pick<CallOptions, "signal"> = {},
  ): Promise<readonly EntryResult[]> {
    const results: Promise<EntryResult>[] = [];
    const begin = (message: NewMessage<T>) => {
      results.push(this.entryResult(message, options));
      return results[results.length - manyOnTheWayMax];
    };
    const { signal } = options;
    if (Symbol.asyncIterator in messages) {
      const some = signal === undefined ? messages : untilAborted(messages, signal);
      for await (const message of some) await begin(message);
    } else {
      for (const message of messages) {
        if (signal?.aborted === true) break;
        const earlier = begin(message);
        // Without a pause what is in the list travels together from the first message on.
        if (earlier !== undefined) await earlier;
      }
    }
    return await Promise.all(results);
  }

  /** Stores up to 1,000 messages, all or none. Throws the first failing one's `QuorateError`. */
  async enqueueAll(
    messages: readonly NewMessage<T>[],
    options: Pick<CallOptions, "signal"> = {},
  ): Promise<readonly EnqueueResult[]> {
    const { signal = null } = options;
    if (messages.length === 0) return [];
    return await enqueueThrough(this.add, { messages, isAtomic: true, signal });
  }

  /**
   * Leases up to `max` messages, or takes them out with `mode: "delete"`. Carries a `dequeueId`
   * always: a retry brings the same messages. Throws a `QuorateError`.
   */
  async dequeue(options: DequeueOptions = {}): Promise<Received<T>> {
    const { signal, timeoutMs, maxRetries, ...said } = options;
    const { dequeueId = randomId() } = said;
    const params = { queue: this.name };
    const call = { signal, timeoutMs, maxRetries, params, body: { ...said, dequeueId } };
    const { body } = await this.send("dequeue", call);
    return { ...body, messages: body.messages.map((each) => messageOf<T>(each)), dequeueId };
  }

  /** The message is done. Throws a `LeaseLostError` when the lease is no longer held. */
  ack(lease: Lease, options: Said<"ackLease"> = {}): Promise<Settled> {
    return this.settleOne("ackLease", lease, options);
  }

  /** Handling failed: counts a failure, and the message comes again after a while or is dead. */
  nack(lease: Lease, options: Said<"nackLease"> = {}): Promise<Settled> {
    return this.settleOne("nackLease", lease, options);
  }

  /** Gives the message back without counting a failure. */
  release(lease: Lease, options: Said<"releaseLease"> = {}): Promise<Settled> {
    return this.settleOne("releaseLease", lease, options);
  }

  /** The message is dead at once. */
  reject(lease: Lease, options: Said<"rejectLease"> = {}): Promise<Settled> {
    return this.settleOne("rejectLease", lease, options);
  }

  /** Moves the lease's end to `leaseMs` from now, and tells progress. */
  extend(lease: Lease, options: Said<"extendLease"> = {}): Promise<Settled> {
    return this.settleOne("extendLease", lease, options);
  }

  /** Extends every lease that a dequeue still holds. */
  async extendAll(
    { dequeueId }: { readonly dequeueId: string },
    leaseMs: number,
    options: CallOptions = {},
  ): Promise<Extended> {
    const params = { queue: this.name };
    const call = { ...options, params, body: { dequeueId, leaseMs } };
    return (await this.send("extendDequeue", call)).body;
  }

  /** Settles up to 1,000 leases in one op; answers for each, or all or nothing with `atomic`. */
  async settle(
    settlements: readonly Settlement[],
    { atomic, ...options }: CallOptions & { readonly atomic?: boolean | undefined } = {},
  ): Promise<SettledMany> {
    const params = { queue: this.name };
    return (await this.send("settle", { ...options, params, body: { settlements, atomic } })).body;
  }

  /**
   * Receives messages and hands them to the handler, from now until the worker is closed. To
   * resolve is to ack, to throw is to nack. Throws a `UsageError` when the options make no sense.
   */
  worker(handler: Handler<T>, options: WorkerOptions = {}): Worker<T> {
    const { timers } = this;
    return new Worker({ queue: this, handler, settings: workerSettingsOf(options), timers });
  }

  private async entryResult(
    message: NewMessage<T>,
    options: Pick<CallOptions, "signal">,
  ): Promise<EntryResult> {
    const { body, ...said } = message;
    try {
      return { ok: true, ...(await this.enqueue(body, { ...said, ...options })) };
    } catch (error) {
      if (isQuorateError(error)) return { ok: false, error };
      throw error;
    }
  }

  private async settleOne<V extends SettleVerb>(
    verb: V,
    lease: Lease,
    options: Said<V>,
  ): Promise<Settled> {
    const leaseId = typeof lease === "string" ? lease : lease.leaseId;
    if (leaseId === null) throw new UsageError("a message taken with mode delete has no lease");
    const { signal, timeoutMs, maxRetries, ...body } = options;
    const params = { queue: this.name, leaseId };
    return (await this.send(verb, { signal, timeoutMs, maxRetries, params, body })).body;
  }
}
