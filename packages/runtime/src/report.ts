/** Gauges of a replica's state. */
import type { Metrics } from "@quorate/ports";
import type { Replica } from "@quorate/vsr";

export function reportMetrics(replica: Replica, metrics: Metrics): void {
  metrics.gauge("quorate_view", replica.view);
  metrics.gauge("quorate_last_normal_view", replica.lastNormalView);
  metrics.gauge("quorate_head_op", replica.log.headOp);
  metrics.gauge("quorate_commit_op", replica.executed);
  metrics.gauge("quorate_base_op", replica.log.base.op);
  metrics.gauge("quorate_checkpoint_op", replica.checkpoints.at(-1)?.op ?? 0);
  metrics.gauge("quorate_state_leaves_loaded", replica.load?.leavesTaken ?? 0);
  metrics.gauge("quorate_state_leaves_to_load", replica.load?.leavesTotal ?? 0);
  metrics.gauge("quorate_is_normal", replica.status === "normal" ? 1 : 0);
  metrics.gauge("quorate_is_primary", replica.acting === null ? 0 : 1);
}
