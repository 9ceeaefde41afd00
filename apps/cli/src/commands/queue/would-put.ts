/** What a change of a queue's configuration would do, before it is made. */
import type { QueueConfigGiven } from "@quorate/contract";
import { isQuorateError, type Queue } from "@quorate/sdk";
import { merged } from "../../arguments/queue-config.ts";
import type { Cli } from "../../cli.ts";

/** A PUT that has been tried, and can be made just so. */
export interface TriedPut {
  /** The whole configuration to send. */
  readonly config: QueueConfigGiven;
  /** Holds while the queue is as it was when this was tried. */
  readonly condition: { readonly "If-Match": string } | { readonly "If-None-Match": "*" };
  /** The answer that it would have, with its effect. */
  readonly answer: Queue;
}

/**
 * Tries to give the queue this part of a configuration; what is not in it stays as it is, or has
 * its default where there is no such queue yet. Throws a QuorateError.
 */
export async function wouldPut(cli: Cli, queue: string, given: object): Promise<TriedPut> {
  const params = { queue };
  try {
    const { body, headers } = await cli.request("getQueue", { params });
    const config = merged(body.config, given);
    return await tryPut(cli, queue, {
      config,
      condition: { "If-Match": headers.get("etag") ?? "" },
    });
  } catch (error) {
    const isMissing = isQuorateError(error) && error.code === "queue-not-found";
    if (!isMissing) throw error;
    return await tryPut(cli, queue, { config: given, condition: { "If-None-Match": "*" } });
  }
}

async function tryPut(
  cli: Cli,
  queue: string,
  put: Pick<TriedPut, "config" | "condition">,
): Promise<TriedPut> {
  const { config, condition } = put;
  const { body } = await cli.request("putQueue", {
    params: { queue },
    query: { dryRun: "true" },
    body: config,
    headers: { ...condition },
  });
  return { ...put, answer: body };
}
