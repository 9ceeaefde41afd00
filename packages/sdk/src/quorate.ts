/** The client: one cluster, reached through one or several gateways. */
import { batchSender } from "./enqueue-batch.ts";
import { EnqueueLane } from "./enqueue-lane.ts";
import { HttpClient } from "./http-client.ts";
import type { Cluster, Me } from "./operations.ts";
import { type QuorateOptions, type Settings, settingsOf } from "./options.ts";
import { QueueClient } from "./queue-client.ts";
import { QueueList } from "./queue-list.ts";
import {
  type Answer,
  answerOf,
  type Call,
  type CallOptions,
  type OperationId,
  type Send,
  wireOf,
} from "./request.ts";
import { TaskClient } from "./task-client.ts";

/** A client of one cluster. Holds no connection and no timer of its own; nothing is to be closed. */
export class Quorate {
  readonly #settings: Settings;
  readonly #http: HttpClient;
  private readonly lanes = new Map<string, EnqueueLane>();
  /** The queues that the token may read. */
  readonly queues: QueueList;
  readonly tasks: TaskClient;

  /** Throws a `UsageError` when the options make no sense. */
  constructor(options: QuorateOptions) {
    this.#settings = settingsOf(options);
    this.#http = new HttpClient(this.#settings);
    this.queues = new QueueList(this.send);
    this.tasks = new TaskClient(this.send);
  }

  /** A queue whose bodies are of type T; a T is what the caller says it is, nothing checks it. */
  queue<T = unknown>(name: string): QueueClient<T> {
    const { send } = this;
    const { timers } = this.#settings;
    return new QueueClient<T>(name, { send, add: (batch) => this.laneOf(name).add(batch), timers });
  }

  /** View, quorum and members of the cluster, as the gateway knows them. */
  async cluster(options: CallOptions = {}): Promise<Cluster> {
    return (await this.request("getCluster", options)).body;
  }

  /** Who the token stands for, and what it may do. */
  async me(options: CallOptions = {}): Promise<Me> {
    return (await this.request("getMe", options)).body;
  }

  /**
   * Calls one route of the API by the name that the OpenAPI document gives it. What changes
   * something carries an `Idempotency-Key`, the same on every attempt. Throws a `QuorateError`.
   */
  request<O extends OperationId>(operation: O, call: Call<O>): Promise<Answer<O>> {
    return this.send(operation, call);
  }

  /** What may be shown of a client: where it asks, and nothing that is secret. */
  toJSON(): { readonly urls: readonly string[] } {
    return { urls: this.#settings.urls };
  }

  /** A value, so that parts of the client can be given it. */
  private readonly send: Send = async (operation, call) => {
    const { timeoutMs = null, maxRetries = null, signal = null } = call;
    const waitMs = waitMsOf(call.body);
    const wire = wireOf(operation, call);
    return answerOf(await this.#http.send(wire, { timeoutMs, maxRetries, signal, waitMs }));
  };

  /** One lane for a queue, however many clients of it there are: groups are ordered across them. */
  private laneOf(queue: string): EnqueueLane {
    const known = this.lanes.get(queue);
    if (known !== undefined) return known;
    const { timers, timeoutMs, maxRetries, coalesce } = this.#settings;
    const { send } = this;
    const sendBatch = batchSender({ queue, send, timers, timeoutMs, maxRetries });
    // Queues may have any number of names; a lane that is idle remembers nothing.
    const lane = new EnqueueLane(coalesce, timers, sendBatch, () => this.lanes.delete(queue));
    this.lanes.set(queue, lane);
    return lane;
  }
}

/** How long the gateway may wait for a first message before it answers. */
function waitMsOf(body: unknown): number {
  if (typeof body !== "object" || body === null || !("waitMs" in body)) return 0;
  return typeof body.waitMs === "number" ? body.waitMs : 0;
}
