import { pageEntriesMax } from "@quorate/contract";
import type { CallOptions, Queues } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";

/** Which queues are wanted. */
export interface QueueChoice {
  /** Only those whose name begins so; undefined: all. */
  readonly prefix?: string | undefined;
  /** No further page is asked for once there are so many; all where nothing is said. */
  readonly enough?: number;
  readonly options?: CallOptions;
}

/**
 * The queues that the token may read, by name, page after page: as one answer, with a cursor when
 * more follow. Throws a QuorateError.
 */
export async function allQueues(cli: Cli, choice: QueueChoice = {}): Promise<Queues> {
  const { prefix, enough = Infinity, options } = choice;
  const queues: Queues["queues"][number][] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { prefix, cursor, limit: String(pageEntriesMax) };
    const { body } = await cli.request("listQueues", { query, ...options });
    queues.push(...body.queues);
    ({ cursor } = body);
    if (cursor === undefined || queues.length >= enough) return { ...body, queues };
  }
}
