/** A replica that is away while very many messages pass: it comes back, and is needed at once. */
import { startCluster } from "../../integration/rig/cluster.ts";
import { metricOf } from "../../integration/rig/measures.ts";
import { untilDone } from "../../integration/rig/retry.ts";
import { amount, atMost, type Figure, none } from "../figures.ts";
import { Flood } from "../load/flood.ts";
import { type Effort, type ProofStep, shareOf } from "../step.ts";

const messagesMin = 1_000_000;

/** Between two checkpoints: what the absent one lacks is freed long before it is back. */
const checkpoints = { checkpointOps: 500, checkpointBytes: 4 * 1024 * 1024 };

/** Messages that must pass with the one that was away in the quorum of two. */
const messagesByTwo = 1_000;

/** From the start of its process until it has everything; it takes over a state and a log. */
const caughtUpMsMax = 60_000;
/** How long we wait before we say that it does not come. */
const caughtUpMsPatience = 180_000;

async function run(effort: Effort): Promise<readonly Figure[]> {
  const count = shareOf(messagesMin, effort);
  const cluster = await startCluster({ checkpoints });
  try {
    const admin = cluster.client("admin", 1);
    for (const queue of ["flood", "after"]) await untilDone(() => admin.put(path(queue), {}));
    const away = effort.random.pick(await cluster.backups());
    const { commit: had } = await cluster.whole();
    await away.process.kill();
    const flood = new Flood(cluster, "flood", count);
    const begin = performance.now();
    await flood.run();
    const seconds = (performance.now() - begin) / 1000;
    console.log(`${flood.settled} messages passed in ${seconds.toFixed(0)} s`);
    const base = await metricOf((await cluster.primary()).metricsUrl, "quorate_base_op");
    const startedMs = performance.now();
    away.process.start();
    const { commit } = await cluster.lookUntil(
      `${away.id} is whole again`,
      ({ members, commit: committed, view }) =>
        members.some((member) => {
          const isNormal = member.status === "normal" && member.view === view;
          return member.id === away.id && isNormal && member.commit >= committed;
        }),
      caughtUpMsPatience,
    );
    const caughtUpMs = performance.now() - startedMs;
    console.log(`${away.id} has all ${commit} operations after ${caughtUpMs.toFixed(0)} ms`);
    const other = cluster.replicas.find(({ id }) => id !== away.id);
    await other?.process.kill();
    const after = new Flood(cluster, "after", messagesByTwo);
    await after.run();
    return [
      amount("messages that passed while a replica was away", flood.settled, count),
      amount("absence: operations that it lacked and the others had freed", base - had, 1),
      none("absence: lost", flood.lost + after.lost),
      none("absence: settled twice", flood.doubled + after.doubled),
      atMost("absence: until it had everything", caughtUpMs, caughtUpMsMax, "ms"),
      amount("absence: messages with it in a quorum of two", after.settled, messagesByTwo),
    ];
  } finally {
    await cluster.stop();
  }
}

function path(queue: string): string {
  return `/v1/queues/${queue}`;
}

/** See the file. */
export const absence: ProofStep = {
  name: "absence",
  what: "a replica is away while very many messages pass, and is needed when it is back",
  minutes: 3,
  run,
};
