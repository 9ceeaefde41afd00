import { createServer, type Server, type ServerResponse } from "node:http";
import { keepRoom } from "./probe-connections.ts";
import type { PrometheusMetrics } from "./prometheus-metrics.ts";

export interface ProbeServerOptions {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** False when only a restart helps. */
  readonly isLive: () => boolean;
  /** True when the process does its part of the work. */
  readonly isReady: () => boolean;
  readonly metrics: Pick<PrometheusMetrics, "expose" | "contentType">;
}

/** Where a process without another HTTP server answers its orchestrator and Prometheus. */
export interface ProbeServer {
  /** Rejects when the address cannot be bound. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The bound port; null while it does not listen. */
  readonly port: number | null;
}

/** Probes and a scrape at a time, with room to spare. */
const connectionsMax = 32;
/** A request is one line and a few headers. */
const headerBytesMax = 4_096;
/** Time for a whole request, between two of them, and for a client to take more of its answer. */
const requestMs = 5_000;
/** How often Node looks for requests that take too long. */
const checkMs = 1_000;

/**
 * A server for `GET /livez`, `/readyz` and `/metrics`; it knows nothing else. Whoever holds
 * connections has them for a few seconds, and does not keep a probe out.
 */
export function createProbeServer(options: ProbeServerOptions): ProbeServer {
  const server = createServer({
    maxHeaderSize: headerBytesMax,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    keepAliveTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
  });
  server.setTimeout(requestMs);
  keepRoom(server, connectionsMax);
  server.on("request", ({ method, url }, response) => {
    const isRead = method === "GET" || method === "HEAD";
    if (isRead) return answer(url ?? "", response, options);
    // The connection ends, so that nobody waits for the end of its body.
    const headers = { allow: "GET, HEAD", connection: "close" };
    return respond(response, 405, "method not allowed\n", headers);
  });
  return {
    start: () => listen(server, options.listen),
    stop: () => close(server),
    get port() {
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : null;
    },
  };
}

function answer(url: string, response: ServerResponse, options: ProbeServerOptions): void {
  const [path = ""] = url.split("?", 1);
  switch (path) {
    case "/livez":
      respondToProbe(response, options.isLive());
      return;
    case "/readyz":
      respondToProbe(response, options.isReady());
      return;
    case "/metrics":
      respondWithMetrics(response, options.metrics);
      return;
    default:
      respond(response, 404, "not found\n");
  }
}

function respondToProbe(response: ServerResponse, isWell: boolean): void {
  if (isWell) respond(response, 200, "ok\n");
  else respond(response, 503, "no\n");
}

function respondWithMetrics(
  response: ServerResponse,
  metrics: ProbeServerOptions["metrics"],
): void {
  metrics.expose().then(
    (text) => respond(response, 200, text, { "content-type": metrics.contentType }),
    (error: unknown) => {
      // A gauge that cannot be collected is a bug; the process that meets it stops.
      response.destroy();
      throw error;
    },
  );
}

function respond(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const fixed = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  response.writeHead(status, { ...fixed, ...headers }).end(text);
}

function listen(server: Server, { host, port }: ProbeServerOptions["listen"]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
