import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProbeServer } from "./probe-server.ts";
import { createMetrics } from "./prometheus-metrics.ts";

describe("the probe server", () => {
  const health = { isLive: true, isReady: false };
  const metrics = createMetrics();
  const server = createProbeServer({
    listen: { host: "127.0.0.1", port: 0 },
    isLive: () => health.isLive,
    isReady: () => health.isReady,
    metrics,
  });
  beforeEach(() => server.start());
  afterEach(() => server.stop());

  const ask = (path: string, method = "GET"): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });

  it("answers with what the process says at that moment", async () => {
    expect((await ask("/livez")).status).toBe(200);
    expect((await ask("/readyz?verbose")).status).toBe(503);
    health.isReady = true;
    expect((await ask("/readyz")).status).toBe(200);
    health.isLive = false;
    expect((await ask("/livez")).status).toBe(503);
  });

  it("shows the metrics in the format of Prometheus", async () => {
    metrics.gauge("quorate_view", 3);
    const response = await ask("/metrics");
    expect(response.headers.get("content-type")).toBe(metrics.contentType);
    expect(await response.text()).toContain("quorate_view 3");
  });

  it("knows no other path and no other method", async () => {
    expect((await ask("/")).status).toBe(404);
    expect((await ask("/livez/x")).status).toBe(404);
    expect((await ask("/metrics", "POST")).status).toBe(405);
    expect((await ask("/livez", "HEAD")).status).toBe(503);
  });

  it("listens no more after it is stopped, and can be started again", async () => {
    await server.stop();
    expect(server.port).toBeNull();
    await server.start();
    expect((await ask("/readyz")).status).toBe(200);
  });
});
