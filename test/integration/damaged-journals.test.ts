/** Files that are not what they were: a replica repairs itself from its peers, or refuses. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, truncateSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Cluster, type RigReplica, startCluster } from "./rig/cluster.ts";
import { Consumer } from "./rig/consumer.ts";
import { invertBytes, newestSegment } from "./rig/journal-damage.ts";
import { Producer } from "./rig/producer.ts";

const count = 400;

/** util-linux; sets a limit of a process that runs. */
const prlimit = "/usr/bin/prlimit";
/** More than a log has by then, less than a journal. */
const fileBytesMax = 128 * 1024;
/** The exit code for supervisors and operators. */
const writeFailed = 73;

let cluster: Cluster;
let queues = 0;
beforeAll(async () => {
  cluster = await startCluster();
});
beforeEach(() => cluster.whole());
afterAll(() => cluster.stop());

/** Messages in a queue of their own. */
async function fill(): Promise<{ readonly queue: string; readonly producer: Producer }> {
  const queue = `damaged-${queues++}`;
  await cluster.client("admin", 1).put(`/v1/queues/${queue}`, {});
  const client = cluster.client("producer");
  const producer = new Producer({ client, queue, count, batch: 5, connections: 4, bodyBytes: 256 });
  await producer.run();
  return { queue, producer };
}

async function drain(queue: string): Promise<readonly string[]> {
  const client = cluster.client("consumer");
  const consumer = new Consumer({ client, queue, connections: 1, name: queue });
  consumer.finish();
  await consumer.run();
  expect([consumer.duplicated, consumer.refused]).toEqual([0, []]);
  return [...consumer.received.keys()].toSorted();
}

async function backup(): Promise<RigReplica> {
  const [found] = await cluster.backups();
  if (found === undefined) throw new Error("a cluster of three has backups");
  return found;
}

/** Damages a backup, starts it, and then lets the cluster need it: another replica is killed. */
async function surviveDamage(replica: RigReplica, damage: () => void): Promise<void> {
  const { queue, producer } = await fill();
  await replica.process.kill();
  damage();
  replica.process.start();
  await cluster.whole();

  const other = (await cluster.backups()).find(({ id }) => id !== replica.id);
  await other?.process.kill();
  expect(await drain(queue)).toEqual([...producer.acknowledged.keys()].toSorted());
  other?.process.start();
  await cluster.whole();
}

test("garbage at the end of a backup's journal costs nothing", async () => {
  const replica = await backup();
  await surviveDamage(replica, () => {
    const { path, end } = newestSegment(replica.dataFolder);
    invertBytes(path, Math.max(0, end - 200), 600);
  });
});

test("a backup's journal that was cut off is filled up again by its peers", async () => {
  const replica = await backup();
  await surviveDamage(replica, () => {
    const { path, end } = newestSegment(replica.dataFolder);
    truncateSync(path, end - 300);
  });
});

test("rot in the middle of a backup's journal is repaired by its peers", async () => {
  const replica = await backup();
  await surviveDamage(replica, () => {
    const { path, end } = newestSegment(replica.dataFolder);
    for (const share of [0.25, 0.5, 0.75]) invertBytes(path, Math.floor(end * share), 64);
  });
  expect(readFileSync(replica.process.log, "utf8")).toMatch(/unreadable records/);
});

test.skipIf(!existsSync(prlimit))(
  "a backup whose write is refused ends with `writeFailed`, and the others go on",
  async () => {
    const { queue, producer } = await fill();
    const { process } = await backup();
    const limit = `--fsize=${fileBytesMax}`;
    execFileSync(prlimit, ["--pid", String(process.pid), limit]);
    const client = cluster.client("producer");
    const said = await client.post(`/v1/queues/${queue}/enqueue`, { body: { id: "one more" } });
    expect(said.status).toBe(201);
    expect(await process.ended()).toBe(writeFailed);
    expect(readFileSync(process.log, "utf8")).toMatch(/^replica: fatal: write-failed: /m);
    process.start();
    await cluster.whole();
    const all = [...producer.acknowledged.keys(), "one more"].toSorted();
    expect(await drain(queue)).toEqual(all);
  },
);
