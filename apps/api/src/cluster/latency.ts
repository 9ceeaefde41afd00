/** How long the cluster takes to commit what this gateway sends: the last minute's percentiles. */
import type { ClusterClient } from "@quorate/session";

/** Samples kept: enough for a percentile, few enough to sort four times a second. */
const samplesMax = 2048;

/** Samples older than this say nothing about now, in ms. */
const sampleAgeMsMax = 60_000;

/** Percentiles of the commit latency, in ms; null without a sample. */
export interface CommitLatency {
  percentiles(): { readonly p50: number | null; readonly p99: number | null };
}

/** The same client, whose executions are timed. */
export function timedClient(client: ClusterClient): {
  readonly client: ClusterClient;
  readonly latency: CommitLatency;
} {
  const durations = new Float64Array(samplesMax);
  const takenAt = new Float64Array(samplesMax).fill(-Infinity);
  let next = 0;
  const note = (startedAt: number): void => {
    const now = performance.now();
    durations[next] = now - startedAt;
    takenAt[next] = now;
    next = (next + 1) % samplesMax;
  };
  const percentiles = () => {
    const oldest = performance.now() - sampleAgeMsMax;
    const recent = durations.filter((_, index) => (takenAt[index] ?? 0) > oldest).toSorted();
    const at = (share: number): number | null =>
      recent[Math.min(recent.length - 1, Math.floor(recent.length * share))] ?? null;
    return { p50: at(0.5), p99: at(0.99) };
  };
  const timed: ClusterClient = {
    start: () => client.start(),
    stop: () => client.stop(),
    query: (question, options) => client.query(question, options),
    watch: (queue, onReady) => client.watch(queue, onReady),
    health: () => client.health(),
    onHealth: (listener) => client.onHealth(listener),
    async execute(operation, options) {
      const startedAt = performance.now();
      const executed = await client.execute(operation, options);
      note(startedAt);
      return executed;
    },
  };
  return { client: timed, latency: { percentiles } };
}
