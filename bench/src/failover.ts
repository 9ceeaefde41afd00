/** SIGKILL of the primary to the next acknowledgement, with other calls in flight. */
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "@quorate/test-workspace/integration/rig/eventually.ts";
import { untilDone } from "@quorate/test-workspace/integration/rig/retry.ts";
import type { Measurement } from "./measurement.ts";
import { percentile } from "./percentile.ts";

const queue = "failover";

/** Others that enqueue meanwhile, one call in flight each. */
const othersInFlight = 4;

/** How long a killed replica stays away, as with `npm start`. */
const restartMs = 1_000;

/** Backups that have just started link to each other after at most this long. */
const linkMs = 2_000;

/** A replica on a busy machine. */
const startMsMax = 60_000;

/** See the file. */
export const failover: Measurement = {
  name: "failover",
  what: "SIGKILL of the primary to the next acknowledgement",
  async measure(cluster, { kills }) {
    const client = cluster.client("admin", othersInFlight + 1);
    await client.put(`/v1/queues/${queue}`, {});
    const over = new AbortController();
    let sent = 0;
    const enqueue = () => {
      const message = { body: "x".repeat(254), dedupId: `m-${sent++}` };
      return untilDone(() => client.post(`/v1/queues/${queue}/enqueue`, message));
    };
    const others = Array.from({ length: othersInFlight }, async () => {
      while (!over.signal.aborted) await enqueue();
    });
    const gapsMs: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      await cluster.whole();
      await delay(linkMs);
      const { process } = await cluster.primary();
      const begin = performance.now();
      process.signal("SIGKILL");
      await enqueue();
      gapsMs.push(performance.now() - begin);
      await process.ended();
      await delay(restartMs);
      process.start();
    }
    over.abort();
    await Promise.all(others);
    await cluster.whole();
    return {
      figures: [
        { name: "p50", value: percentile(gapsMs, 0.5), unit: "ms" },
        { name: "max", value: percentile(gapsMs, 1), unit: "ms" },
      ],
      cpuMicros: {},
    };
  },
};

/** Start of a backup's process to its `/readyz`, with next to nothing in its log. */
export const startToServing: Measurement = {
  name: "start",
  what: "start of a replica to serving",
  async measure(cluster, { kills }) {
    const startsMs: number[] = [];
    for (let start = 0; start < kills; start++) {
      await cluster.whole();
      const [backup] = await cluster.backups();
      if (backup === undefined) throw new Error("there is no backup to start");
      await backup.process.kill();
      const url = backup.metricsUrl.replace("/metrics", "/readyz");
      const begin = performance.now();
      backup.process.start();
      await eventually(`${backup.id} is ready`, startMsMax, async () =>
        (await isOk(url)) ? true : null,
      );
      startsMs.push(performance.now() - begin);
    }
    return {
      figures: [
        { name: "p50", value: percentile(startsMs, 0.5), unit: "ms" },
        { name: "max", value: percentile(startsMs, 1), unit: "ms" },
      ],
      cpuMicros: {},
    };
  },
};

async function isOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}
