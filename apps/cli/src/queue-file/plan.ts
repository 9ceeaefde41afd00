/** What has to be done so that the queues are as a file wants them. Nothing is changed here. */
import { queueConfigDefault } from "@quorate/contract";
import { isQuorateError, type ListedQueue, type QuorateError } from "@quorate/sdk";
import { changesOf, type ConfigChange, holds } from "../arguments/queue-config.ts";
import type { Cli } from "../cli.ts";
import { allQueues } from "../commands/queue/all-queues.ts";
import { type TriedPut, wouldPut } from "../commands/queue/would-put.ts";
import { exitCodeOf } from "../ending.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { plural } from "../output/cell.ts";
import type { WantedQueue } from "./queue-file.ts";

/** What happens to one queue. */
export interface Step {
  readonly name: string;
  readonly action: "create" | "change" | "delete";
  /** Fields that get another value; of a new queue those that are not the default, from null. */
  readonly changes: readonly ConfigChange[];
  /** Limits below what the queue holds already. */
  readonly exceeded: readonly string[];
  /** What is sent; null: the queue is deleted. */
  readonly put: TriedPut | null;
}

/** All that has to be done, in this order. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Queues that are as the file wants them. */
  readonly unchanged: number;
}

/** Whether queues that the file does not name are deleted, and which. */
export interface Pruning {
  /** Only queues whose name begins so. */
  readonly prefix: string;
}

/**
 * Looks at every queue and tries every change, so that a fault anywhere in the file is found before
 * anything is done. Throws Failure with all faults, and a QuorateError where nothing can be asked.
 */
export async function planFor(
  cli: Cli,
  wanted: readonly WantedQueue[],
  pruning: Pruning | null,
): Promise<Plan> {
  const { queues } = await allQueues(cli);
  const current = new Map(queues.map((queue) => [queue.name, queue]));
  const differing = wanted.filter(({ name, config }) => {
    const queue = current.get(name);
    return queue === undefined || !holds({ ...queue.config }, config);
  });
  const puts = await triedSteps(cli, differing);
  const deletions = pruning === null ? [] : deletionsOf(queues, wanted, pruning);
  return { steps: [...puts, ...deletions], unchanged: wanted.length - puts.length };
}

async function triedSteps(cli: Cli, wanted: readonly WantedQueue[]): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const refusals: { readonly queue: WantedQueue; readonly error: QuorateError }[] = [];
  const progress = cli.progress(wanted.length);
  try {
    for (const [index, queue] of wanted.entries()) {
      progress.show(index);
      try {
        steps.push(...stepsOf(queue.name, await wouldPut(cli, queue.name, queue.config)));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusals.push({ queue, error });
      }
    }
  } finally {
    progress.end();
  }
  const [first] = refusals;
  if (first === undefined) return steps;
  throw new Failure(exitCodeOf(first.error), "the file is refused; nothing was changed", {
    faults: refusals.flatMap(({ queue, error }) => faultsOf(queue, error)),
    cause: first.error,
  });
}

/** Whether it is about this queue alone: another one may still be fine. */
function isRefusal(error: unknown): error is QuorateError {
  if (!isQuorateError(error) || error.status === null) return false;
  return error.status >= 400 && error.status !== 401 && error.status < 429;
}

function faultsOf(
  { name, place }: WantedQueue,
  { message, problem }: QuorateError,
): readonly string[] {
  const faults = problem?.errors ?? [];
  if (faults.length === 0) return [`${name}: ${message}`];
  return faults.map(({ pointer, detail }) => `${place}/config${pointer}: ${detail}`);
}

function stepsOf(name: string, put: TriedPut): readonly Step[] {
  const { effect, config } = put.answer;
  const { creates = false, changes = [], exceeded = [] } = effect ?? {};
  if (creates) {
    const set = changesOf(queueConfigDefault, config).map((change) => ({ ...change, from: null }));
    return [{ name, action: "create", changes: set, exceeded, put }];
  }
  return changes.length === 0 ? [] : [{ name, action: "change", changes, exceeded, put }];
}

/** What nothing may be lost by: a queue that holds messages is deleted by its own name alone. */
function deletionsOf(
  queues: readonly ListedQueue[],
  wanted: readonly WantedQueue[],
  { prefix }: Pruning,
): readonly Step[] {
  const names = new Set(wanted.map(({ name }) => name));
  const superfluous = queues.filter(({ name }) => name.startsWith(prefix) && !names.has(name));
  const faults = superfluous.flatMap(reasonsToKeep);
  if (faults.length > 0) {
    throw new Failure(exitCodes.refused, "--prune cannot delete all; nothing was changed", {
      faults,
      hint: "Name them in the file to keep them, or delete them first: quorate queue rm",
    });
  }
  return superfluous.map(({ name }) => {
    return { name, action: "delete", changes: [], exceeded: [], put: null };
  });
}

function reasonsToKeep({ name, config, stats }: ListedQueue): readonly string[] {
  const { ready, blocked, leased, scheduled, dead } = stats;
  const held = ready + blocked + leased + scheduled + dead;
  return [
    ...(held > 0 ? [`${name} holds ${plural(held, "message")}`] : []),
    ...(config.denyDelete ? [`${name} has denyDelete`] : []),
  ];
}
