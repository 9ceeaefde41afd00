/** The SDK whole: a program sends and its workers handle, while primary and gateways are killed. */
import { startCluster } from "../../integration/rig/cluster.ts";
import { promises, type PromiseName } from "../audit/broken-promise.ts";
import { amount, type Figure, none } from "../figures.ts";
import { keepLogs, showBroken } from "../rounds.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";
import { runWorkerTrial } from "../worker/worker-trial.ts";

const messagesMin = 1_000_000;
const killsMin = 60;

/** More than are needed: a machine may be so fast that the next kill is due before all are back. */
const killsPlanned = 1.5 * killsMin;

/** Between two checkpoints: some between any two kills. */
const checkpoints = { checkpointOps: 500, checkpointBytes: 4 * 1024 * 1024 };

const counted: readonly PromiseName[] = ["lost", "enqueuedTwice", "settledTwice", "groupOrder"];

async function run(effort: Effort): Promise<readonly Figure[]> {
  const messages = shareOf(messagesMin, effort);
  const cluster = await startCluster({ gateways: 2, checkpoints });
  try {
    const { random, lastMs } = effort;
    const begin = performance.now();
    const amounts = { messages, kills: shareOf(killsPlanned, effort), lastMs };
    const report = await runWorkerTrial({ cluster, queue: "jobs", random, ...amounts });
    const seconds = (performance.now() - begin) / 1000;
    const { ledger, kills, errors } = report;
    console.log(
      `${ledger.acknowledged} messages in ${seconds.toFixed(0)} s, ${report.handled} calls of ` +
        `handlers, ${kills.primary} kills of the primary and ${kills.gateway} of a gateway`,
    );
    for (const error of errors.slice(0, errorsShown)) console.log(error);
    showBroken(ledger);
    if (ledger.broken.length > 0) keepLogs(cluster, "worker");
    const others = Object.keys(promises).filter(isOther);
    return [
      amount("worker: messages through the SDK", ledger.acknowledged, messages),
      amount("worker: kill -9 amid them", kills.primary + kills.gateway, shareOf(killsMin, effort)),
      amount("worker: workers closed amid them", report.workersClosed, 1),
      none("worker: messages that could not be sent", report.notSent.length),
      none("worker: lost", ledger.countOf("lost")),
      none("worker: enqueued twice", ledger.countOf("enqueuedTwice")),
      none("worker: settled twice", ledger.countOf("settledTwice")),
      none("worker: messages that overtook their group", ledger.countOf("groupOrder")),
      none("worker: other promises broken", ledger.countOf(...others)),
      none("worker: handled again without a failure before", report.surplus),
      none("worker: errors of workers", errors.length),
      none("worker: left in the queue", report.left),
    ];
  } catch (error) {
    keepLogs(cluster, "worker");
    throw error;
  } finally {
    await cluster.stop();
  }
}

/** Errors of workers that are shown. */
const errorsShown = 5;

function isOther(name: string): name is PromiseName {
  return !counted.some((each) => each === name);
}

/** See the file. */
export const worker: ProofStep = {
  name: "worker",
  what: "a program of the SDK and its workers, with SIGKILL of primary and gateways amid the work",
  minutes: 8,
  run,
};
