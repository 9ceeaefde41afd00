import { connect, type Socket } from "node:net";
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

  describe("in a crowd", () => {
    const strangers: Socket[] = [];
    afterEach(() => {
      for (const stranger of strangers.splice(0)) stranger.destroy();
    });

    const closed = (socket: Socket): Promise<void> =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else socket.once("close", () => resolve());
      });

    /** A connection that is made, and says so much. */
    const stranger = async (says = "", from = "127.0.0.1"): Promise<Socket> => {
      const socket = connect({ port: server.port ?? 0, host: "127.0.0.1", localAddress: from });
      socket.on("error", () => undefined);
      socket.resume();
      strangers.push(socket);
      await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
      socket.write(says);
      return socket;
    };

    it("answers a probe while others hold more connections than it keeps", async () => {
      for (let count = 0; count < 100; count++) await stranger();
      expect((await ask("/livez")).status).toBe(503);
      // Who came first went first; 31 are left beside the probe.
      await Promise.all(strangers.slice(0, 69).map(closed));
      expect(strangers.slice(69).map((socket) => socket.destroyed)).not.toContain(true);
    });

    it("answers a probe while an address opens connections as fast as it can", async () => {
      let isOver = false;
      const comeAgain = async (): Promise<void> => {
        const socket = await stranger("GET /metrics HTTP/1.1\r\nhost: x\r\nx-", "127.0.0.2");
        await closed(socket);
        if (!isOver) await comeAgain();
      };
      const crowd = Array.from({ length: 40 }, comeAgain);
      for (let count = 0; count < 50; count++) expect((await ask("/livez")).status).toBe(503);
      expect(strangers.length).toBeGreaterThan(40);
      isOver = true;
      for (const socket of strangers) socket.destroy();
      await Promise.all(crowd);
    });

    it("ends connections on which nothing is asked, or not to the end", async () => {
      const silent = await stranger();
      const slow = await stranger("GET /livez HTTP/1.1\r\n");
      await Promise.all([closed(silent), closed(slow)]);
    });
  });

  it("listens no more after it is stopped, and can be started again", async () => {
    await server.stop();
    expect(server.port).toBeNull();
    await server.start();
    expect((await ask("/readyz")).status).toBe(200);
  });
});
