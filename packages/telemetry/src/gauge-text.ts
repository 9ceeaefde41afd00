/** Gauges that are measured when they are asked for, and not for everybody alike. */
import { metricHelp, type MetricName } from "@quorate/ports";

/** One line: what is measured, by its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The gauge in Prometheus's text format, to follow what `expose` tells. */
export function gaugeText(name: MetricName, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${metricHelp[name]}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n");
}

function labelsText(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
