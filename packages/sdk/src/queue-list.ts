/** Lists of the API, one item after the other, page by page behind it. */
import type { Operations, Queues } from "./operations.ts";
import type { CallOptions, Send } from "./request.ts";

/** What the list is narrowed to. */
export type QueueListOptions = Pick<Operations["listQueues"]["query"], "prefix" | "consistency"> &
  CallOptions & {
    /** Queues of one page (50; 1 to 100). */
    readonly pageSize?: number | undefined;
  };

/** One queue of the list. */
export type ListedQueue = Queues["queues"][number];

/** The queues that the token may read. */
export class QueueList {
  private readonly send: Send;

  /** Made by `Quorate`. */
  constructor(send: Send) {
    this.send = send;
  }

  /** Every queue, by name; pages are fetched as the loop goes on. */
  async *list(options: QueueListOptions = {}): AsyncGenerator<ListedQueue, void, undefined> {
    for await (const { queues } of this.pages(options)) yield* queues;
  }

  /** The pages, each with the coordinate of its answer. */
  async *pages(options: QueueListOptions = {}): AsyncGenerator<Queues, void, undefined> {
    const { prefix, consistency, pageSize, ...rest } = options;
    const limit = pageSize === undefined ? undefined : String(pageSize);
    let cursor: string | undefined;
    do {
      const query = { prefix, consistency, limit, cursor };
      const { body } = await this.send("listQueues", { ...rest, query });
      yield body;
      cursor = body.cursor;
    } while (cursor !== undefined);
  }
}
