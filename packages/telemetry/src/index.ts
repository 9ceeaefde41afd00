export { gaugeText, type Sample } from "./gauge-text.ts";
export { createLog, type LogLevel, logLevels } from "./pino-log.ts";
export { createProbeServer, type ProbeServer, type ProbeServerOptions } from "./probe-server.ts";
export { createMetrics, type PrometheusMetrics } from "./prometheus-metrics.ts";
