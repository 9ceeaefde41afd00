/**
 * Disks that are lost under load: the others take the member back with a certified entry, and it
 * counts again (rule S11). Where there are no others, it does not start.
 */
import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Cluster, type RigReplica, startCluster } from "./rig/cluster.ts";
import { Consumer } from "./rig/consumer.ts";
import { Producer } from "./rig/producer.ts";

const messages = 3_000;
const batch = 5;
/** The exit code of a member that nobody can take back. */
const diskLost = 70;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

/** The process dies, and everything on its disk is gone when it starts again. */
async function loseDisk(replica: RigReplica): Promise<void> {
  await replica.process.kill();
  rmSync(replica.dataFolder, { recursive: true });
  replica.process.start();
}

const victims = {
  "a backup": async () => {
    const [found] = await cluster.backups();
    if (found === undefined) throw new Error("a cluster of three has backups");
    return found;
  },
  "the primary": () => cluster.primary(),
} as const;

test.each(Object.entries(victims))(
  "%s loses its disk under load, comes back, and then one of the others may go",
  async (name, victim) => {
    await cluster.whole();
    const queue = `lost-${name.replaceAll(" ", "-")}`;
    await cluster.client("admin", 1).put(`/v1/queues/${queue}`, {});
    const producing = cluster.client("producer");
    const options = { queue, count: messages, batch, connections: 4, bodyBytes: 256 };
    const producer = new Producer({ client: producing, ...options }, messages / 3);
    const running = producer.run();
    const lost = await victim();
    await loseDisk(lost);
    producer.allow(messages);
    await running;
    const { view } = await cluster.whole();
    expect(view).toBeGreaterThanOrEqual(3);

    const other = (await cluster.backups()).find(({ id }) => id !== lost.id);
    await other?.process.kill();
    const client = cluster.client("consumer");
    const consumer = new Consumer({ client, queue, connections: 4, name: queue });
    consumer.finish();
    await consumer.run();
    other?.process.start();
    expect([consumer.duplicated, consumer.refused]).toEqual([0, []]);
    const received = [...consumer.received.keys()].toSorted();
    expect(received).toEqual([...producer.acknowledged.keys()].toSorted());
  },
);

test("the only replica of a cluster that lost its disk ends with `diskLost`", async () => {
  const single = await startCluster({ replicas: 1 });
  onTestFinished(() => single.stop());
  await single.whole();
  const [replica] = single.replicas;
  if (replica === undefined) throw new Error("a cluster of one has a replica");
  await loseDisk(replica);
  expect(await replica.process.ended()).toBe(diskLost);
  expect(readFileSync(replica.process.log, "utf8")).toMatch(
    /cannot start: .* nobody can take it back/,
  );
});
