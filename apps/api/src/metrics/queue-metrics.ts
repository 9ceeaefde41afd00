/** The depths of queues as Prometheus reads them. */
import type { QueueView } from "@quorate/queue";
import { gaugeText, type Sample } from "@quorate/telemetry";

/** Who is told of the queues: those whose token may read them, or everyone who may connect. */
export const queueMetricsReaders = ["readers", "everyone"] as const;
export type QueueMetricsReaders = (typeof queueMetricsReaders)[number];

const states = ["ready", "blocked", "leased", "scheduled", "dead"] as const;

/** What is told of these queues; `isWhole` says that there are no more. */
export function queueMetricsText(
  views: readonly QueueView[],
  { isWhole, nowMs }: { readonly isWhole: boolean; readonly nowMs: number },
): string {
  const messages = views.flatMap(({ name, stats }) =>
    states.map((state): Sample => ({ labels: { queue: name, state }, value: stats[state] })),
  );
  const ofEach = (valueOf: (view: QueueView) => number): readonly Sample[] =>
    views.map((view) => ({ labels: { queue: view.name }, value: valueOf(view) }));
  const bytes = ofEach(({ stats }) => stats.bytes);
  const ages = ofEach(({ stats: { oldestReadyAtMs } }) =>
    oldestReadyAtMs === null ? 0 : Math.max(0, nowMs - oldestReadyAtMs) / 1000,
  );
  return [
    gaugeText("quorate_queue_messages", messages),
    gaugeText("quorate_queue_oldest_ready_age_seconds", ages),
    gaugeText("quorate_queue_bytes", bytes),
    gaugeText("quorate_queues_left_out", [{ labels: {}, value: isWhole ? 0 : 1 }]),
  ].join("");
}
