import { metricHelp } from "@quorate/ports";
import { describe, expect, it } from "vitest";
import { createMetrics } from "./prometheus-metrics.ts";

describe("createMetrics", () => {
  it("exposes counters, gauges and histograms with their help and labels", async () => {
    const metrics = createMetrics();
    metrics.count("quorate_link_rejects_total", { reason: "seal" });
    metrics.count("quorate_link_rejects_total", { reason: "seal" }, 2);
    metrics.count("quorate_view_changes_total");
    metrics.gauge("quorate_view", 7);
    metrics.observe("quorate_fsync_seconds", 0.002);
    const text = await metrics.expose();
    expect(text).toContain('quorate_link_rejects_total{reason="seal"} 3');
    expect(text).toContain("quorate_view_changes_total 1");
    expect(text).toContain("quorate_view 7");
    expect(text).toContain('quorate_fsync_seconds_bucket{le="0.001"} 0');
    expect(text).toContain('quorate_fsync_seconds_bucket{le="0.0025"} 1');
    expect(text).toContain(`# HELP quorate_view ${metricHelp.quorate_view}`);
    expect(metrics.contentType).toContain("text/plain");
  });

  it("exposes what the process itself does", async () => {
    const text = await createMetrics().expose();
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
    expect(text).toContain("process_resident_memory_bytes");
  });

  it("keeps registries apart", async () => {
    const [left, right] = [createMetrics(), createMetrics()];
    left.count("quorate_view_changes_total");
    expect(await right.expose()).not.toContain("quorate_view_changes_total");
  });
});
