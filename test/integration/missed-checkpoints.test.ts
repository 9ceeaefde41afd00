/**
 * A member that is down while more passes through the queue than the others keep: their disks and
 * their memory stay bounded, and it comes back by a certified state instead of the log.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "./rig/cluster.ts";
import { Consumer } from "./rig/consumer.ts";
import { eventually } from "./rig/eventually.ts";
import { folderBytes, metricOf, residentBytes } from "./rig/measures.ts";
import { Producer } from "./rig/producer.ts";
import { messagesMissed } from "./rig/settings.ts";

/** Small, so that a short story sees many checkpoints; a long one keeps what is usual. */
const isLong = messagesMissed >= 500_000;
const checkpoints = { checkpointOps: 100, checkpointBytes: 1024 * 1024 };
const bodyBytes = 64;
const rounds = 4;
/** How much more the last round may hold than the second: what is kept does not grow. */
const growthMax = 1.5;
const caughtUpMsMax = 60_000;
const perMessageMs = 0.5;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(isLong ? {} : { checkpoints });
});
afterAll(() => cluster.stop());

/** So many messages are enqueued, delivered and settled. */
async function passThrough(queue: string, count: number): Promise<void> {
  const client = cluster.client("admin", 16);
  const producer = new Producer({ client, queue, count, batch: 100, connections: 4, bodyBytes });
  const consumer = new Consumer({ client, queue, connections: 4, name: queue });
  const consuming = consumer.run();
  await producer.run();
  consumer.finish();
  await consuming;
  expect(consumer.received.size).toBe(count);
  expect(consumer.duplicated).toBe(0);
  client.close();
}

test(
  `a member that was down while ${messagesMissed} messages passed through comes back by a state`,
  { timeout: 120_000 + messagesMissed * perMessageMs },
  async () => {
    const [absent] = await cluster.backups();
    if (absent === undefined) throw new Error("a cluster of three has backups");
    const present = cluster.replicas.filter(({ id }) => id !== absent.id);
    await absent.process.kill();
    const disks: number[] = [];
    const memories: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const queue = `missed-${round}`;
      await cluster.client("admin", 1).put(`/v1/queues/${queue}`, {});
      await passThrough(queue, messagesMissed / rounds);
      disks.push(Math.max(...present.map(({ dataFolder }) => folderBytes(dataFolder))));
      memories.push(Math.max(...present.map(({ process }) => residentBytes(process.pid))));
    }
    console.log(`disk after each round: ${disks.map(inMebibytes).join(", ")}`);
    console.log(`memory after each round: ${memories.map(inMebibytes).join(", ")}`);
    expect(disks.at(-1)).toBeLessThan((disks[1] ?? 0) * growthMax);
    expect(memories.at(-1)).toBeLessThan((memories[1] ?? 0) * growthMax);
    for (const { metricsUrl } of present) {
      expect(await metricOf(metricsUrl, "quorate_base_op")).toBeGreaterThan(0);
    }

    const base = await metricOf(present[0]?.metricsUrl ?? "", "quorate_base_op");
    const begin = performance.now();
    absent.process.start();
    await eventually("the member has caught up", caughtUpMsMax, async () => {
      const view = await cluster.look();
      const member = view?.members.find(({ id }) => id === absent.id);
      const isWhole = member?.status === "normal" && member.commit >= (view?.commit ?? 0);
      return isWhole && view?.reachable === present.length + 1 ? view : null;
    });
    console.log(`caught up after ${(performance.now() - begin).toFixed(0)} ms`);
    expect(await metricOf(absent.metricsUrl, "quorate_base_op")).toBeGreaterThanOrEqual(base);

    // It counts again: one of the others may stop.
    await present[0]?.process.kill();
    const queue = "after";
    await cluster.client("admin", 1).put(`/v1/queues/${queue}`, {});
    await passThrough(queue, 1_000);
    present[0]?.process.start();
    await cluster.whole();
  },
);

function inMebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}
