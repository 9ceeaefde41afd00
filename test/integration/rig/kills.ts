/** The main job: a producer and a consumer at work while processes are killed. */
import { type Cluster, type RigReplica } from "./cluster.ts";
import { Consumer } from "./consumer.ts";
import { eventually } from "./eventually.ts";
import { longestGapMs, Producer } from "./producer.ts";

/** How much, and whom to kill. */
export interface KillOptions {
  readonly queue: string;
  readonly messages: number;
  readonly kills: number;
  /** The replica that is killed next. */
  readonly victim: (cluster: Cluster) => Promise<RigReplica>;
  /** Hears of each kill. */
  readonly onKill?: (line: string) => void;
}

/** What came of it. */
export interface KillReport {
  readonly acknowledged: number;
  readonly received: number;
  /** Acknowledged and never received. */
  readonly lost: number;
  /** Deliveries beyond the first of a message, and messages beyond the first of a dedup id. */
  readonly duplicated: number;
  /** Acks that were refused. */
  readonly refused: readonly string[];
  /** Calls that the producer sent again, and messages that proved to be there already. */
  readonly retries: number;
  readonly foundDuplicate: number;
  /** The longest time between two acknowledgements around each kill, in milliseconds. */
  readonly gapsMs: readonly number[];
}

/** Small calls and few of them: one share must outlast a kill. */
const batch = 10;
const producerConnections = 8;
const consumerConnections = 2;
const bodyBytes = 256;

/** As the supervisor of `npm start` does it. */
const restartMs = 1_000;

/** Half a share on a busy machine, the outage included. */
const shareMsMax = 60_000;

/**
 * Enqueues messages with dedup ids in equal shares; in the middle of each share but the last a
 * replica is killed with SIGKILL. The next share begins when the cluster is whole again, so that
 * every kill meets a cluster that can bear it.
 */
export async function runKills(cluster: Cluster, options: KillOptions): Promise<KillReport> {
  const { queue, messages, kills } = options;
  const share = Math.ceil(messages / (kills + 1) / batch) * batch;
  await cluster.client("admin", 1).put(`/v1/queues/${queue}`, {});
  const producer = new Producer(
    {
      client: cluster.client("producer", producerConnections),
      queue,
      count: messages,
      batch,
      connections: producerConnections,
      bodyBytes,
    },
    share,
  );
  const consumer = new Consumer({
    client: cluster.client("consumer", consumerConnections),
    queue,
    connections: consumerConnections,
    name: `${queue}-consumer`,
  });
  for (const { process } of cluster.replicas) process.restartAfter(restartMs);
  const producing = producer.run();
  const consuming = consumer.run();
  const killing = killInTurn(cluster, producer, { ...options, share });
  // A failure of one must not wait for the others.
  const [gapsMs] = await Promise.all([killing, producing, Promise.race([consuming, producing])]);
  consumer.finish();
  await consuming;
  return report(producer, consumer, gapsMs);
}

async function killInTurn(
  cluster: Cluster,
  producer: Producer,
  options: KillOptions & { readonly share: number },
): Promise<readonly number[]> {
  const { kills, share, victim, onKill = () => undefined } = options;
  const gapsMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await acknowledgedSoMany(producer, kill * share + share / 2);
    const { id, process } = await victim(cluster);
    const killedAtMs = performance.now();
    await process.kill();
    await acknowledgedSoMany(producer, (kill + 1) * share);
    const gapMs = longestGapMs(producer.acknowledgements, killedAtMs, performance.now());
    gapsMs.push(gapMs);
    onKill(`kill ${kill + 1}: ${id}, longest gap ${gapMs.toFixed(0)} ms`);
    await cluster.whole();
    producer.allow((kill + 2) * share);
  }
  producer.allow(Infinity);
  return gapsMs;
}

function acknowledgedSoMany(producer: Producer, count: number): Promise<true> {
  return eventually(`${count} messages acknowledged`, shareMsMax, () =>
    producer.acknowledged.size >= count ? true : null,
  );
}

function report(producer: Producer, consumer: Consumer, gapsMs: readonly number[]): KillReport {
  const { acknowledged, retries, duplicates } = producer;
  const { received, duplicated, refused } = consumer;
  const messageIds = new Set(acknowledged.values()).size;
  return {
    acknowledged: acknowledged.size,
    received: received.size,
    lost: [...acknowledged.keys()].filter((id) => !received.has(id)).length,
    duplicated: duplicated + (acknowledged.size - messageIds),
    refused,
    retries,
    foundDuplicate: duplicates,
    gapsMs,
  };
}
