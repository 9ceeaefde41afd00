/** One queue as its operators see it: configuration, what is in it, what is taken away. */
import { bytesOfBase64 } from "./base64.ts";
import type {
  Group,
  Message as ShownMessage,
  MessageReply,
  Operations,
  PausedReply,
  Purged,
  Queue,
  Redriven,
} from "./operations.ts";
import type { Answer, CallOptions, Send } from "./request.ts";

/** A queue's configuration and state, with the ETag that a change of it needs. */
export type QueueInfo = Queue & { readonly etag: string };

/** The fields of a configuration that are given; the others have their defaults. */
export type QueueConfigGiven = Operations["putQueue"]["body"];

/** What a `put` asks of the queue as it is. */
export interface PutOptions extends CallOptions {
  /** Replaces the configuration that has this ETag. */
  readonly ifMatch?: string | undefined;
  /** Whether the queue must be new. */
  readonly onlyCreate?: boolean | undefined;
  /** Changes nothing, and answers what would be: `effect` says what becomes of messages. */
  readonly dryRun?: boolean | undefined;
}

/** A message in the queue. Body, headers, errors and progress are there only with `peek`. */
export type StoredMessage<T> = Omit<ShownMessage, "body" | "bodyBase64"> & {
  /** Absent when the token may not peek. */
  readonly body?: T;
};

/** Messages or groups of one page, beside what narrows the list. */
export interface PageOptions extends CallOptions {
  /** How many are fetched at once (50; 1 to 100). */
  readonly pageSize?: number | undefined;
}

type MessageFilter = Omit<Operations["listMessages"]["query"], "cursor" | "limit">;
type GroupFilter = Omit<Operations["listGroups"]["query"], "cursor" | "limit">;

/** States that can be purged; `ready` are the blocked ones too. */
export type PurgedStates = Operations["purgeQueue"]["body"]["states"];

/** Which dead letters are brought back. */
export type RedriveFilter = Operations["redrive"]["body"]["filter"];

/** How, and where, dead letters are brought back. */
export type RedriveOptions = Omit<Operations["redrive"]["body"], "filter"> & CallOptions;

/** Whether to delete although something is in the way. */
export interface DeleteOptions extends CallOptions {
  readonly force?: boolean | undefined;
}

/** What a queue's operators do. `QueueClient` has it, too. */
export class QueueAdmin<T = unknown> {
  readonly name: string;
  protected readonly send: Send;

  constructor(name: string, send: Send) {
    this.name = name;
    this.send = send;
  }

  /** The queue's configuration and state. */
  async get(options: CallOptions & Operations["getQueue"]["query"] = {}): Promise<QueueInfo> {
    const { consistency, ...rest } = options;
    return infoOf(
      await this.send("getQueue", { ...rest, ...this.named(), query: { consistency } }),
    );
  }

  /**
   * Creates the queue, or replaces its configuration with `ifMatch`. Without either, a queue that
   * exists and has every field that is given stays as it is.
   */
  async put(config: QueueConfigGiven = {}, options: PutOptions = {}): Promise<QueueInfo> {
    const { ifMatch, onlyCreate = false, dryRun = false, ...rest } = options;
    const headers = {
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      ...(onlyCreate ? { "if-none-match": "*" } : {}),
    };
    const query = dryRun ? { dryRun: "true" as const } : {};
    const call = { ...rest, ...this.named(), headers, query, body: config };
    return infoOf(await this.send("putQueue", call));
  }

  /** Deletes the queue; with `force` also one that holds messages. */
  async delete({ force = false, ...options }: DeleteOptions = {}): Promise<void> {
    const query = force ? { force: "true" as const } : {};
    await this.send("deleteQueue", { ...options, ...this.named(), query });
  }

  /** Refuses what is sent, or hands nothing out, until `resume`. */
  async pause(
    what: "send" | "receive",
    { reason, ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<PausedReply> {
    const call = { ...options, ...this.named(), body: { what, reason } };
    return (await this.send("pauseQueue", call)).body;
  }

  /** Ends a pause. */
  async resume(what: "send" | "receive", options: CallOptions = {}): Promise<PausedReply> {
    return (await this.send("resumeQueue", { ...options, ...this.named(), body: { what } })).body;
  }

  /** Takes away everything in these states; leases of it end as purged. */
  async purge(states: PurgedStates, options: CallOptions = {}): Promise<Purged> {
    const body = { states, confirm: this.name };
    return (await this.send("purgeQueue", { ...options, ...this.named(), body })).body;
  }

  /**
   * Makes dead letters ready again, in the order of their deaths, by a task that goes on afterwards:
   * those that all fields of the filter hold of. With `dryRun` only counts them.
   */
  async redrive(
    filter: RedriveFilter = {},
    { rate, target, dryRun, ...options }: RedriveOptions = {},
  ): Promise<Redriven> {
    const body = { filter, rate, target, dryRun };
    return (await this.send("redrive", { ...options, ...this.named(), body })).body;
  }

  /** The messages in the queue, by `seq`; pages are fetched as the loop goes on. Changes nothing. */
  async *messages(
    options: PageOptions & MessageFilter = {},
  ): AsyncGenerator<StoredMessage<T>, void, undefined> {
    const { state, groupId, dedupId, consistency, pageSize, ...rest } = options;
    let cursor: string | undefined;
    do {
      const query = { state, groupId, dedupId, consistency, cursor, limit: limitOf(pageSize) };
      const { body } = await this.send("listMessages", { ...rest, ...this.named(), query });
      for (const message of body.messages) yield storedMessage<T>(message);
      cursor = body.cursor;
    } while (cursor !== undefined);
  }

  /** One message, as long as it is in the queue. */
  async message(messageId: string, options: CallOptions = {}): Promise<StoredMessage<T>> {
    const params = { queue: this.name, messageId };
    return storedMessage<T>((await this.send("getMessage", { ...options, params })).body);
  }

  /** Deletes a message; with `force` also one that is leased. */
  async deleteMessage(
    messageId: string,
    { force = false, ...options }: DeleteOptions = {},
  ): Promise<void> {
    const params = { queue: this.name, messageId };
    const query = force ? { force: "true" as const } : {};
    await this.send("deleteMessage", { ...options, params, query });
  }

  /** The queue's groups, and what each of them waits for. */
  async *groups(options: PageOptions & GroupFilter = {}): AsyncGenerator<Group, void, undefined> {
    const { state, consistency, pageSize, ...rest } = options;
    let cursor: string | undefined;
    do {
      const query = { state, consistency, cursor, limit: limitOf(pageSize) };
      const { body } = await this.send("listGroups", { ...rest, ...this.named(), query });
      yield* body.groups;
      cursor = body.cursor;
    } while (cursor !== undefined);
  }

  /** The queue's name, as every route of it has it. */
  private named(): { readonly params: { readonly queue: string } } {
    return { params: { queue: this.name } };
  }
}

function infoOf({ body, headers }: Answer<"getQueue"> | Answer<"putQueue">): QueueInfo {
  return { ...body, etag: headers.get("etag") ?? "" };
}

function limitOf(pageSize: number | undefined): string | undefined {
  return pageSize === undefined ? undefined : String(pageSize);
}

/** The message with its body as a program sees it. That it is a T is the caller's word. */
function storedMessage<T>(shown: ShownMessage | MessageReply): StoredMessage<T> {
  const trust: (value: unknown) => asserts value is T = () => {};
  const { body: json, bodyBase64, ...rest } = shown;
  const body = bodyBase64 === undefined ? json : bytesOfBase64(bodyBase64);
  if (!("body" in shown) && bodyBase64 === undefined) return rest;
  trust(body);
  return { ...rest, body };
}
