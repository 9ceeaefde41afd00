import type { Metrics } from "@quorate/ports";

/** Nobody measures a simulated member. */
export const silentMetrics: Metrics = {
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
};
