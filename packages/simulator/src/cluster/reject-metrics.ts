import type { Metrics } from "@quorate/ports";
import type { Reject } from "../checkers/alarms.ts";

/** Nobody measures a simulated member, but whose statements it refuses is looked at. */
export function rejectMetrics(onReject: (reject: Reject) => void): Metrics {
  return {
    count: (name, labels = {}) => {
      if (name !== "quorate_statement_rejects_total") return;
      const { peer = "", reason = "" } = labels;
      onReject({ peer, reason });
    },
    gauge: () => undefined,
    observe: () => undefined,
  };
}
