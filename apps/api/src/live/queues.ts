/** The depths of all queues, for browsers that watch them. */
import {
  liveQueuesMax,
  type LiveQueues,
  mayAct,
  pageEntriesMax,
  type Scopes,
} from "@quorate/contract";
import type { QueueView } from "@quorate/queue";
import { ask } from "@quorate/rest";
import type { ClusterClient, Coord } from "@quorate/session";
import { hold } from "../cluster/cluster-call.ts";

/** Queues read at once; a cluster has no more. */
const queuesReadMax = 10_000;

/** How long a read of a page may take, in ms: the next one is due by then. */
const readMsMax = 2000;

/** All queues, and the coordinate of the oldest of the reads that found them. */
export interface AllQueues {
  /** By name. */
  readonly views: readonly QueueView[];
  /** Whether there are no more. */
  readonly isWhole: boolean;
  readonly coord: Coord;
}

/** Reads so many queues; what this gateway's neighbours know is fresh enough for a picture. */
export async function readQueues(
  client: ClusterClient,
  queuesMax: number = queuesReadMax,
): Promise<AllQueues> {
  const views: QueueView[] = [];
  let first: Coord | null = null;
  let after = "";
  for (;;) {
    const question = { type: "list-queues", prefix: "", after, limit: pageEntriesMax } as const;
    const asked = ask(question, { expects: "queues", consistency: "stale" });
    const { answer, coord } = await hold(client, asked, { timeoutMs: readMsMax });
    first ??= coord;
    views.push(...answer.views);
    after = answer.views.at(-1)?.name ?? after;
    const isWhole = !answer.more;
    if (isWhole || views.length >= queuesMax) return { views, isWhole, coord: first };
  }
}

/** What a token with these scopes may see; of many those that need attention first. */
export function liveQueuesFor(
  { views, coord }: Omit<AllQueues, "isWhole">,
  scopes: Scopes,
  nowMs: number,
): LiveQueues {
  const readable = views.filter(({ name }) => mayAct(scopes, "read", name));
  const shown =
    readable.length > liveQueuesMax
      ? readable.toSorted((left, right) => urgency(right) - urgency(left)).slice(0, liveQueuesMax)
      : readable;
  const more = readable.length - shown.length;
  return {
    queues: shown.map(({ name, stats: { oldestReadyAtMs, ...counts } }) => ({
      name,
      stats: {
        ...counts,
        oldestReadyAgeMs: oldestReadyAtMs === null ? null : Math.max(0, nowMs - oldestReadyAtMs),
      },
    })),
    ...(more > 0 ? { more } : {}),
    coord,
  };
}

/** Dead letters first, then the deepest. */
function urgency({ stats }: QueueView): number {
  return stats.dead * 1_000_000 + stats.ready + stats.blocked;
}
