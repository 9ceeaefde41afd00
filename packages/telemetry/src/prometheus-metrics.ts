import { metricHelp, type MetricName, type Metrics } from "@quorate/ports";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Metrics that can be shown to Prometheus. */
export interface PrometheusMetrics extends Metrics {
  /** All metrics in the text format that `contentType` names. */
  expose(): Promise<string>;
  readonly contentType: string;
}

/** From an fsync on a fast disk to a request that waited for a view change, in seconds. */
const secondsBuckets = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10,
];
/** How often the event loop's delay is sampled. */
const eventLoopSampleMs = 10;

type Labels = Readonly<Record<string, string>>;

/**
 * Metrics in a registry of their own, with those of the process: CPU, memory, event loop delay.
 *
 * A metric exists from its first use on, and that use fixes its label names: prom-client throws
 * when a later one has another label, which is a bug of ours.
 */
export function createMetrics(): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSampleMs });
  const settings = (name: MetricName, labels: Labels) => ({
    name,
    help: metricHelp[name],
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  const counter = once((name, labels) => new Counter(settings(name, labels)));
  const gauge = once((name, labels) => new Gauge(settings(name, labels)));
  const histogram = once(
    (name, labels) => new Histogram({ ...settings(name, labels), buckets: secondsBuckets }),
  );
  return {
    count: (name, labels = {}, amount = 1) => counter(name, labels).inc(labels, amount),
    gauge: (name, value, labels = {}) => gauge(name, labels).set(labels, value),
    observe: (name, seconds, labels = {}) => histogram(name, labels).observe(labels, seconds),
    expose: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Makes each metric at its first use. */
function once<Metric>(
  create: (name: MetricName, labels: Labels) => Metric,
): (name: MetricName, labels: Labels) => Metric {
  const metrics = new Map<MetricName, Metric>();
  return (name, labels) => {
    const known = metrics.get(name);
    if (known !== undefined) return known;
    const metric = create(name, labels);
    metrics.set(name, metric);
    return metric;
  };
}
