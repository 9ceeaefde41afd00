/** Throughput over REST: messages per second, time per call, and the CPU time that they cost. */
import type { Cluster } from "@quorate/test-workspace/integration/rig/cluster.ts";
import type { LoadJob, LoadResult } from "./load-job.ts";
import type { Measurement, Outcome } from "./measurement.ts";
import { runLoad } from "./run-load.ts";

const bodyBytes = 256;

/** Messages that wait before they are taken, for each second of measuring. */
const waitingPerSecond = 20_000;

/** Work before what counts: until then V8 spends up to a quarter of the machine on compiling. */
const warmUpMs = 8_000;

let jobs = 0;

type Work = Pick<LoadJob, "work" | "connections" | "batch">;

function jobOf(cluster: Cluster, work: Work, lastsMs: number): LoadJob {
  return {
    ...work,
    apiUrl: cluster.apiUrl,
    token: cluster.tokens.admin,
    queue: "bench",
    bodyBytes,
    messagesMax: Number.MAX_SAFE_INTEGER,
    lastsMs,
    warmUpMs: 0,
    watchedPids: [],
    name: `job-${jobs++}`,
  };
}

/** Does the job, and finds out what each process of the cluster spent on it. */
async function measureJob(cluster: Cluster, job: LoadJob): Promise<Omit<Outcome, "name">> {
  const primary = (await cluster.primary()).id;
  const { processes } = cluster;
  const result = await runLoad({ ...job, watchedPids: processes.map(({ pid }) => pid) });
  const spent = processes.map(({ id }, at) => {
    const role = id === primary ? `${id} (primary)` : id;
    return [role, (result.watchedCpuMicros[at] ?? Number.NaN) / result.messages] as const;
  });
  const client = ["load", result.cpuMicros / result.messages] as const;
  return { figures: figuresOf(result), cpuMicros: Object.fromEntries([...spent, client]) };
}

function figuresOf(result: LoadResult): Outcome["figures"] {
  return [
    { name: "messages", value: (result.messages / result.tookMs) * 1000, unit: "/s" },
    { name: "call p50", value: result.callMsP50, unit: "ms" },
    { name: "call p99", value: result.callMsP99, unit: "ms" },
    { name: "call max", value: result.callMsMax, unit: "ms" },
  ];
}

function enqueueing(name: string, what: string, work: Work): Measurement {
  return {
    name,
    what,
    measure: (cluster, { seconds }) =>
      measureJob(cluster, { ...jobOf(cluster, work, seconds * 1000), warmUpMs }),
  };
}

const batches = { work: "batch", connections: 16, batch: 100 } as const;
const dequeues = { work: "dequeue", connections: 16, batch: 100 } as const;

/** The throughput measurements, cheapest first. */
export const throughput: readonly Measurement[] = [
  enqueueing("one", "enqueue, one in flight", { work: "enqueue", connections: 1, batch: 1 }),
  enqueueing("single", "enqueue one by one, 64 connections", {
    work: "enqueue",
    connections: 64,
    batch: 1,
  }),
  enqueueing("batch", "enqueue 100 in a call with dedup ids, 16 connections", batches),
  {
    name: "dequeue",
    what: "dequeue 100 and ack 100 in a call each, 16 connections",
    async measure(cluster, { seconds }) {
      const untilEmptyMs = 10 * 60 * 1000;
      await runLoad(jobOf(cluster, dequeues, untilEmptyMs));
      const fill = jobOf(cluster, batches, untilEmptyMs);
      await runLoad({ ...fill, messagesMax: waitingPerSecond * seconds });
      return measureJob(cluster, jobOf(cluster, dequeues, untilEmptyMs));
    },
  },
];
